using System.Text.Json;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.LedgerWorker;
using CostMonitor.Storage;
using CostMonitor.Storage.Records;

if (args is not [var text] || JsonSerializer.Deserialize<WorkerPlan>(text) is not { } plan)
{
    Console.Error.WriteLine("Expected one argument: a worker's plan as JSON.");
    return 2;
}

var time = TimeProvider.System;
var account = StorageAccount.FromConnectionString(plan.ConnectionString);
var (budget, gate) = (plan.Budget(), new Lock());
var ledger = new BudgetLedger(new LedgerTable(account), () => [budget], plan.Options(), time);
using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
Say(WorkerEventKind.Ready);
if (await Console.In.ReadLineAsync() is null) return 1;
var requestsBefore = account.RequestsSent;
await Task.WhenAll(Enumerable.Range(0, plan.Parallel).Select(lane => Task.Run(() => CallAsync(lane))));
await ledger.DisposeAsync();
Say(WorkerEventKind.Ended, requests: account.RequestsSent - requestsBefore);
return 0;

async Task CallAsync(int lane)
{
    var random = new SeededRandom(((ulong)plan.Seed * 1_000_003) + (ulong)lane);
    for (var round = 0; round < plan.Rounds; round++)
    {
        var call = (round * plan.Parallel) + lane;
        var worst = plan.LeastUsd + decimal.Round((plan.MostUsd - plan.LeastUsd) * (decimal)random.NextDouble(), 6);
        var cost = decimal.Round(worst * (plan.LeastShare + ((1 - plan.LeastShare) * (decimal)random.NextDouble())), 8);
        var lasts = TimeSpan.FromMilliseconds(plan.LeastMs + ((plan.MostMs - plan.LeastMs) * random.NextDouble()));
        var asked = time.GetTimestamp();
        var answer = await ledger.AdmitAsync(new ChargeRequest { Model = new ModelKey("sim", "a"), Worst = new Usd(worst), IsDirect = true }, CancellationToken.None);
        var waited = time.GetElapsedTime(asked).TotalMilliseconds;
        if (answer is not ChargeAnswer.Granted { Charge: { } charge })
        {
            Say(WorkerEventKind.Refused, call, worst, waited, message: (answer as ChargeAnswer.Refused)?.Message);
            continue;
        }

        Say(WorkerEventKind.Paid, call, cost, waited);
        await Task.Delay(lasts);
        charge.Settle(new Usd(cost));
        Say(WorkerEventKind.Settled, call, cost, waited);
    }
}

void Say(WorkerEventKind kind, int call = 0, decimal usd = 0, double waitMs = 0, long requests = 0, string? message = null)
{
    lock (gate) output.WriteLine(JsonSerializer.Serialize(new WorkerEvent(kind, call, usd, waitMs, time.GetTimestamp(), time.GetUtcNow(), requests, message)));
}
