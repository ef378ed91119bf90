namespace CostMonitor.Core.Calling.Limiting;

/// <summary>What became of a call at the limiter.</summary>
public enum LimiterAnswer
{
    /// <summary>It may be made now.</summary>
    Entered,

    /// <summary>Refused at once: as many calls wait as may.</summary>
    QueueFull,

    /// <summary>Refused at once: it would foreseeably wait longer than it may.</summary>
    WouldWaitTooLong,

    /// <summary>Refused after the longest wait that it may have: calls of other lanes came, or a pause.</summary>
    WaitedTooLong,
}
