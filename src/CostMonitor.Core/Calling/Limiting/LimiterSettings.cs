namespace CostMonitor.Core.Calling.Limiting;

/// <summary>How the calls of one deployment are kept under its limits.</summary>
public sealed record LimiterSettings
{
    public static LimiterSettings Default { get; } = new();

    /// <summary>The limits that are heeded whatever the provider says; each that is unknown is learnt from its answers.</summary>
    public RateLimits Limits { get; init; } = RateLimits.Unknown;

    /// <summary>The most calls that wait: 0 to 100,000; 1,000 if not set. A further one is refused.</summary>
    public int Queue { get; init; } = 1000;

    /// <summary>False to heed no rate-limit headers; true if not set.</summary>
    public bool Learns { get; init; } = true;

    /// <summary>The longest that a call waits, where its own time allows that: 0 to 1 hour; 5 minutes if not set.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(5);
}
