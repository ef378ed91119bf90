using CostMonitor.Core.Usage;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Calling;

/// <summary>Between our exclusive classes and the ecosystem's inclusive usage.</summary>
internal static class UsageParts
{
    public static UsageDetails ToDetails(TokenUsage usage) => new()
    {
        InputTokenCount = usage.TotalInput,
        OutputTokenCount = usage.TotalOutput,
        TotalTokenCount = usage.Total,
        CachedInputTokenCount = usage.CachedInput,
        ReasoningTokenCount = usage.Reasoning,
    };

    /// <summary>Of a client that is not ours; null when it reports nothing or contradicts itself.</summary>
    public static TokenUsage? ToExclusive(UsageDetails details)
    {
        if (details.InputTokenCount is not { } input || details.OutputTokenCount is not { } output) return null;
        var (cached, reasoning) = (details.CachedInputTokenCount ?? 0, details.ReasoningTokenCount ?? 0);
        if (cached < 0 || reasoning < 0 || cached > input || reasoning > output) return null;
        return new TokenUsage { Input = input - cached, CachedInput = cached, Output = output - reasoning, Reasoning = reasoning };
    }
}
