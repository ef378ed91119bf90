using CostMonitor.Core.Budgets;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Functions.Setup;
using CostMonitor.Storage;
using CostMonitor.Storage.Records;

namespace CostMonitor.Functions.Budgets;

/// <summary>Keeps the ledger between calls: tells of thresholds, frees what the dead held, and sees that the books agree with the run records.</summary>
internal sealed partial class LedgerWatch(
    LedgerTable table, BudgetBook book, AlertTable alerts, RunTable runs, BatchTable batches, TimeProvider time, ILogger<LedgerWatch> logger)
{
    /// <summary>How long the entries of an account are kept; the account itself stays.</summary>
    public static readonly TimeSpan EntriesKept = TimeSpan.FromDays(100);

    /// <summary>How far back accounts are set beside the records: a month and what a batch may wait.</summary>
    public static readonly TimeSpan ReconciledSpan = TimeSpan.FromDays(32);

    private const int MostExpired = 2000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), LookAgain = TimeSpan.FromMinutes(5);

    private readonly LedgerKeeper _keeper = new(table, id => Find(book, id), time, TimeSpan.FromSeconds(5));
    private readonly Lock _gate = new();
    private Task _telling = Task.CompletedTask;
    private DateTimeOffset _reconciled, _expired, _looked;

    /// <summary>Hears of each threshold that this process has told of.</summary>
    public Action<Budget, LedgerState, Core.Alerts.Alert>? Told { get; init; }

    /// <summary>Hears each minute how the accounts stand.</summary>
    public Action<IReadOnlyList<BudgetState>>? Seen { get; init; }

    /// <summary>What the last reconciliation found that cannot be explained, as known in this process: see <see cref="LookAsync"/>.</summary>
    public IReadOnlyList<LedgerDifference> Wrong { get; private set; } = [];

    /// <summary>Accounts that were changed by hand, as the last look found them.</summary>
    public IReadOnlyList<LedgerDamagedException> Damaged { get; private set; } = [];

    /// <summary>Hears of every threshold that a call of this process reaches. A call never waits for it; what is lost here, maintenance tells within the minute.</summary>
    public void Crossed(LedgerCrossing crossing)
    {
        lock (_gate) _telling = TellAsync(crossing, _telling);
    }

    /// <summary>Waits until all that was heard so far is told, a few seconds at most.</summary>
    public async Task SettleAsync()
    {
        Task telling;
        lock (_gate) telling = _telling;
        try
        {
            await telling.WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            Log.StillTelling(logger, Patience);
        }
    }

    /// <summary>Each minute: frees and settles what dead workers held, tells of every threshold and every end of one. Each hour it reconciles, each day it removes old entries.</summary>
    public async Task MaintainAsync(CancellationToken cancellationToken)
    {
        var reaped = await _keeper.ReapAsync(cancellationToken);
        if (reaped > 0) Log.Reaped(logger, reaped);
        var open = await batches.OpenAsync(cancellationToken);
        var recovered = await _keeper.RecoverAsync(ReadRuns, open.Count == 0 ? null : open.Min(static b => b.Submitted), cancellationToken);
        if (recovered.Amount > 0) Log.Recovered(logger, recovered.Amount);
        await TellAllAsync(cancellationToken);
        var now = time.GetUtcNow();
        if (now - _reconciled >= TimeSpan.FromHours(1))
        {
            await ReconcileAsync(cancellationToken);
            _reconciled = now;
        }

        if (now - _expired < TimeSpan.FromDays(1)) return;
        if (await table.ExpireAsync(now - EntriesKept, MostExpired, cancellationToken) < MostExpired) _expired = now;
    }

    /// <summary>Sets every account of the last month beside the run records that are charged to it.</summary>
    public async Task<IReadOnlyList<LedgerDifference>> ReconcileAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var differences = await _keeper.ReconcileAsync(ReadRuns, now - ReconciledSpan, cancellationToken);
        var damaged = await table.DamagedAsync(cancellationToken).ToListAsync(cancellationToken);
        (Wrong, Damaged) = ([.. differences.Where(static d => d.IsWrong)], damaged);
        await table.SaveAsync(new LedgerReconciliation(now, Wrong), cancellationToken);
        foreach (var wrong in Wrong) Log.Wrong(logger, wrong.Key.ToString(), wrong.Settled.Amount, wrong.Recorded.Amount, wrong.Difference.Amount);
        foreach (var damage in Damaged) Log.Damaged(logger, damage.Key.ToString(), damage.Found);
        return differences;
    }

    /// <summary>Accounts that were changed by hand, as known in this process, which looks itself if its last look was long ago, as it does for <see cref="Wrong"/>: another process may be the one that maintains.</summary>
    public async Task<IReadOnlyList<LedgerDamagedException>> LookAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - _looked < LookAgain) return Damaged;
        Damaged = await table.DamagedAsync(cancellationToken).ToListAsync(cancellationToken);
        if (await table.ReconciledAsync(cancellationToken) is { } last) Wrong = last.Wrong;
        _looked = now;
        return Damaged;
    }

    /// <summary>The accounts of the present periods, those of budgets in force.</summary>
    public async Task<IReadOnlyList<BudgetState>> StatesAsync(bool isAll, CancellationToken cancellationToken)
    {
        var (states, now) = (new List<BudgetState>(), time.GetUtcNow());
        await foreach (var account in table.ListAsync(cancellationToken))
        {
            if (Find(book, account.Key.Budget) is not { } budget) continue;
            var span = BudgetCalendar.SpanAt(budget, now);
            var isPresent = span.Key == account.Key.Period;
            if (isPresent || isAll) states.Add(new BudgetState(budget, isPresent ? span : null, account.StateAt(budget, now), now));
        }

        // A budget that nothing was charged to has no account yet, and still belongs to the picture.
        foreach (var budget in book.InForce.Where(b => !b.Scope.IsEach && states.All(s => s.Budget.Id != b.Id || s.Span is null)))
        {
            var span = BudgetCalendar.SpanAt(budget, now);
            states.Add(new BudgetState(budget, span, new LedgerState { Key = new LedgerKey(budget.Id, budget.Scope.Value ?? "", span.Key) }, now));
        }

        return [.. states.OrderBy(static s => s.State.Key.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>How many budgets will pass their limit before their period ends if spending goes on as it has.</summary>
    public async Task<int> ForecastToExceedAsync(CancellationToken cancellationToken) =>
        (await StatesAsync(isAll: false, cancellationToken)).Count(static s => s.Forecast is { } forecast && forecast.AtEnd > s.Budget.Limit);

    private static Budget? Find(BudgetBook book, string id) => book.Known.Budgets.FirstOrDefault(b => b.Id == id);

    private async IAsyncEnumerable<ChargedRun> ReadRuns(DateTimeOffset from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var models = await batches.ModelsAsync(cancellationToken);
        await foreach (var run in runs.SpentAsync(models, from, time.GetUtcNow() + TimeSpan.FromMinutes(5), cancellationToken)) yield return run;
    }

    private async Task TellAllAsync(CancellationToken cancellationToken)
    {
        var states = await StatesAsync(isAll: false, cancellationToken);
        Seen?.Invoke(states);
        foreach (var state in states.Where(static s => s.Span is not null && s.State.Sequence > 0)) await RaiseAsync(state.Budget, state.State, state.Span ?? default, cancellationToken);
        var firing = new List<Core.Alerts.KeptAlert>();
        for (string? continuation = null; ;)
        {
            (var page, continuation) = await alerts.PageAsync(Core.Alerts.AlertNotice.Firing, isUndelivered: false, 1000, continuation, cancellationToken);
            firing.AddRange(page);
            if (continuation is null) break;
        }

        var now = time.GetUtcNow();
        foreach (var state in states)
        {
            foreach (var recovery in BudgetAlerts.Recoveries(state.Budget, state.State, state.Span ?? default, now, firing.Select(static a => a.Key))) await alerts.RecoverAsync(recovery, cancellationToken);
        }

        var present = states.Select(static s => (s.Budget, s.State.Key.Value)).ToList();
        if (BudgetAlerts.LeftBehind(book.Known.Budgets, present, now, firing).Count == 0) return;
        // Read after the alerts: whoever raised one knew its budget, so that one which is not there now was removed.
        foreach (var recovery in BudgetAlerts.LeftBehind(await book.ReadAsync(cancellationToken), present, now, firing)) await alerts.RecoverAsync(recovery, cancellationToken);
    }

    private async Task TellAsync(LedgerCrossing crossing, Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // in their order, while the call that crossed goes on
        try
        {
            await RaiseAsync(crossing.Budget, crossing.State, crossing.Span, CancellationToken.None);
        }
        catch (StorageException e)
        {
            Log.NotTold(logger, crossing.Budget.Id, e.Message);
        }
    }

    private async Task RaiseAsync(Budget budget, LedgerState state, BudgetSpan span, CancellationToken cancellationToken)
    {
        foreach (var alert in BudgetAlerts.Of(budget, state, span, time.GetUtcNow()))
        {
            if (!await alerts.RaiseAsync(alert, cancellationToken)) continue;
            Log.Reached(logger, alert.Title, alert.Text);
            Told?.Invoke(budget, state, alert);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(911, LogLevel.Warning, "{Title}. {Text}")]
        public static partial void Reached(ILogger logger, string title, string text);

        [LoggerMessage(912, LogLevel.Warning, "A threshold of budget {Budget} could not be told; maintenance will: {Reason}")]
        public static partial void NotTold(ILogger logger, string budget, string reason);

        [LoggerMessage(913, LogLevel.Warning, "The budgets' alerts are still being raised after {Patience}.")]
        public static partial void StillTelling(ILogger logger, TimeSpan patience);

        [LoggerMessage(914, LogLevel.Warning, "{Holds} holds of workers that do not answer were freed.")]
        public static partial void Reaped(ILogger logger, int holds);

        [LoggerMessage(915, LogLevel.Warning, "{SettledUsd} USD of runs of dead workers were settled from their records.")]
        public static partial void Recovered(ILogger logger, decimal settledUsd);

        [LoggerMessage(916, LogLevel.Error, "The ledger {Ledger} has {SettledUsd} USD settled, its run records add up to {RecordedUsd}: a difference of {DifferenceUsd}.")]
        public static partial void Wrong(ILogger logger, string ledger, decimal settledUsd, decimal recordedUsd, decimal differenceUsd);

        [LoggerMessage(917, LogLevel.Error, "The ledger {Ledger} was changed by hand: {Found}")]
        public static partial void Damaged(ILogger logger, string ledger, string found);
    }
}
