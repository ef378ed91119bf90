namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>What setting the accounts beside the run records brought to light.</summary>
/// <param name="At">When.</param>
/// <param name="Wrong">Differences that cannot be explained; empty when all agree.</param>
public sealed record LedgerReconciliation(DateTimeOffset At, IReadOnlyList<LedgerDifference> Wrong);
