using System.Globalization;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>A process's part of the books: reserves money before a call, settles it after.</summary>
/// <remarks>
/// The accounts are shared with other processes through the store; what this process holds in an account it gives to its calls without asking again.
/// It holds a little more than its open calls need, so that most calls wait for nothing, and the less the less is left: see <see cref="LedgerOptions.Slack"/>.
/// All reservations and settlements that come together go into one write, over all accounts that they concern: either all of a call's budgets have its money or none.
/// </remarks>
public sealed partial class BudgetLedger : IAsyncDisposable
{
    private readonly ILedgerStore _store;
    private readonly Func<IReadOnlyList<Budget>> _budgets;
    private readonly LedgerOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<LedgerCrossing>? _onCrossing;
    private readonly Action<Exception>? _onStoreFailed;
    private readonly DateTimeOffset _began;
    private readonly ITimer _timer;

    private readonly Lock _gate = new();
    private readonly Dictionary<LedgerKey, LedgerPool> _pools = [];
    private readonly List<WaitingCharge> _waiting = [];
    private readonly LearnedCosts _learned = new();
    private IReadOnlyList<Budget> _known = [];
    private BudgetLine[] _lines = [];

    /// <param name="store">Keeps the accounts.</param>
    /// <param name="budgets">Gives the budgets in force: the same list while nothing changes.</param>
    /// <param name="options">Names the process.</param>
    /// <param name="time">The clock of periods, leases and waits.</param>
    /// <param name="onCrossing">Told of every threshold that a write of this process reaches; must not block.</param>
    /// <param name="onStoreFailed">Told of failures of the store; must not block.</param>
    public BudgetLedger(
        ILedgerStore store, Func<IReadOnlyList<Budget>> budgets, LedgerOptions options, TimeProvider time,
        Action<LedgerCrossing>? onCrossing = null, Action<Exception>? onStoreFailed = null)
    {
        (_store, _budgets, _options, _time, _onCrossing, _onStoreFailed) = (store, budgets, options, time, onCrossing, onStoreFailed);
        _began = time.GetUtcNow();
        _timer = time.CreateTimer(_ => Tick(), null, options.Flush, options.Flush);
    }

    public string Worker => _options.Worker;

    /// <summary>Reserves the most that a call can cost in every budget that covers it, or in none.</summary>
    /// <returns>At once where this process holds enough, else after one write, or after waiting for other calls to settle: see <see cref="LedgerOptions.LongestWait"/>.</returns>
    public ValueTask<ChargeAnswer> AdmitAsync(ChargeRequest request, CancellationToken cancellationToken)
    {
        WaitingCharge waiting;
        lock (_gate)
        {
            var pools = PoolsOf(request);
            if (pools.Length == 0) return new ValueTask<ChargeAnswer>(ChargeAnswer.Granted.Uncovered);
            if (request.Worst is null && Array.Find(pools, p => p.Budget.IsHard && !p.Budget.AllowsUnpriced.Contains(request.Model)) is { } strict) return new ValueTask<ChargeAnswer>(Unpriced(request, strict));
            var charge = new CallCharge(this, request, pools);
            waiting = new WaitingCharge(charge, new Usd[pools.Length], new Usd[pools.Length], Deadline(request.Priority, request.Patience));
            Ask(waiting, request.Worst ?? Usd.Zero, mayLearn: true);
            if (Answer(waiting) is { } answer) return new ValueTask<ChargeAnswer>(answer);
        }

        return WaitAsync(waiting, cancellationToken);
    }

    /// <summary>What the budgets that cover a call ask of it just now, as of the last look at them.</summary>
    public BudgetPressure PressureOn(ModelKey model, CallTags tags)
    {
        lock (_gate)
        {
            var strongest = default(BudgetPressure);
            foreach (var line in Lines())
            {
                if (line.Budget.Scope.ValueOf(model, tags) is { } value && line.Find(value, _pools) is { Action: { } action } && !(strongest.Action >= action)) strongest = new BudgetPressure(action, line.Budget);
            }

            return strongest;
        }
    }

