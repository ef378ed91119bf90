namespace CostMonitor.Core.Budgets;

/// <summary>What happens when a budget reaches a threshold, the milder first.</summary>
public enum BudgetAction
{
    Notice,

    /// <summary>A notice of higher severity.</summary>
    Warn,

    /// <summary>A notice, and less is spent: see <see cref="Throttling"/>.</summary>
    Throttle,

    /// <summary>A notice, and new paid calls are refused; the cache still answers.</summary>
    Block,
}
