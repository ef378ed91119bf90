using CostMonitor.Core.Calling;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets;

/// <summary>The calls that a budget covers.</summary>
/// <param name="Dimension">What they have in common.</param>
/// <param name="Value">Its value; null for every call with <see cref="BudgetDimension.All"/>, and else for one budget of its own for each value (<c>each</c>).</param>
public readonly record struct BudgetScope(BudgetDimension Dimension, string? Value = null)
{
    private const string All = "all";
    private const string Each = "each";

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

    /// <summary>Reads what <see cref="ToString"/> writes. A value that is named <c>each</c> cannot have a budget of its own.</summary>
    /// <returns>False for a dimension that is not known, and for a value that the dimension cannot have.</returns>
    public static bool TryParse(string text, out BudgetScope scope)
    {
        scope = default;
        if (text == All) return true;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !Input.EnumNames.TryParse(text[..colon], out BudgetDimension dimension) || dimension == BudgetDimension.All) return false;
        var value = text[(colon + 1)..];
        scope = new BudgetScope(dimension, value == Each ? null : value);
        return value == Each || IsValue(dimension, value);
    }

    private static bool IsValue(BudgetDimension dimension, string value) => dimension switch
    {
        BudgetDimension.Provider => ModelKey.TryCreate(value, "any", out _),
        BudgetDimension.Model => ModelKey.TryParse(value, out _),
        _ => CallTags.IsValid(value),
    };

    /// <summary><c>all</c>, <c>team:search</c>, <c>user:each</c>.</summary>
    public override string ToString() => Dimension == BudgetDimension.All ? All : $"{Input.EnumNames.Of(Dimension)}:{Value ?? Each}";
}
