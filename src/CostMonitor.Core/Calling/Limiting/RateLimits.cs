namespace CostMonitor.Core.Calling.Limiting;

/// <summary>What a provider allows one deployment.</summary>
/// <param name="RequestsPerMinute">At least 1; null when it is not known.</param>
/// <param name="TokensPerMinute">Prompt tokens and the most output tokens that are asked for, as Azure OpenAI counts them at arrival; at least 1; null when it is not known.</param>
public sealed record RateLimits(long? RequestsPerMinute = null, long? TokensPerMinute = null)
{
    public static RateLimits Unknown { get; } = new();

    public bool IsKnown => RequestsPerMinute is not null || TokensPerMinute is not null;
}
