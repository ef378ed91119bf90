using CostMonitor.Core.Budgets;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Storage;
using CostMonitor.Storage.Records;

namespace CostMonitor.LedgerWorker;

/// <summary>Starts the workers of a plan, kills some, reads the account all the while, and sets their books beside it.</summary>
public sealed class HardCapRun
{
    private static readonly TimeProvider Time = TimeProvider.System;

    private readonly HardCapPlan _plan;
    private readonly Budget _budget;
    private readonly LedgerKey _key;
    private readonly LedgerTable _table;

    private HardCapRun(HardCapPlan plan)
    {
        (_plan, _budget) = (plan, plan.Worker.Budget());
        _key = new LedgerKey(_budget.Id, "", BudgetCalendar.SpanAt(_budget, Time.GetUtcNow()).Key);
        _table = new LedgerTable(StorageAccount.FromConnectionString(plan.Worker.ConnectionString));
    }

    public static Task<HardCapReport> RunAsync(HardCapPlan plan, bool isSampled, CancellationToken cancellationToken) => new HardCapRun(plan).RunAsync(isSampled, cancellationToken);

    private async Task<HardCapReport> RunAsync(bool isSampled, CancellationToken cancellationToken)
    {
        await _table.CreateIfNotExistsAsync(cancellationToken);
        var workers = await Task.WhenAll(Enumerable.Range(0, _plan.Processes).Select(i =>
            WorkerProcess.StartAsync(_plan.Worker with { Worker = $"w{i}-{Guid.NewGuid():N}"[..20], Seed = (_plan.Seed * 100) + i }, cancellationToken)));
        try
        {
            using var over = new CancellationTokenSource();
            var sampling = isSampled ? SampleAsync(over.Token) : Task.FromResult(new List<(long Tick, Usd Committed)>());
            foreach (var worker in workers) await worker.GoAsync();
            await KillAsync(workers, cancellationToken);
            var killed = Time.GetTimestamp();
            foreach (var worker in workers) await worker.EndAsync(cancellationToken);
            if (_plan.Killed > 0) await ReapAllAsync(cancellationToken);
            TimeSpan? holdsBack = _plan.Killed > 0 ? Time.GetElapsedTime(killed) : null;
            await over.CancelAsync();
            var samples = await sampling;
            var after = await StateAsync(cancellationToken);
            return ReportOf(workers, samples) with { After = after, HoldsBack = holdsBack, IsRestGranted = await IsGrantedAsync(_budget.Limit - after.Settled, cancellationToken) };
        }
        finally
        {
            foreach (var worker in workers) worker.Dispose();
        }
    }

    private async Task<List<(long Tick, Usd Committed)>> SampleAsync(CancellationToken over)
    {
        var samples = new List<(long, Usd)>();
        while (!over.IsCancellationRequested)
        {
            var state = await StateAsync(CancellationToken.None);
            samples.Add((Time.GetTimestamp(), state.Settled + state.Held));
        }

        return samples;
    }

    private async Task KillAsync(WorkerProcess[] workers, CancellationToken cancellationToken)
    {
        var random = new SeededRandom((ulong)_plan.Seed);
        random.Shuffle<WorkerProcess>(workers);
        var after = workers.Select(_ => 1 + random.NextBelow(10)).ToArray();
        while (workers.Count(static w => w.IsKilled) < _plan.Killed && !Array.TrueForAll(workers, static w => w.HasExited))
        {
            for (var i = 0; i < workers.Length && workers.Count(static w => w.IsKilled) < _plan.Killed; i++)
            {
                if (workers[i].Paid >= after[i]) workers[i].Kill();
            }

            await Task.Delay(2, cancellationToken);
        }
    }

    private async Task ReapAllAsync(CancellationToken cancellationToken)
    {
        while ((await StateAsync(cancellationToken)).Held > Usd.Zero)
        {
            await Task.Delay(_plan.ReapEvery, cancellationToken);
            await IsGrantedAsync(Usd.Zero, cancellationToken); // whoever writes frees what has expired
        }
    }

    private async Task<bool> IsGrantedAsync(Usd worst, CancellationToken cancellationToken)
    {
        await using var ledger = new BudgetLedger(_table, () => [_budget], _plan.Worker.Options() with { Worker = $"parent-{Guid.NewGuid():N}"[..20] }, Time);
        var answer = await ledger.AdmitAsync(new ChargeRequest { Model = new ModelKey("sim", "a"), Worst = worst, Priority = CallPriority.Background, IsDirect = true }, cancellationToken);
        if (answer is not ChargeAnswer.Granted { Charge: { } charge }) return false;
        charge.Settle(Usd.Zero);
        return true;
    }

    private async Task<LedgerState> StateAsync(CancellationToken cancellationToken) => (await _table.ReadAsync([_key], cancellationToken))[0].StateAt(_budget, Time.GetUtcNow());

    private HardCapReport ReportOf(WorkerProcess[] workers, List<(long Tick, Usd Committed)> samples)
    {
        var all = workers.SelectMany(static w => w.Events).OrderBy(static e => e.Tick).ToArray();
        var spent = all.Where(static e => e.Kind == WorkerEventKind.Paid).Sum(static e => e.Usd);
        var first = Array.Find(all, static e => e.Kind == WorkerEventKind.Refused);

        return new HardCapReport
        {
            Books = new Usd(spent),
            BooksOfKilled = new Usd(workers.Where(static w => w.IsKilled).SelectMany(static w => w.Events).Where(static e => e.Kind == WorkerEventKind.Paid).Sum(static e => e.Usd)),
            Paid = all.Count(static e => e.Kind == WorkerEventKind.Paid),
            Refused = all.Count(static e => e.Kind == WorkerEventKind.Refused),
            AtFirstRefusal = first is null ? null : new Usd(all.Where(e => e.Kind == WorkerEventKind.Paid && e.Tick <= first.Tick).Sum(static e => e.Usd)),
            CommittedAtFirstRefusal = first is null ? null : samples.Where(s => s.Tick <= first.Tick).Select(static s => s.Committed).LastOrDefault(),
            RefusedInVain = all.Count(e => e.Kind == WorkerEventKind.Refused && spent + e.Usd <= _plan.Worker.LimitUsd),
            WaitsMs = [.. all.Where(static e => e.Kind == WorkerEventKind.Paid).Select(static e => e.WaitMs)],
            Requests = all.Sum(static e => e.Requests),
            Samples = samples.Count,
            Highest = samples.Select(static s => s.Committed).DefaultIfEmpty().Aggregate(static (a, b) => a > b ? a : b),
            After = new LedgerState { Key = _key }, HoldsBack = null, IsRestGranted = false,
        };
    }
}
