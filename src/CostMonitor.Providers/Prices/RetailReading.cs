namespace CostMonitor.Providers.Prices;

/// <summary>An answer of the Retail Prices API, fresh or kept.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Age">How old it is, if it was kept from before; null if it is fresh.</param>
/// <param name="WhyKept">Why the kept one is used; null if it is fresh.</param>
public sealed record RetailReading(RetailAnswer Answer, TimeSpan? Age, string? WhyKept);