    /// <summary>The most output tokens that a call without a limit of its own may ask for, so that its worst case is known; null where no hard budget covers it.</summary>
    public int? OutputLimitFor(ModelKey model, CallTags tags, IReadOnlyList<ModelKey> targets)
    {
        lock (_gate)
        {
            int? least = null;
            foreach (var line in Lines())
            {
                if (line.Budget.IsHard && (line.Budget.Scope.ValueOf(model, tags) is not null || targets.Any(t => line.Budget.Scope.ValueOf(t, tags) is not null)) && !(least <= line.Budget.OutputTokens)) least = line.Budget.OutputTokens;
            }

            return least;
        }
    }

    /// <summary>Writes all that is settled, and gives back what is held for calls to come.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        for (var round = 0; round < 100; round++)
        {
            Task cycle;
            lock (_gate)
            {
                if (_pools.Values.All(static p => p.Damage is not null || (p.Pending.IsNone && p.Plan is null && p.Held <= p.Used && !p.IsExhausted))) return;
                foreach (var pool in _pools.Values) pool.Demand = Usd.Zero;
                _isFlushing = true;
                cycle = StartCycle();
            }

            await cycle.WaitAsync(cancellationToken);
            if (_failures is var failures and > 0) await Task.Delay(PauseAfter(failures), _time, cancellationToken); // a store that is away for a moment
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await FlushAsync(CancellationToken.None);
    }

    /// <summary>Ends as a killed process does: nothing is renewed, written or given back any more.</summary>
    internal ValueTask DisposeTimerAsync() => _timer.DisposeAsync();

    internal async ValueTask<ChargeAnswer> ExtendAsync(CallCharge charge, Usd more, TimeSpan patience, CancellationToken cancellationToken)
    {
        WaitingCharge waiting;
        lock (_gate)
        {
            waiting = new WaitingCharge(charge, new Usd[charge.Pools.Length], new Usd[charge.Pools.Length], Deadline(charge.Request.Priority, patience));
            Ask(waiting, more, mayLearn: false);
            if (Answer(waiting) is { } answer) return Extended(charge, more, answer);
        }

        return Extended(charge, more, await WaitAsync(waiting, cancellationToken));
    }

    /// <param name="charge">Of the call.</param>
    /// <param name="cost">Null where it cannot be known.</param>
    internal void Settle(CallCharge charge, Usd? cost)
    {
        lock (_gate)
        {
            if (cost is { } known) _learned.Note(charge.Request.Model, known);
            var direct = charge.Request.IsDirect;
            var spend = new LedgerSpend(cost ?? Usd.Zero, direct ? cost ?? Usd.Zero : Usd.Zero, cost is null ? charge.Worst ?? Usd.Zero : Usd.Zero, 1, cost is null ? 1 : 0);
            for (var i = 0; i < charge.Pools.Length; i++)
            {
                var pool = charge.Pools[i];
                pool.GiveBack(charge.Amounts[i], charge.Exposures[i], charge.Grants);
                if (!charge.IsChargedTo(pool)) continue;
                pool.Pending += spend;
                pool.IsDirect |= direct;
            }
        }
    }

    private static ChargeAnswer Extended(CallCharge charge, Usd more, ChargeAnswer answer)
    {
        if (answer is ChargeAnswer.Granted) charge.Worst += more;
        return answer;
    }

