using CostMonitor.Core.Calling;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets;

/// <summary>The calls that a budget covers.</summary>
/// <param name="Dimension">What they have in common.</param>
/// <param name="Value">Its value; null for every call with <see cref="BudgetDimension.All"/>, and else for one budget of its own for each value (<c>each</c>).</param>
public readonly record struct BudgetScope(BudgetDimension Dimension, string? Value = null)
{
    /// <summary>Whether each value of the dimension has its own budget.</summary>
    public bool IsEach => Dimension != BudgetDimension.All && Value is null;

    /// <summary>The value under which a call counts here; null when the scope does not cover it.</summary>
    /// <param name="model">The model or route that the call asks for.</param>
    /// <param name="tags">Of the call.</param>
    public string? ValueOf(ModelKey model, CallTags tags)
    {
        var value = Dimension switch
        {
            BudgetDimension.All => "",
            BudgetDimension.Provider => model.Provider,
            BudgetDimension.Model => model.ToString(),
            BudgetDimension.Team => tags.Team,
            BudgetDimension.App => tags.App,
            BudgetDimension.Feature => tags.Feature,
            BudgetDimension.User => tags.User,
            BudgetDimension.Experiment => tags.Experiment,
            _ => throw new InvalidOperationException($"{Dimension} is no dimension."),
        };
        return Value is null || Value == value ? value : null;
    }

    /// <summary><c>all</c>, <c>team:search</c>, <c>user:each</c>.</summary>
    public override string ToString() => Dimension == BudgetDimension.All ? "all" : $"{Input.EnumNames.Of(Dimension)}:{Value ?? "each"}";
}
