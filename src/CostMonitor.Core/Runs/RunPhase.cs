namespace CostMonitor.Core.Runs;

/// <summary>Whether a run counts.</summary>
public enum RunPhase
{
    /// <summary>Part of the statistics.</summary>
    Measured,

    /// <summary>Made before the measurement to warm connections and caches; recorded and paid, never part of a statistic.</summary>
    WarmUp,
}
