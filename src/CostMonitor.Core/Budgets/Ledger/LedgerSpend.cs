using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>What some calls cost together.</summary>
/// <param name="Settled">What is known.</param>
/// <param name="Direct">Of it, by calls without records.</param>
/// <param name="Unconfirmed">What was reserved for calls whose cost cannot be known.</param>
/// <param name="Calls">All of them.</param>
/// <param name="Unpriced">Those of unknown cost.</param>
internal readonly record struct LedgerSpend(Usd Settled, Usd Direct, Usd Unconfirmed, long Calls, long Unpriced)
{
    public bool IsNone => this == default;

    public static LedgerSpend operator +(LedgerSpend a, LedgerSpend b) =>
        new(a.Settled + b.Settled, a.Direct + b.Direct, a.Unconfirmed + b.Unconfirmed, a.Calls + b.Calls, a.Unpriced + b.Unpriced);

    public static LedgerSpend operator -(LedgerSpend a, LedgerSpend b) =>
        new(a.Settled - b.Settled, a.Direct - b.Direct, a.Unconfirmed - b.Unconfirmed, a.Calls - b.Calls, a.Unpriced - b.Unpriced);
}
