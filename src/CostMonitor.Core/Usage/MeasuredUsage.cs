namespace CostMonitor.Core.Usage;

/// <summary>The tokens of a call and how they are known.</summary>
/// <param name="Tokens">The tokens, in exclusive classes.</param>
/// <param name="IsEstimated">True when the provider reported none that can be believed and <see cref="TokenEstimator"/> counted instead.</param>
/// <param name="Doubt">Why the provider's figures were not believed; null if they were, or if there were none.</param>
public readonly record struct MeasuredUsage(TokenUsage Tokens, bool IsEstimated, string? Doubt = null);
