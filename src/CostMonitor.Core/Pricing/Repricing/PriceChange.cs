namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>One later change of a recorded cost, kept in the record itself.</summary>
/// <param name="Id">The change that did it.</param>
/// <param name="At">When that change began, UTC.</param>
/// <param name="Kind">What it did.</param>
/// <param name="Before">The cost until then, with its label or its reason.</param>
/// <param name="By">Who asked for it, in their own words.</param>
public sealed record PriceChange(PriceChangeId Id, DateTimeOffset At, PriceChangeKind Kind, CallCost Before, string By);
