using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>What a dead worker had reserved, and so may have spent at most.</summary>
/// <param name="Worker">The worker.</param>
/// <param name="Amount">What is still unconfirmed of it.</param>
/// <param name="Since">When it was found dead.</param>
/// <param name="Began">When its process began.</param>
/// <param name="IsDirect">Whether it made calls that have no record: these can never be confirmed.</param>
public sealed record LostHold(string Worker, Usd Amount, DateTimeOffset Since, DateTimeOffset Began, bool IsDirect);
