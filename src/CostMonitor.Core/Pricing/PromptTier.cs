namespace CostMonitor.Core.Pricing;

/// <summary>Other prices for calls with a long prompt.</summary>
/// <param name="Above">The tier is for prompts of more tokens than this, cached ones included.</param>
/// <param name="PerMillionTokens">Its prices; a class that is not stated keeps the row's.</param>
public sealed record PromptTier(long Above, TokenRates PerMillionTokens);
