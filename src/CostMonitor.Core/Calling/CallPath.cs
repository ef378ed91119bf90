namespace CostMonitor.Core.Calling;

/// <summary>How a logical call came to its end: its attempts, its waits, its route, its cache.</summary>
public sealed record CallPath
{
    /// <summary>Of a call that nothing is known of beyond its outcome.</summary>
    public static CallPath None { get; } = new();

    /// <summary>In their order; empty for a call that no provider was asked for.</summary>
    public IReadOnlyList<CallAttempt> Attempts { get; init; } = [];

    /// <summary>All waits for a provider's limit, and for a budget that throttles.</summary>
    public TimeSpan LimiterWait { get; init; }

    /// <summary>All waits between attempts, whether the provider asked for them or not.</summary>
    public TimeSpan RetryWait { get; init; }

    /// <summary>From the call's start to its end, waits and all attempts together; never a latency figure.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Null for a call of a deployment by its own name.</summary>
    public CallRoute? Route { get; init; }

    /// <summary>Null when a provider answered.</summary>
    public CacheHit? Cache { get; init; }
}
