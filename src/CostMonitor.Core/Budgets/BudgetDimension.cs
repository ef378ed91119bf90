namespace CostMonitor.Core.Budgets;

/// <summary>What a budget is about.</summary>
public enum BudgetDimension
{
    /// <summary>Every call.</summary>
    All,
    Provider,
    Model,
    Team,
    App,
    Feature,
    User,
    Experiment,
}
