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

    /// <summary>A hard budget has no room for the call.</summary>
    BudgetExhausted,

    /// <summary>The model has no price, and a hard budget covers the call.</summary>
    BudgetUnpriced,

    /// <summary>The ledger of a hard budget could not be read or written in time, or was changed by hand.</summary>
    LedgerUnavailable,

    /// <summary>A budget is nearly used up, and this is one of the calls that are held back.</summary>
    Throttled,

    /// <summary>The idempotency key belongs to another question.</summary>
    KeyReused,
}
