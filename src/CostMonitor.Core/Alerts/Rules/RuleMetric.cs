namespace CostMonitor.Core.Alerts.Rules;

/// <summary>What a rule looks at; <see cref="RuleMetricInfo"/> has the unit of each and what it is computed from.</summary>
public enum RuleMetric
{
    /// <summary>The known costs of all runs, warm-ups and failures among them. Runs without a price make it a least value.</summary>
    Cost,

    /// <summary>Answers of the cache in 100 measured runs that may use it and got beyond admission.</summary>
    CacheHitRate,

    /// <summary>The mean of all tokens of a run, over runs that count and whose usage is known.</summary>
    TokensPerRequest,

    /// <summary>The mean cost of a run, over runs that count and have a price.</summary>
    CostPerRequest,

    /// <summary>The 95th percentile (Hyndman-Fan 7) of the latency of runs that count.</summary>
    LatencyP95,

    /// <summary>How far the compliance rate of runs that count lies below that of the <see cref="RuleMetrics.Baseline"/> before the window, in percent of the latter.</summary>
    QualityDrop,

    /// <summary>Configured deployments whose circuit breaker is not closed.</summary>
    OpenBreakers,

    /// <summary>Calls of the last hour that used tokens and have no price.</summary>
    UnpricedCalls,

    /// <summary>Slots of the canary in the last 24 hours that were not run.</summary>
    MissedCanarySlots,

    /// <summary>Alerts that every attempt to deliver has failed for.</summary>
    UndeliveredAlerts,

    /// <summary>Messages of the last 24 hours that could not be used.</summary>
    PoisonMessages,

    /// <summary>Budgets whose forecast for the end of their period is beyond their limit.</summary>
    BudgetsForecastToExceed,
}
