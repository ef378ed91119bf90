namespace CostMonitor.Core.Calling.Caching;

/// <summary>What is cached and for how long.</summary>
public sealed record CacheSettings
{
    public static CacheSettings Default { get; } = new();

    /// <summary>How long after its time an answer may still be given when every deployment is down.</summary>
    public static readonly TimeSpan StaleFor = TimeSpan.FromHours(24);

    /// <summary>How long the result of an idempotency key is known.</summary>
    public static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(24);

    /// <summary>True if not set. Idempotency keys work without the cache too.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>How long an answer is fresh: 1 second to 30 days; 1 hour if not set.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The most answers in a process's memory: 1 to 1,000,000; 10,000 if not set.</summary>
    public int Entries { get; init; } = 10_000;

    /// <summary>The most bytes of answers in a process's memory: 1 MiB to 4 GiB; 64 MiB if not set. Results of idempotency keys may take a quarter of it beside.</summary>
    public long Bytes { get; init; } = 64L << 20;

    /// <summary>True to let a question that differs only in case, white space or its last punctuation have the same answer; false if not set.</summary>
    public bool UsesNearMatch { get; init; }
}
