using CostMonitor.Core.Contracts;

namespace CostMonitor.Core.Calling;

/// <summary>What the caller of one logical call asks of the chain; everything has a default.</summary>
public sealed record CallSettings
{
    public static CallSettings Default { get; } = new();

    /// <summary>The caller's name for the call, such as a run id: in the log, and what a simulated answer follows from. Empty for none.</summary>
    public string Id { get; init; } = "";

    /// <summary>The idempotency key: while the result of a call with this key is known or in flight, a repeat does not call. Null for none.</summary>
    public string? Key { get; init; }

    public CallLane Lane { get; init; }

    /// <summary>For whom and for what the call is made: what its cost is allocated to.</summary>
    public CallTags Tags { get; init; } = CallTags.None;

    public CallPriority Priority { get; init; }

    /// <summary>Null for the limits of the model.</summary>
    public CallLimits? Limits { get; init; }

    /// <summary>The most attempts beyond the first at one deployment: 0 to 10; null for what the model's entry says.</summary>
    public int? Retries { get; init; }

    /// <summary>True to ask the provider in any case and keep no answer: what a benchmark needs.</summary>
    public bool BypassesCache { get; init; }

    /// <summary>The version of the prompt's wording, a part of the cache's key; null for none.</summary>
    public string? PromptVersion { get; init; }

    /// <summary>A part of the cache's key that keeps groups of users apart; null for one cache for all.</summary>
    public string? Segment { get; init; }

    /// <summary>Only an answer that keeps this contract is cached; null takes every answer that ended of itself.</summary>
    public OutputContract? Contract { get; init; }

    /// <summary>What a route must heed.</summary>
    public RouteWish Route { get; init; } = RouteWish.None;
}
