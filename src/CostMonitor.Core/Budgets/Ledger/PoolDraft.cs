using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>What a write is to make of one pool, while it is decided.</summary>
internal sealed class PoolDraft
{
    private readonly LedgerSpend _spend;
    private readonly Usd _base;
    private readonly int _workers;
    private Usd _exposureRoom, _granted, _grantedExposure, _slack, _exposureSlack;
    private bool _isClosed;

    public PoolDraft(LedgerPool pool, string worker, DateTimeOffset now, TimeSpan skew, string commit)
    {
        Pool = pool;
        Account = pool.Account ?? throw new InvalidOperationException($"{pool.Key} was not read.");
        if (Account.Reaped(now, skew, commit) is var (reaped, entries)) (Account, Entries) = (reaped, entries);
        var (budget, own, state) = (pool.Budget, Account.Holds.GetValueOrDefault(worker), Account.StateAt(pool.Budget, now));
        _spend = pool.Pending;
        _base = state.Settled + _spend.Settled + (budget.CountsUnconfirmed ? state.Unconfirmed + _spend.Unconfirmed : Usd.Zero);
        _workers = Account.Holds.Count + (own is null ? 1 : 0);
        Room = budget.Limit - _base - (Account.Held - (own?.Amount ?? Usd.Zero)) - pool.Used;
        _exposureRoom = budget.Overdraft - (Account.Exposure - (own?.Exposure ?? Usd.Zero)) - pool.ExposureUsed;
    }

    public LedgerPool Pool { get; }

    /// <summary>As it was read, without the holds of the dead.</summary>
    public LedgerAccount Account { get; }

    /// <summary>What was done to it so far.</summary>
    public IReadOnlyList<LedgerEntry> Entries { get; } = [];

    /// <summary>What may still be granted.</summary>
    public Usd Room { get; private set; }

    /// <summary>Whether an amount would not fit even if every call under way turned out to cost nothing.</summary>
    public bool IsHopeless(Usd amount) => _base + amount > Pool.Budget.Limit;

    /// <summary>Whether there is no room for a call; one that was to be held at what is usual is held at its worst case where the overdraft has no room for it.</summary>
    public bool Lacks(ref Usd amount, ref Usd exposure)
    {
        if (_isClosed) return true;
        if (exposure > _exposureRoom) (amount, exposure) = (amount + exposure, Usd.Zero);
        return amount > Room;
    }

    public void Grant(Usd amount, Usd exposure)
    {
        Room -= amount;
        _exposureRoom -= exposure;
        _granted += amount;
        _grantedExposure += exposure;
    }

    /// <summary>Keeps what room there is for the call that could not be granted.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Adds what is held for calls to come: what a second may need, within a small share of what is free.</summary>
    public void AddSlack(decimal share, bool isDemandOver)
    {
        if (!Pool.Budget.IsHard || isDemandOver || _isClosed || Room <= Usd.Zero) return;
        var wanted = Math.Max(Pool.Demand.Amount, 2 * _granted.Amount);
        _slack = new Usd(Math.Min(wanted, Room.Amount * share / _workers));
        if (Pool.Budget.HoldsLearned && wanted > 0 && _exposureRoom > Usd.Zero) _exposureSlack = new Usd(_exposureRoom.Amount / (4 * _workers));
    }

    public PoolPlan ToPlan() => Pool.Budget.IsHard
        ? new PoolPlan(Pool.Used + _granted + _slack, Pool.ExposureUsed + _grantedExposure + _exposureSlack, _granted, _grantedExposure, _spend, Pool.IsExhausted)
        : new PoolPlan(Usd.Zero, Usd.Zero, Usd.Zero, Usd.Zero, _spend, Pool.IsExhausted);

    /// <param name="isDue">Whether the pool has something of its own to write, or too much in hand.</param>
    public bool IsWorthWriting(bool isDue) => _granted > Usd.Zero || _grantedExposure > Usd.Zero || !_spend.IsNone || Pool.IsExhausted || Entries.Count > 0 || isDue;
}
