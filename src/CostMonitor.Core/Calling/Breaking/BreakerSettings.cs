namespace CostMonitor.Core.Calling.Breaking;

/// <summary>When a deployment that fails is left alone, and for how long.</summary>
public sealed record BreakerSettings
{
    public static BreakerSettings Default { get; } = new();

    /// <summary>False to call a deployment whatever happens; true if not set.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Failures in a row that open the breaker: 1 to 1,000; 5 if not set.</summary>
    public int Failures { get; init; } = 5;

    /// <summary>The share of failed calls in <see cref="Window"/> that opens the breaker: 0.01 to 1; 0.5 if not set.</summary>
    public double ErrorShare { get; init; } = 0.5;

    /// <summary>How far back calls count for <see cref="ErrorShare"/>: 1 second to 1 hour; 60 seconds if not set. It slides by tenths.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>With fewer calls in the window their share says nothing: 1 to 10,000; 20 if not set.</summary>
    public int MinimumCalls { get; init; } = 20;

    /// <summary>From opening to the probe, and from a failed probe to the next one: 100 ms to 1 hour; 30 seconds if not set.</summary>
    public TimeSpan OpenFor { get; init; } = TimeSpan.FromSeconds(30);
}
