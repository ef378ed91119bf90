using CostMonitor.Core.Budgets.Ledger;

namespace CostMonitor.Core.Budgets;

/// <summary>Which steps of a budget's ladder are reached.</summary>
public static class BudgetLadder
{
    /// <summary>The thresholds that a ledger has reached, the lowest first.</summary>
    public static IEnumerable<BudgetThreshold> Reached(Budget budget, LedgerState state)
    {
        var percent = state.Percent(budget);
        return budget.Thresholds.Where(t => percent >= t.Percent);
    }

    /// <summary>The strongest action in force; null for none. A soft budget never blocks: it warns.</summary>
    public static BudgetAction? ActionOf(Budget budget, LedgerState state)
    {
        BudgetAction? strongest = null;
        foreach (var (_, action) in Reached(budget, state))
        {
            var meant = action == BudgetAction.Block && !budget.IsHard ? BudgetAction.Warn : action;
            if (strongest is null || meant > strongest) strongest = meant;
        }

        return strongest;
    }
}
