using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing;

/// <summary>The price of one class of tokens.</summary>
/// <param name="PerMillion">USD (or the row's currency) per million tokens.</param>
/// <param name="Times">By what another class's price is multiplied to give it; null when the figure itself is stated.</param>
/// <param name="Of">That other class.</param>
public readonly record struct TokenRate(decimal PerMillion, decimal? Times = null, TokenClass? Of = null);
