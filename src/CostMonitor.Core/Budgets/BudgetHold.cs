namespace CostMonitor.Core.Budgets;

/// <summary>What a call holds until it is settled, as definitions name it.</summary>
internal enum BudgetHold
{
    WorstCase,

    /// <summary>See <see cref="Budget.HoldsLearned"/>.</summary>
    Learned,
}
