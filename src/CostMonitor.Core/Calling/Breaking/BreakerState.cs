namespace CostMonitor.Core.Calling.Breaking;

/// <summary>Whether a deployment is called.</summary>
public enum BreakerState
{
    /// <summary>Every call goes through.</summary>
    Closed,

    /// <summary>No call goes through.</summary>
    Open,

    /// <summary>One call at a time goes through, to see whether the deployment is back.</summary>
    HalfOpen,
}
