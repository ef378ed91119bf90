using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>A process's part of one account: what it holds there, and what of it is taken. Guarded by the ledger's lock.</summary>
internal sealed class LedgerPool(LedgerKey key, Budget budget, BudgetSpan span)
{
    public LedgerKey Key { get; } = key;

    public Budget Budget { get; set; } = budget;

    public BudgetSpan Span { get; } = span;

    /// <summary>As it was read or written last; null before the first time.</summary>
    public LedgerAccount? Account { get; private set; }

    /// <summary>When <see cref="Account"/> was as it is.</summary>
    public long AsOf { get; private set; }

    /// <summary>The strongest action in force as of <see cref="AsOf"/>.</summary>
    public BudgetAction? Action { get; private set; }

    /// <summary>Why the account cannot be used; null if it can.</summary>
    public LedgerDamagedException? Damage { get; private set; }

    /// <summary>When that was seen last.</summary>
    public long DamageSeen { get; private set; }

    /// <summary>What the account says that this process holds.</summary>
    public Usd Held { get; set; }

    public Usd ExposureHeld { get; set; }

    /// <summary>Until when it does, by the monotonic clock.</summary>
    public long LeaseEnds { get; set; }

    /// <summary>Of it, for calls under way.</summary>
    public Usd Used { get; set; }

    public Usd ExposureUsed { get; set; }

    /// <summary>Grants that are not settled: those of nothing too, such as a soft budget's.</summary>
    public int Open { get; set; }

    /// <summary>Spend that is not written yet; still covered by what is held.</summary>
    public LedgerSpend Pending { get; set; }

    /// <summary>The write under way; null for none.</summary>
    public PoolPlan? Plan { get; set; }

    /// <summary>What was reserved since <see cref="DemandSince"/>, and what that makes a second.</summary>
    public Usd Reserved { get; set; }

    public long DemandSince { get; set; }

    public Usd Demand { get; set; }

    public long LastTaken { get; set; }

    /// <summary>Whether calls that have no record were granted here, which the hold says since then.</summary>
    public bool IsDirect { get; set; }

    /// <summary>Set when a call had to be refused for want of money, until that is written.</summary>
    public bool IsExhausted { get; set; }

    /// <summary>The thresholds told of so far.</summary>
    public decimal ToldPercent { get; set; } = -1;

    public bool IsIdle => Open == 0 && Used == Usd.Zero && Pending.IsNone && Plan is null && Held == Usd.Zero && !IsExhausted;

    /// <summary>What may still be taken without asking anyone. While a write is under way, only what is there whether it succeeds or not.</summary>
    public Usd Available
    {
        get
        {
            var now = Held - Used - Pending.Settled - Pending.Unconfirmed;
            if (Plan is not { } plan) return now;
            var then = plan.Hold - plan.Granted - Used - (Pending.Settled - plan.Spend.Settled) - (Pending.Unconfirmed - plan.Spend.Unconfirmed);
            return then < now ? then : now;
        }
    }

    public Usd ExposureAvailable
    {
        get
        {
            var now = ExposureHeld - ExposureUsed;
            return Plan is { } plan && plan.Exposure - plan.GrantedExposure - ExposureUsed is var then && then < now ? then : now;
        }
    }

    public void Take(Usd amount, Usd exposure, long timestamp)
    {
        Open++;
        Used += amount;
        ExposureUsed += exposure;
        Reserved += amount;
        LastTaken = timestamp;
    }

    public void GiveBack(Usd amount, Usd exposure, int grants)
    {
        Open -= grants;
        Used -= amount;
        ExposureUsed -= exposure;
    }

    public void See(LedgerAccount account, DateTimeOffset now, long timestamp)
    {
        (Account, AsOf, Damage) = (account, timestamp, null);
        Action = BudgetAlerts.ActionInForce(Budget, account.StateAt(Budget, now));
    }

    public void SeeDamage(LedgerDamagedException damage, long timestamp) => (Damage, DamageSeen) = (damage, timestamp);
}
