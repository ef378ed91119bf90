namespace CostMonitor.Core.Calling;

/// <summary>How long a call may take. Every wait of a call stands under one of these, so none can last for ever.</summary>
public sealed record CallLimits
{
    public static CallLimits Default { get; } = new();

    /// <summary>For DNS, TCP and TLS of a new connection: 100 ms to 1 minute; 10 seconds if not set.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For one attempt, from its request to the last byte: 100 ms to 1 hour; 100 seconds if not set.</summary>
    public TimeSpan Attempt { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>For the whole call, all attempts and the waits between them: 100 ms to 1 hour; 5 minutes if not set.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For the next piece of a stream that has begun: 100 ms to 10 minutes; 30 seconds if not set.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The limits of a call that asks for its own longest attempt.</summary>
    public CallLimits For(TimeSpan attempt) => this with { Attempt = attempt, Total = attempt > Total ? attempt : Total };
}
