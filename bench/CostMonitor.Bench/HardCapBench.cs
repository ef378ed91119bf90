using CostMonitor.LedgerWorker;
using CostMonitor.Testing.Azurite;

namespace CostMonitor.Bench;

/// <summary>The hard cap of the tests with twenty seeds, and once with the lease that is usual.</summary>
internal static class HardCapBench
{
    private const int Seeds = 20;

    public static async Task<bool> RunAsync()
    {
        await using var azurite = await AzuriteServer.StartAsync(CancellationToken.None);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(30));
        Console.WriteLine();
        Console.WriteLine("The hard cap: 200 calls at once by 8 processes against $10.00, worst cases of $0.05 to $0.08 that are spent whole; every second seed counts what is unconfirmed.");
        Console.WriteLine("seed  killed  paid  refused  books   settled  unconfirmed  highest held + settled (samples)  first refusal: committed, in books  in vain  holds back  rest granted");
        var isMet = true;
        for (var seed = 1; seed <= Seeds; seed++)
        {
            isMet &= await PrintAsync(azurite, seed, killed: 0, lease: TimeSpan.FromSeconds(10), reapEvery: TimeSpan.FromSeconds(1), limit.Token);
            isMet &= await PrintAsync(azurite, seed, killed: 3, lease: TimeSpan.FromSeconds(10), reapEvery: TimeSpan.FromSeconds(1), limit.Token);
        }

        Console.WriteLine("The lease of 45 s, and somebody who looks each minute:");
        isMet &= await PrintAsync(azurite, Seeds + 1, killed: 3, lease: TimeSpan.FromSeconds(45), reapEvery: TimeSpan.FromMinutes(1), limit.Token);
        Console.WriteLine(isMet ? "All that was promised held in every run." : "A promise was broken: see the lines marked with '!'.");
        return isMet;
    }

    private static async Task<bool> PrintAsync(AzuriteServer azurite, int seed, int killed, TimeSpan lease, TimeSpan reapEvery, CancellationToken cancellationToken)
    {
        var counts = seed % 2 == 0;
        var worker = new WorkerPlan
        {
            ConnectionString = azurite.ConnectionString, Worker = "", BudgetId = $"cap-{seed}-{killed}", LimitUsd = 10, CountsUnconfirmed = counts,
            LeaseMs = (int)lease.TotalMilliseconds, SkewMs = lease.TotalSeconds < 45 ? 1_000 : 5_000,
        };
        var report = await HardCapRun.RunAsync(new HardCapPlan { Worker = worker, Killed = killed, Seed = seed, ReapEvery = reapEvery }, isSampled: true, cancellationToken);
        var faults = report.Faults(worker, killed);
        Figures.Print($"{seed,4}  {killed,6}  {report.Paid,4}  {report.Refused,7}  {report.Books.Amount,6:0.000}  {report.After.Settled.Amount,6:0.000}  {report.After.Unconfirmed.Amount,11:0.000}  {report.Highest.Amount,12:0.000000} ({report.Samples,5})  {report.CommittedAtFirstRefusal?.Amount ?? 0,16:0.000}, {report.AtFirstRefusal?.Amount ?? 0,9:0.000}  {report.RefusedInVain,7}  {report.HoldsBack?.TotalSeconds ?? 0,8:0.0} s  {report.IsRestGranted}{string.Concat(faults.Select(static f => "\n  ! " + f))}");
        return faults.Count == 0;
    }
}
