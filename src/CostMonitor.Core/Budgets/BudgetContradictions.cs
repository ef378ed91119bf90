using CostMonitor.Core.Input;

namespace CostMonitor.Core.Budgets;

/// <summary>Finds definitions that cannot all be meant.</summary>
public static class BudgetContradictions
{
    /// <summary>The faults of a set, each at the later of the two definitions that it is about.</summary>
    /// <remarks>A daily cap counts as the daily budget that it is. Time zones do not tell budgets apart: two monthly limits of one team overlap in any zones.</remarks>
    public static IEnumerable<InputFault> Of(IReadOnlyList<PlacedBudget> budgets) =>
        from later in Enumerable.Range(0, budgets.Count)
        from earlier in Enumerable.Range(0, later)
        from problem in Between(budgets[earlier], budgets[later].Definition)
        select new InputFault(budgets[later].File, budgets[later].Path, problem);

    private static IEnumerable<string> Between(PlacedBudget earlier, BudgetDefinition later)
    {
        if (earlier.Definition.Id == later.Id) return [$"The id '{later.Id}' stands twice; it stands at {earlier} too."];
        return from one in earlier.Definition.Budgets
               from other in later.Budgets
               where one.Scope == other.Scope
               from problem in Overlap(one, other).Concat(NeverReached(one, other)).Concat(NeverReached(other, one))
               select problem;
    }

    private static IEnumerable<string> Overlap(Budget one, Budget other)
    {
        if (one.Period != other.Period || one.Window != other.Window || one.IsHard != other.IsHard) yield break;
        yield return $"'{other.Id}' and '{one.Id}' overlap: both are {(one.IsHard ? "hard" : "soft")} limits of {one.Scope} for {PeriodOf(one)}; expected one.";
    }

    private static IEnumerable<string> NeverReached(Budget longer, Budget shorter)
    {
        if (!longer.IsHard || longer.Limit >= shorter.Limit || Shortest(longer) <= Longest(shorter)) yield break;
        yield return $"'{longer.Id}' refuses beyond {longer.Limit} for {PeriodOf(longer)} of {longer.Scope}, so that '{shorter.Id}' can never reach its {shorter.Limit} for {PeriodOf(shorter)}; "
            + "expected the longer period to have at least the limit of the shorter one.";
    }

    private static string PeriodOf(Budget budget) =>
        budget.Period == BudgetPeriod.Rolling ? $"the last {BudgetWindow.Of(budget.Window)}" : $"a {EnumNames.Of(budget.Period)}";

    private static TimeSpan Shortest(Budget budget) => budget.Period switch
    {
        BudgetPeriod.Day => TimeSpan.FromHours(23),
        BudgetPeriod.Week => TimeSpan.FromHours(7 * 24 - 1),
        BudgetPeriod.Month => TimeSpan.FromHours(28 * 24 - 1),
        _ => budget.Window,
    };

    private static TimeSpan Longest(Budget budget) => budget.Period switch
    {
        BudgetPeriod.Day => TimeSpan.FromHours(25),
        BudgetPeriod.Week => TimeSpan.FromHours(7 * 24 + 1),
        BudgetPeriod.Month => TimeSpan.FromHours(31 * 24 + 1),
        _ => budget.Window,
    };
}
