namespace CostMonitor.Core.Pricing.Azure;

/// <summary>An amount over some days.</summary>
/// <param name="From">The first day.</param>
/// <param name="To">The first day on which it no longer holds; null while it holds.</param>
/// <param name="Amount">USD for a million tokens, or for an hour.</param>
internal readonly record struct PriceSpan(DateOnly From, DateOnly? To, decimal Amount)
{
    public DateOnly End => To ?? DateOnly.MaxValue;
}
