namespace CostMonitor.Core.Calling.Routing;

/// <summary>What a deployment's circuit breaker says.</summary>
public enum TargetState
{
    /// <summary>Calls pass.</summary>
    Closed,

    /// <summary>It was down, and the next call is the test.</summary>
    HalfOpen,

    /// <summary>It is down, and calls are refused.</summary>
    Open,
}
