namespace CostMonitor.Core.Budgets;

/// <summary>What the budgets that cover a call ask of it just now.</summary>
/// <param name="Action">The strongest action in force among them; null for none.</param>
/// <param name="Budget">The budget that asks for it; null for none.</param>
public readonly record struct BudgetPressure(BudgetAction? Action, Budget? Budget)
{
    /// <summary>How the call is to spend less; null while no budget throttles.</summary>
    public Throttling? Throttling => Action >= BudgetAction.Throttle ? Budget?.Throttling : null;
}
