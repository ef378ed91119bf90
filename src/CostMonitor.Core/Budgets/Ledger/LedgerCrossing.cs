namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>A ledger has reached thresholds of its budget that it had not reached before.</summary>
public sealed record LedgerCrossing(Budget Budget, BudgetSpan Span, LedgerState State);