    private long Deadline(CallPriority priority, TimeSpan patience)
    {
        var wait = priority == CallPriority.Background ? TimeSpan.Zero : patience < _options.LongestWait ? patience : _options.LongestWait;
        return _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency);
    }

    /// <summary>What a call asks of each of its pools: nothing of a soft budget, its worst case of a hard one, or what such calls usually cost and the rest of the overdraft.</summary>
    private void Ask(WaitingCharge waiting, Usd worst, bool mayLearn)
    {
        for (var i = 0; i < waiting.Amounts.Length; i++)
        {
            var budget = waiting.Charge.Pools[i].Budget;
            if (!budget.IsHard) continue;
            waiting.Amounts[i] = mayLearn && budget.HoldsLearned && _learned.NinetyFifth(waiting.Charge.Request.Model) is { } usual && usual < worst ? usual : worst;
            waiting.Exposures[i] = worst - waiting.Amounts[i];
        }
    }

    /// <summary>Gives a call what this process holds, or says at once what cannot change; else has it wait.</summary>
    private ChargeAnswer? Answer(WaitingCharge waiting)
    {
        var (pools, now) = (waiting.Charge.Pools, _time.GetTimestamp());
        var isThere = true;
        for (var i = 0; i < pools.Length; i++)
        {
            var pool = pools[i];
            if (!pool.Budget.IsHard) continue;
            if (pool.Damage is { } damage) return new ChargeAnswer.Refused(ChargeRefusal.Damaged, pool.Key, damage.Message, null);
            // An account that was nearly empty a moment ago is not asked again for each call that it cannot pay.
            if (pool.Account is { } account && _time.GetElapsedTime(pool.AsOf, now) < _options.Flush && IsHopeless(pool, account, waiting.Amounts[i])) return Exhausted(waiting, i);
            isThere &= now < pool.LeaseEnds && waiting.Amounts[i] <= pool.Available && waiting.Exposures[i] <= pool.ExposureAvailable;
            isThere &= pool.IsDirect || !waiting.Charge.Request.IsDirect; // what a call without a record spends could not be found after a crash: its hold must say so
        }

        if (isThere)
        {
            Take(waiting, now);
            return new ChargeAnswer.Granted(waiting.Charge);
        }

        if (Array.FindAll(pools, static p => p.Budget.IsHard).Length is var hard && hard > _store.MostChanges) return TooMany(waiting, hard);
        _waiting.Add(waiting);
        StartCycle();
        return null;
    }

    private static void Take(WaitingCharge waiting, long now)
    {
        waiting.Charge.Grants++;
        for (var i = 0; i < waiting.Amounts.Length; i++)
        {
            waiting.Charge.Pools[i].Take(waiting.Amounts[i], waiting.Exposures[i], now);
            waiting.Charge.Amounts[i] += waiting.Amounts[i];
            waiting.Charge.Exposures[i] += waiting.Exposures[i];
        }
    }

    /// <summary>Whether an amount would not fit even if every call under way turned out to cost nothing.</summary>
    private bool IsHopeless(LedgerPool pool, LedgerAccount account, Usd amount)
    {
        var state = account.StateAt(pool.Budget, _time.GetUtcNow());
        return state.Settled + pool.Pending.Settled + (pool.Budget.CountsUnconfirmed ? state.Unconfirmed : Usd.Zero) + amount > pool.Budget.Limit;
    }

    private ChargeAnswer.Refused Exhausted(WaitingCharge waiting, int index)
    {
        var pool = waiting.Charge.Pools[index];
        var now = _time.GetUtcNow();
        if (pool.Account?.StateAt(pool.Budget, now).ExhaustedAt is null) pool.IsExhausted = true;
        var state = pool.Account?.StateAt(pool.Budget, now) ?? new LedgerState { Key = pool.Key };
        var ends = pool.Budget.Period == BudgetPeriod.Rolling ? (DateTimeOffset?)null : pool.Span.End;
        return new ChargeAnswer.Refused(
            ChargeRefusal.Exhausted, pool.Key, string.Create(CultureInfo.InvariantCulture,
                $"Budget {pool.Budget.Id} ({pool.Budget.Scope}{(pool.Key.Value.Length > 0 && pool.Budget.Scope.IsEach ? $" = {pool.Key.Value}" : "")}) has {state.Settled} settled and {state.Held} held of {pool.Budget.Limit}; the call may cost up to {waiting.Amounts[index]}.{(ends is { } end ? $" The period ends at {end:u}." : "")}"),
            ends - now);
    }

    private ChargeAnswer.Refused TooMany(WaitingCharge waiting, int hard) => new(
        ChargeRefusal.Unavailable, waiting.Charge.Pools[0].Key, $"{hard} hard budgets cover a call of {waiting.Charge.Request.Model}; it can be paid for out of {_store.MostChanges} together at most.", null);

    private static ChargeAnswer.Refused Unpriced(ChargeRequest request, LedgerPool pool) => new(
        ChargeRefusal.Unpriced, pool.Key, $"{request.Model} has no price, and the hard budget {pool.Budget.Id} covers it. Give it a price (costmon prices), or name it in the budget's allowUnpriced.", null);

    private async ValueTask<ChargeAnswer> WaitAsync(WaitingCharge waiting, CancellationToken cancellationToken)
    {
        try
        {
            return await waiting.Answer.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                _waiting.Remove(waiting);
                if (!waiting.Answer.TrySetCanceled(CancellationToken.None) && waiting.Answer.Task is { IsCompletedSuccessfully: true } answered && answered.GetAwaiter().GetResult() is ChargeAnswer.Granted) GiveBack(waiting);
            }

            throw;
        }
    }

    private static void GiveBack(WaitingCharge waiting)
    {
        waiting.Charge.Grants--;
        for (var i = 0; i < waiting.Amounts.Length; i++)
        {
            waiting.Charge.Pools[i].GiveBack(waiting.Amounts[i], waiting.Exposures[i], grants: 1);
            waiting.Charge.Amounts[i] -= waiting.Amounts[i];
            waiting.Charge.Exposures[i] -= waiting.Exposures[i];
        }
    }

    private LedgerPool[] PoolsOf(ChargeRequest request)
    {
        var now = _time.GetUtcNow();
        List<LedgerPool>? pools = null;
        foreach (var line in Lines())
        {
            if (request.Targets.Count == 0 || !line.IsOfModels) Add(line, request.Model);
            else foreach (var target in request.Targets) Add(line, target);
        }

        return pools?.ToArray() ?? [];

        void Add(BudgetLine line, ModelKey model)
        {
            if (line.Budget.Scope.ValueOf(model, request.Tags) is not { } value) return;
            var pool = line.PoolOf(value, now, _pools);
            if (pools?.Contains(pool) != true) (pools ??= []).Add(pool);
        }
    }

    private BudgetLine[] Lines()
    {
        var budgets = _budgets();
        if (ReferenceEquals(budgets, _known)) return _lines;
        (_known, _lines) = (budgets, [.. budgets.Select(static b => new BudgetLine(b))]);
        return _lines;
    }

    /// <summary>One budget and the period that it is in.</summary>
    private sealed class BudgetLine(Budget budget)
    {
        private readonly Dictionary<string, LedgerKey> _keys = new(StringComparer.Ordinal);
        private BudgetSpan _span;

        public Budget Budget { get; } = budget;

        /// <summary>Whether it depends on the model that answers, which a route decides late.</summary>
        public bool IsOfModels { get; } = budget.Scope.Dimension is BudgetDimension.Model or BudgetDimension.Provider;

        public LedgerPool PoolOf(string value, DateTimeOffset now, Dictionary<LedgerKey, LedgerPool> pools)
        {
            if (_span.Key is null || (Budget.Period != BudgetPeriod.Rolling && (now < _span.Start || now >= _span.End)))
            {
                _span = BudgetCalendar.SpanAt(Budget, now);
                _keys.Clear();
            }

            if (!_keys.TryGetValue(value, out var key)) _keys[value] = key = new LedgerKey(Budget.Id, value, _span.Key);
            if (!pools.TryGetValue(key, out var pool)) pools[key] = pool = new LedgerPool(key, Budget, _span);
            pool.Budget = Budget; // its limit may have been changed since
            return pool;
        }

        public LedgerPool? Find(string value, Dictionary<LedgerKey, LedgerPool> pools) => _keys.TryGetValue(value, out var key) ? pools.GetValueOrDefault(key) : null;
    }
}
