namespace CostMonitor.Core.Calling.Breaking;

/// <summary>Lets one call through, which reports its end with it. A pass from before the breaker's last change counts for nothing.</summary>
public readonly record struct BreakerPass
{
    internal BreakerPass(long phase, long number) => (Phase, Number) = (phase, number);

    internal long Phase { get; }

    /// <summary>From 1, in the order of the calls' beginning.</summary>
    internal long Number { get; }
}
