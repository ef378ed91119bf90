using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>A part of a moving window: what was settled from its start until the next one's.</summary>
public readonly record struct LedgerBucket(DateTimeOffset Start, Usd Settled, Usd Unconfirmed);
