namespace CostMonitor.Core.Budgets;

/// <summary>A step of a budget's ladder.</summary>
/// <param name="Percent">Of the limit: above 0, at most 100.</param>
/// <param name="Action">What happens from there on.</param>
public readonly record struct BudgetThreshold(decimal Percent, BudgetAction Action);
