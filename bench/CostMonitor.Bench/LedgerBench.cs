using CostMonitor.LedgerWorker;
using CostMonitor.Testing.Azurite;

namespace CostMonitor.Bench;

/// <summary>What an admission costs a call: by eight processes at once, and by one alone.</summary>
internal static class LedgerBench
{
    public static async Task RunAsync()
    {
        await using var azurite = await AzuriteServer.StartAsync(CancellationToken.None);
        Console.WriteLine();
        Console.WriteLine("(k) The ledger: 8 processes with 25 calls at once, 100 to 300 ms each, that cost 0.3 to 1 of what is reserved.");
        Console.WriteLine("case                          calls  refused  admission p50, ms      p95      p99      max  requests a call  spent, USD");
        var shape = new WorkerPlan { ConnectionString = azurite.ConnectionString, Worker = "", BudgetId = "", LimitUsd = 0, Rounds = 60, LeastUsd = 0.002m, MostUsd = 0.008m, LeastShare = 0.3m, LeastMs = 100, MostMs = 300 };
        await PrintAsync("warm-up, not counted", shape with { BudgetId = "warm", LimitUsd = 100_000, Rounds = 5 }, 8);
        await PrintAsync("far from the limit", shape with { BudgetId = "far", LimitUsd = 100_000 }, 8);
        await PrintAsync("runs out halfway", shape with { BudgetId = "out", LimitUsd = 20 }, 8);
        await PrintAsync("one process, one call", shape with { BudgetId = "one", LimitUsd = 100_000, Parallel = 1, Rounds = 400, LeastMs = 10, MostMs = 30 }, 1);
        await PrintAsync("one process, 25 calls", shape with { BudgetId = "one-25", LimitUsd = 100_000 }, 1);
    }

    private static async Task PrintAsync(string name, WorkerPlan worker, int processes)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var report = await HardCapRun.RunAsync(new HardCapPlan { Worker = worker, Processes = processes, Seed = 7 }, isSampled: false, limit.Token);
        var calls = report.Paid + report.Refused;
        Figures.Print($"{name,-28} {calls,6}  {report.Refused,7}  {Figures.P50P95P99(report.WaitsMs),30} {report.WaitsMs.Max(),8:0.00}  {(double)report.Requests / calls,15:0.000}  {report.After.Settled.Amount,10:0.00}");
        if (report.Books != report.After.Settled) Figures.Print($"  ! the workers' books say {report.Books.Amount} USD");
    }
}
