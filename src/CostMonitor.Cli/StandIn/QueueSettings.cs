namespace CostMonitor.Cli.StandIn;

/// <summary>host.json's <c>extensions.queues</c>, the same for every queue function.</summary>
internal sealed record QueueSettings
{
    /// <summary>Messages fetched at a time: 1 to 32; 16 if not set.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>More messages are fetched once this many or fewer run; half of <see cref="BatchSize"/> per processor if not set.</summary>
    public int NewBatchThreshold { get; init; } = 8 * Environment.ProcessorCount;

    /// <summary>Deliveries of one message before it goes to the poison queue: at least 1; 5 if not set.</summary>
    public int MaxDequeueCount { get; init; } = 5;

    /// <summary>How long a message stays hidden after it failed: 0 to 7 days; 0 if not set.</summary>
    public TimeSpan VisibilityTimeout { get; init; } = TimeSpan.Zero;

    /// <summary>The longest wait between two polls of an empty queue: at least 100 ms; 1 minute if not set.</summary>
    public TimeSpan MaxPollingInterval { get; init; } = TimeSpan.FromMinutes(1);
}
