using CostMonitor.Core.Alerts;
using CostMonitor.Core.Budgets;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing.Import;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Chain;

namespace CostMonitor.Functions.Telemetry;

/// <summary>Tells of what happens, in the words of <see cref="TelemetryNames"/>: never of a user, a prompt, an answer or a key.</summary>
internal sealed class MonitorReports(IMonitorTelemetry telemetry)
{
    private const int MostValues = 200;

    private readonly BoundedValues _values = new(MostValues);
    private readonly HashSet<DateTimeOffset> _missed = [];

    public IMonitorTelemetry Telemetry => telemetry;

    /// <param name="run">A run whose record is stored.</param>
    /// <param name="lane">Who asked.</param>
    /// <param name="region">Of the deployment that answered; null if unknown.</param>
    public void Recorded(RunRecord run, CallLane lane, string? region)
    {
        if (!telemetry.IsOn) return;
        var (deployment, tokens, tags) = (run.Route?.Target ?? run.Model, run.Usage?.Tokens, run.Tags);
        var (outcome, failedAt, errorType) = EndOf(run);
        telemetry.Event(TelemetryNames.Run, new TelemetryValues
        {
            { "run", run.Id.ToString() }, { "plan", Bounded("plan", run.Plan) }, { "lane", lane.ToString() },
            { "model", run.Model.ToString() }, { "deployment", deployment.ToString() }, { "provider", deployment.Provider }, { "region", region },
            { "team", Bounded("team", tags.Team) }, { "app", Bounded("app", tags.App) }, { "feature", Bounded("feature", tags.Feature) },
            { "experiment", Bounded("experiment", tags.Experiment) }, { "category", Bounded("category", run.Category) },
            { "counts", run.Counts }, { "outcome", outcome }, { "failedAt", failedAt }, { "errorType", Bounded("errorType", CallTelemetry.Cleaned(errorType)) },
            { "cache", run.Cache is { } hit ? EnumNames.Of(hit.Source) : null }, { "priced", run.Cost.Amount is not null }, { "compliant", run.IsCompliant is { } kept ? kept ? "true" : "false" : null },
            { "costUsd", (double?)run.Cost.Amount?.Amount }, { "savedUsd", (double?)run.Saved?.Amount },
            { "latencyMs", run.Timings.EndToEnd }, { "firstTokenMs", run.Timings.FirstToken },
            { "queueWaitMs", run.QueueWait }, { "limiterWaitMs", run.LimiterWait }, { "retryWaitMs", run.RetryWait }, { "attempts", run.Attempts },
            { "inputTokens", tokens?.Input + tokens?.AudioInput + tokens?.ImageInput },
            { "cachedInputTokens", tokens?.CachedInput + tokens?.CachedAudioInput + tokens?.CachedImageInput },
            { "cacheWriteTokens", tokens?.CacheWrite + tokens?.CacheWriteOneHour },
            { "outputTokens", tokens?.TotalOutput - tokens?.Reasoning }, { "reasoningTokens", tokens?.Reasoning },
            { "tokensPerSecond", tokens is { } used ? run.Timings.TokensPerSecond(used.TotalOutput) : null },
            { "quality", run.Succeeded ? CheckScore.Of(run.Checks) : null }, { "diversity", run.Succeeded ? run.Text.DiversityProxy : null },
        });
    }

    public void Changed(BreakerChange change)
    {
        if (change.To == BreakerState.HalfOpen) return;
        telemetry.Event(TelemetryNames.Breaker, new TelemetryValues
        {
            { "deployment", change.Deployment.ToString() }, { "provider", change.Deployment.Provider }, { "state", change.To == BreakerState.Open ? "opened" : "closed" },
            { "lastFailure", Bounded("errorType", CallTelemetry.Cleaned(change.Status.LastFailure)) }, { "failuresInRow", change.Status.FailuresInRow },
        });
    }

    /// <param name="budget">The budget.</param>
    /// <param name="state">Its account.</param>
    /// <param name="alert">What was raised because of it: by one process alone.</param>
    public void Reached(Budget budget, LedgerState state, Alert alert) => telemetry.Event(TelemetryNames.BudgetThreshold, new TelemetryValues
    {
        { "budget", budget.Id }, { "covers", EnumNames.Of(budget.Scope.Dimension) }, { "period", state.Key.Period },
        { "threshold", alert.Key.Rule }, { "severity", EnumNames.Of(alert.Severity) },
        { "percent", (double)state.Percent(budget) }, { "settledUsd", (double)state.Settled.Amount }, { "limitUsd", (double)budget.Limit.Amount },
    });

    public void Sent(SinkNotice notice)
    {
        var shown = WithoutUser(notice);
        telemetry.Event(TelemetryNames.AlertSent, new TelemetryValues
        {
            { "severity", EnumNames.Of(shown.Severity) }, { "rule", shown.Alert.Key.Rule }, { "scope", shown.Alert.Key.Scope },
            { "period", shown.Alert.Key.Period }, { "notice", EnumNames.Of(shown.Kind) }, { "id", shown.Id },
        });
    }

    /// <summary>Each slot once a process.</summary>
    public void Missed(IReadOnlyList<DateTimeOffset> slots)
    {
        foreach (var slot in slots)
        {
            lock (_missed)
            {
                if (!_missed.Add(slot)) continue;
            }

            telemetry.Event(TelemetryNames.CanaryMissed, new TelemetryValues { { "slot", slot.UtcDateTime.ToString("u", System.Globalization.CultureInfo.InvariantCulture) } });
        }
    }

    /// <summary>What a price list changed, and what it would have changed.</summary>
    public void Read(CatalogChanges changes, string by)
    {
        foreach (var (key, offers) in changes.All.Where(static c => c.IsApplicable).CountBy(static c => (c.Offer.Model, Change: c.IsQuarantined ? "quarantined" : EnumNames.Of(c.Kind))))
        {
            telemetry.Event(TelemetryNames.PriceChange, new TelemetryValues { { "model", key.Model.ToString() }, { "provider", key.Model.Provider }, { "change", key.Change }, { "by", by }, { "offers", offers } });
        }
    }

    public void Stored(string provider, string by) =>
        telemetry.Event(TelemetryNames.PriceChange, new TelemetryValues { { "provider", provider }, { "change", "stored" }, { "by", by } });

    private static (string Outcome, string? FailedAt, string? ErrorType) EndOf(RunRecord run) => run switch
    {
        { Failure: { Stage: FailureStage.Admission } refused } => ("refused", EnumNames.Of(refused.Stage), refused.ErrorType),
        { Failure: { } failure } => ("failed", EnumNames.Of(failure.Stage), failure.ErrorType),
        { Cache: not null } => ("cached", null, null),
        { IsCompliant: false } => ("invalid", "validate", "invalid_output"),
        _ => ("ok", null, null),
    };

    /// <summary>The scope of a budget for each user ends in the user's name.</summary>
    private static SinkNotice WithoutUser(SinkNotice notice)
    {
        var key = notice.Alert.Key;
        var isOfUser = notice.Alert.Facts.Any(static f => f.Name == "Scope" && f.Value.StartsWith("user:", StringComparison.Ordinal));
        return isOfUser && key.Scope.Split(':') is [var kind, var budget, _, ..]
            ? notice with { Alert = notice.Alert with { Key = key with { Scope = $"{kind}:{budget}" } } }
            : notice;
    }

    private string? Bounded(string dimension, string? value) => _values.Of(dimension, value);
}
