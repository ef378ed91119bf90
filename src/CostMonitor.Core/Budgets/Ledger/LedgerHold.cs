using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>What one live worker has reserved in an account.</summary>
public sealed record LedgerHold
{
    /// <summary>For its calls under way, for spend that it has not settled yet, and for calls to come within the second.</summary>
    public required Usd Amount { get; init; }

    /// <summary>How much more than <see cref="Amount"/> its calls under way may cost, where a budget holds what was learned: a part of <see cref="Budget.Overdraft"/>.</summary>
    public Usd Exposure { get; init; }

    /// <summary>When the worker's process began: all that it ever settled here is in entries since then.</summary>
    public required DateTimeOffset Began { get; init; }

    /// <summary>When the worker counts as dead unless it has renewed the hold.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Whether it also makes calls that have no record.</summary>
    public bool IsDirect { get; init; }
}
