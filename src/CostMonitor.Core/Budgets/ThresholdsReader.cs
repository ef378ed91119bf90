using System.Globalization;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Budgets;

/// <summary>Reads <c>thresholds</c>: each above the one before, with what refuses above what throttles.</summary>
internal static class ThresholdsReader
{
    public static IReadOnlyList<BudgetThreshold> Read(InputNode budget)
    {
        if (budget.Property("thresholds") is not { } array) return Budget.UsualThresholds;
        var thresholds = new List<BudgetThreshold>();
        foreach (var node in array.Items("an array of { percent, action }"))
        {
            node.AllowOnly("percent", "action");
            if (ReadPercent(node) is not { } percent || ReadAction(node) is not { } action) continue;
            NoteContradictions(node, thresholds, percent, action);
            thresholds.Add(new BudgetThreshold(percent, action));
        }

        return thresholds;
    }

    private static void NoteContradictions(InputNode node, List<BudgetThreshold> before, decimal percent, BudgetAction action)
    {
        if (before.Count > 0 && percent <= before[^1].Percent)
        {
            node.Fault(string.Create(CultureInfo.InvariantCulture, $"Thresholds rise: expected more than the {before[^1].Percent} % before it, got {percent} %."));
        }

        if (action == BudgetAction.Throttle && before.FindIndex(static t => t.Action == BudgetAction.Block) is var block and >= 0)
        {
            node.Fault(string.Create(
                CultureInfo.InvariantCulture, $"At {percent} % nothing is left to throttle: calls are refused from {before[block].Percent} % on. Expected throttle below block."));
        }
    }

    private static decimal? ReadPercent(InputNode node)
    {
        if (node.Required("percent", "percent of the limit, above 0, at most 100")?.Amount(0, 100) is not { } percent) return null;
        if (percent > 0) return percent;
        node.Property("percent")?.Fault("Expected more than 0 percent of the limit.");
        return null;
    }

    private static BudgetAction? ReadAction(InputNode node)
    {
        if (node.Required("action", $"one of {EnumNames.All<BudgetAction>()}") is not { } name) return null;
        if (name.IsString && EnumNames.TryParse(name.Element.GetString(), out BudgetAction action)) return action;
        name.Fault($"Expected one of {EnumNames.All<BudgetAction>()}, got {name.Shown()}.");
        return null;
    }
}
