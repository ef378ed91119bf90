using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing;

/// <summary>What the tokens of one class add to the cost of a call.</summary>
/// <param name="TokenClass">The class.</param>
/// <param name="Tokens">Its tokens, more than 0.</param>
/// <param name="UsdPerMillion">Its price; null if unknown.</param>
/// <param name="Cost">Tokens times price; null if the price is unknown.</param>
public sealed record CostPart(TokenClass TokenClass, long Tokens, decimal? UsdPerMillion, Usd? Cost);
