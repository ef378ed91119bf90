namespace CostMonitor.Core.Calling.Breaking;

/// <summary>What is known of a deployment's health at one moment: what the API shows, and what a fresh process begins with.</summary>
public sealed record BreakerStatus
{
    public required BreakerState State { get; init; }

    /// <summary>When it came into this state.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it opened without having closed since; null while it is closed.</summary>
    public DateTimeOffset? DownSince { get; init; }

    /// <summary>From when on the next call goes through as a probe; null while it is closed or a probe is under way. In the past if no call has come since.</summary>
    public DateTimeOffset? ProbesAt { get; init; }

    /// <summary>Calls that failed since the last one that did not.</summary>
    public int FailuresInRow { get; init; }

    /// <summary>The type of the last failure; null if there was none.</summary>
    public string? LastFailure { get; init; }

    /// <summary>Why it opened, or why it closed; empty if it has always been closed.</summary>
    public string Reason { get; init; } = "";
}
