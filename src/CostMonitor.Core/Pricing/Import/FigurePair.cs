namespace CostMonitor.Core.Pricing.Import;

/// <summary>One figure of two prices for the same offer.</summary>
/// <param name="Name">What it is asked for: <c>cachedInput</c>, <c>input above 200000</c>, <c>image</c>.</param>
/// <param name="Unit">What it is asked per.</param>
/// <param name="Before">The earlier figure; null if there was none.</param>
/// <param name="After">The later figure; null if there is none.</param>
public readonly record struct FigurePair(string Name, PriceUnit Unit, decimal? Before, decimal? After);
