namespace CostMonitor.Core.Pricing;

/// <summary>How a row follows from another tier's row of the same model: batch at half the standard price is <c>0.5</c> times standard.</summary>
/// <param name="Times">The factor: above 0, at most 100.</param>
/// <param name="Of">The other row's tier.</param>
public sealed record PriceMultiple(decimal Times, ServiceTier Of);
