using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>An account as it stood at one moment.</summary>
public sealed record LedgerState
{
    public required LedgerKey Key { get; init; }

    /// <summary>What was billed in the period; of a rolling one, in the window that ended at that moment.</summary>
    public Usd Settled { get; init; }

    /// <summary>Of <see cref="Settled"/>, by calls that have no run record, such as an app's own.</summary>
    public Usd Direct { get; init; }

    /// <summary>Reserved by workers that are alive, for calls under way and calls to come.</summary>
    public Usd Held { get; init; }

    /// <summary>What dead workers and calls without an answer may have spent beyond <see cref="Settled"/>.</summary>
    public Usd Unconfirmed { get; init; }

    /// <summary>Settled calls.</summary>
    public long Calls { get; init; }

    /// <summary>Settled calls of unknown cost: <see cref="Settled"/> holds nothing for them.</summary>
    public long Unpriced { get; init; }

    /// <summary>Counts the entries: each change of the account is one.</summary>
    public long Sequence { get; init; }

    /// <summary>When a call was refused for want of money; null while none was, in this period.</summary>
    public DateTimeOffset? ExhaustedAt { get; init; }

    /// <summary>What counts against the limit of a budget.</summary>
    public Usd Committed(Budget budget) => Settled + Held + (budget.CountsUnconfirmed ? Unconfirmed : Usd.Zero);

    /// <summary>What is settled, in percent of the limit; 100 for a limit of 0 and for a hard budget that had to refuse.</summary>
    public decimal Percent(Budget budget) =>
        budget.Limit.Amount <= 0 || (ExhaustedAt is not null && budget.IsHard && Settled < budget.Limit) ? 100 : 100 * Settled.Amount / budget.Limit.Amount;
}
