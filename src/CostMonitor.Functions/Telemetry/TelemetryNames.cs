namespace CostMonitor.Functions.Telemetry;

/// <summary>Every name that leaves the app, with all that goes with it. The queries of the workbooks and docs/telemetry.md hold the same, and tests see to that.</summary>
internal static class TelemetryNames
{
    public const string Run = "costmonitor.run";
    public const string BudgetThreshold = "costmonitor.budget.threshold";
    public const string AlertSent = "costmonitor.alert.sent";
    public const string Breaker = "costmonitor.breaker";
    public const string CanaryMissed = "costmonitor.canary.missed";
    public const string PriceChange = "costmonitor.price.change";
    public const string BudgetPercent = "costmonitor.budget.percent";
    public const string BudgetSettled = "costmonitor.budget.settled";
    public const string BudgetLimit = "costmonitor.budget.limit";
    public const string BudgetHeld = "costmonitor.budget.held";
    public const string BudgetForecast = "costmonitor.budget.forecast";
    public const string BreakerState = "costmonitor.breaker.state";
    public const string QueueLength = "costmonitor.queue.length";
    public const string QueueAge = "costmonitor.queue.age";
    public const string PoisonMessages = "costmonitor.queue.poisoned";
    public const string UndeliveredAlerts = "costmonitor.alerts.undelivered";
    public const string UnpricedCalls = "costmonitor.calls.unpriced";
    public const string StorageRequests = "costmonitor.storage.requests";

    /// <summary>The type of dependencies.</summary>
    public const string ModelRequest = "LLM";

    /// <summary>In everything that is sent while an invocation runs: its id, by which the host's own telemetry is found.</summary>
    public const string InvocationId = "InvocationId";

    public static IReadOnlyList<TelemetryEntry> All { get; } =
    [
        new(TelemetryKind.Event, Run, "for each run, once its record is stored",
            ["run", "plan", "lane", "model", "deployment", "provider", "region", "team", "app", "feature", "experiment", "category", "counts", "outcome", "failedAt", "errorType", "cache", "priced", "compliant"],
            "costUsd", "savedUsd", "latencyMs", "firstTokenMs", "queueWaitMs", "limiterWaitMs", "retryWaitMs", "attempts",
            "inputTokens", "cachedInputTokens", "cacheWriteTokens", "outputTokens", "reasoningTokens", "tokensPerSecond", "quality", "diversity"),
        new(TelemetryKind.Event, BudgetThreshold, "once for each threshold that a budget reaches in a period",
            ["budget", "covers", "period", "threshold", "severity"], "percent", "settledUsd", "limitUsd"),
        new(TelemetryKind.Event, AlertSent, "for each notice of an alert that is delivered to Azure Monitor, at least once",
            ["severity", "rule", "scope", "period", "notice", "id"]),
        new(TelemetryKind.Event, Breaker, "when a deployment's circuit breaker has opened or closed", ["deployment", "provider", "state", "lastFailure"], "failuresInRow"),
        new(TelemetryKind.Event, CanaryMissed, "once a process for each canary slot of the last day that was not run", ["slot"]),
        new(TelemetryKind.Event, PriceChange, "for each model whose prices were added, changed or held back, and for each price file that was put in force",
            ["model", "provider", "change", "by"], "offers"),
        new(TelemetryKind.Metric, BudgetPercent, "what is settled, in percent of the limit", ["budget", "covers"]),
        new(TelemetryKind.Metric, BudgetSettled, "what is settled in the period, USD", ["budget", "covers"]),
        new(TelemetryKind.Metric, BudgetLimit, "the limit, USD", ["budget", "covers"]),
        new(TelemetryKind.Metric, BudgetHeld, "what is held for calls under way and to come, USD", ["budget", "covers"]),
        new(TelemetryKind.Metric, BudgetForecast, "what will be settled at the period's end, in percent of the limit", ["budget", "covers"]),
        new(TelemetryKind.Metric, BreakerState, "0 closed, 1 half open, 2 open", ["deployment"]),
        new(TelemetryKind.Metric, QueueLength, "messages, those being worked on too", ["queue"]),
        new(TelemetryKind.Metric, QueueAge, "seconds since the oldest visible message was sent; 0 without one", ["queue"]),
        new(TelemetryKind.Metric, PoisonMessages, "messages of the last 24 hours that could not be used", []),
        new(TelemetryKind.Metric, UndeliveredAlerts, "alerts that a sink did not take", []),
        new(TelemetryKind.Metric, UnpricedCalls, "calls of the last hour without a price", []),
        new(TelemetryKind.Metric, StorageRequests, "requests to storage since the last reading of the process", []),
        new(TelemetryKind.Dependency, ModelRequest, "for each request to a model, an attempt of a call; the table's own columns name, target, duration, resultCode and success",
            ["model", "provider", "region", "lane", "failedAt", "errorType"]),
    ];
}
