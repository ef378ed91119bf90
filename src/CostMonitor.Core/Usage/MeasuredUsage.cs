namespace CostMonitor.Core.Usage;

/// <summary>The tokens of a call and how they are known.</summary>
/// <param name="Tokens">The tokens, in exclusive classes.</param>
/// <param name="IsEstimated">True when the provider reported none and <see cref="TokenEstimator"/> counted instead.</param>
public readonly record struct MeasuredUsage(TokenUsage Tokens, bool IsEstimated);
