namespace CostMonitor.Core.Plans;

/// <summary>What every model of a plan is asked with; null leaves the provider's default.</summary>
/// <param name="MaxOutputTokens">The most tokens to generate, reasoning included.</param>
/// <param name="Temperature">0 to 2.</param>
/// <param name="TopP">0 to 1.</param>
/// <param name="Seed">The provider's sampling seed, where it has one.</param>
public sealed record GenerationParameters(int? MaxOutputTokens = null, double? Temperature = null, double? TopP = null, long? Seed = null);
