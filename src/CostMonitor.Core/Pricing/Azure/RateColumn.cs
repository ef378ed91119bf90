using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing.Azure;

/// <summary>One figure of a row.</summary>
/// <param name="Charge">The class of tokens; null for an hour.</param>
/// <param name="PromptAbove">The prompt size above which it holds; 0 for the row's own figures.</param>
internal readonly record struct RateColumn(TokenClass? Charge, long PromptAbove);
