namespace CostMonitor.Providers.Calling;

/// <summary>Why the chain refused a call.</summary>
public enum RefusalReason
{
    /// <summary>The deployment's circuit breaker is open.</summary>
    BreakerOpen,

    /// <summary>As many calls wait for the deployment's limit as may.</summary>
    LimiterFull,

    /// <summary>The deployment's limit would hold the call up beyond its time.</summary>
    LimiterWait,

    /// <summary>No deployment of the route fits the call.</summary>
    NoRoute,

    /// <summary>Every deployment of the route that fits the call failed or is down, and there is no cached answer.</summary>
    AllDown,

    /// <summary>Only cached answers are served just now.</summary>
    CachedOnly,

    /// <summary>The idempotency key belongs to another question.</summary>
    KeyReused,
}
