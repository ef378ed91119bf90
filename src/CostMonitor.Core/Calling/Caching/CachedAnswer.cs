using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Calling.Caching;

/// <summary>An answer that was paid for once and may be given again, with what it takes to say what giving it again saves.</summary>
public sealed record CachedAnswer
{
    // The record itself, its keys and its place in a memory, roughly.
    private const int FixedBytes = 512;

    /// <summary>The model by the name that was asked for: a deployment's own, or one that a route stands behind.</summary>
    public required ModelKey Model { get; init; }

    /// <summary>The deployment that answered.</summary>
    public required ModelKey Deployment { get; init; }

    /// <summary>What the provider billed it as.</summary>
    public required Offer BilledAs { get; init; }

    /// <summary>What the provider billed for it, as reported or estimated.</summary>
    public required TokenUsage Tokens { get; init; }

    public required string Text { get; init; }

    /// <summary>The text of the model's reasoning; null if it showed none.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Null if the provider did not say.</summary>
    public string? FinishReason { get; init; }

    /// <summary>The model by its own account; null if it did not say.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>When the answer was complete.</summary>
    public required DateTimeOffset Stored { get; init; }

    /// <inheritdoc cref="CallSettings.PromptVersion"/>
    public string? PromptVersion { get; init; }

    /// <inheritdoc cref="CallSettings.Segment"/>
    public string? Segment { get; init; }

    /// <summary>For the result of an idempotency key: the question that it belongs to. Null for an answer of the cache.</summary>
    public CacheKey? Question { get; init; }

    /// <summary>What it takes in memory, roughly.</summary>
    public long Bytes => FixedBytes + (sizeof(char) * ((long)Text.Length + (Reasoning?.Length ?? 0) + (PromptVersion?.Length ?? 0) + (Segment?.Length ?? 0)));
}
