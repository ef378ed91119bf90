namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>What becomes of the cost of one run.</summary>
/// <param name="Verdict">What is to be done.</param>
/// <param name="Before">The cost as it was.</param>
/// <param name="After">The cost as it will be.</param>
/// <param name="Reason">Why no price could be found, when one was looked for; null otherwise.</param>
public readonly record struct RepricedCost(CostVerdict Verdict, CallCost Before, CallCost After, string? Reason = null)
{
    public static RepricedCost Outside(CallCost cost) => new(CostVerdict.Outside, cost, cost);

    public static RepricedCost Unchanged(CallCost cost, string? reason = null) => new(CostVerdict.Unchanged, cost, cost, reason);
}
