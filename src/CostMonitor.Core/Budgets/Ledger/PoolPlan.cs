using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>What a write makes of one pool once it has succeeded.</summary>
/// <param name="Hold">What is held then.</param>
/// <param name="Exposure">What of the overdraft is.</param>
/// <param name="Granted">Of <paramref name="Hold"/>, for calls that wait for the write.</param>
/// <param name="GrantedExposure">Likewise.</param>
/// <param name="Spend">What it settles.</param>
/// <param name="TellsExhausted">Whether it writes that a call was refused.</param>
internal sealed record PoolPlan(Usd Hold, Usd Exposure, Usd Granted, Usd GrantedExposure, LedgerSpend Spend, bool TellsExhausted);
