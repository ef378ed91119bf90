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
            var sampling = isSampled ? SampleAsync(over.Token) : Task.FromResult((0, Usd.Zero));
            foreach (var worker in workers) await worker.GoAsync();
            await KillAsync(workers, cancellationToken);
            var killed = Time.GetTimestamp();
            foreach (var worker in workers) await worker.EndAsync(cancellationToken);
            if (_plan.Killed > 0) await ReapAllAsync(cancellationToken);
            TimeSpan? holdsBack = _plan.Killed > 0 ? Time.GetElapsedTime(killed) : null;
            await over.CancelAsync();
            var (samples, highest) = await sampling;
            var after = await StateAsync(cancellationToken);
            return ReportOf(workers) with { Samples = samples, Highest = highest, After = after, HoldsBack = holdsBack, IsRestGranted = await IsGrantedAsync(_budget.Limit - after.Settled, cancellationToken) };
        }
        finally
        {
            foreach (var worker in workers) worker.Dispose();
        }
    }

    private async Task<(int Samples, Usd Highest)> SampleAsync(CancellationToken over)
    {
        var (samples, highest) = (0, Usd.Zero);
        while (!over.IsCancellationRequested)
        {
            var state = await StateAsync(CancellationToken.None);
            if (state.Settled + state.Held > highest) highest = state.Settled + state.Held;
            samples++;
        }

        return (samples, highest);
    }

    private async Task KillAsync(WorkerProcess[] workers, CancellationToken cancellationToken)
    {
        var random = new SeededRandom((ulong)_plan.Seed);
        random.Shuffle<WorkerProcess>(workers);
        await Task.WhenAll(workers.Take(_plan.Killed).Select(worker => (worker, At: TimeSpan.FromMilliseconds(150 + (850 * random.NextDouble())))).ToArray().Select(async kill =>
        {
            await Task.Delay(kill.At, cancellationToken);
            kill.worker.Kill();
        }));
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

    private HardCapReport ReportOf(WorkerProcess[] workers)
    {
        var all = workers.SelectMany(static w => w.Events).OrderBy(static e => e.Tick).ToArray();
        var (spent, atFirst, inVain) = (0m, (Usd?)null, 0);
        foreach (var e in all)
        {
            if (e.Kind == WorkerEventKind.Paid) spent += e.Usd;
            if (e.Kind != WorkerEventKind.Refused) continue;
            atFirst ??= new Usd(spent);
            if (spent + e.Usd <= _plan.Worker.LimitUsd) inVain++;
        }

        return new HardCapReport
        {
            Books = new Usd(spent),
            BooksOfKilled = new Usd(workers.Where(static w => w.IsKilled).SelectMany(static w => w.Events).Where(static e => e.Kind == WorkerEventKind.Paid).Sum(static e => e.Usd)),
            Paid = all.Count(static e => e.Kind == WorkerEventKind.Paid),
            Refused = all.Count(static e => e.Kind == WorkerEventKind.Refused),
            AtFirstRefusal = atFirst,
            RefusedInVain = inVain,
            WaitsMs = [.. all.Where(static e => e.Kind == WorkerEventKind.Paid).Select(static e => e.WaitMs)],
            Requests = all.Sum(static e => e.Requests),
            Samples = 0, Highest = default, After = new LedgerState { Key = _key }, HoldsBack = null, IsRestGranted = false,
        };
    }
}
