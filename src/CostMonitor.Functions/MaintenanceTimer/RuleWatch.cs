using CostMonitor.Core.Alerts;
using CostMonitor.Core.Alerts.Rules;
using CostMonitor.Storage.Records;

namespace CostMonitor.Functions.MaintenanceTimer;

/// <summary>Evaluates the alert rules that are due, and tells of those that begin or end to fire.</summary>
/// <remarks>
/// A change is kept first, by a conditional write, together with what it owes to be told; then it is told, which is idempotent by the alert's
/// key; then it is kept that it was told. Of two watchers at once one changes a state, and one that dies on the way leaves its notice to the next minute.
/// </remarks>
internal sealed partial class RuleWatch(
    IReadOnlyList<AlertRule> rules, RuleStateTable states, IAlertOutbox outbox, RunTable runs, BatchTable batches, OperationsLook look, TimeProvider time,
    ILogger<RuleWatch> logger)
{
    /// <summary>A timer fires a little early or late.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(30);

    /// <summary>How long before a window its runs may have been filed.</summary>
    private static readonly TimeSpan FiledBefore = TimeSpan.FromHours(1);

    private readonly Dictionary<string, AlertRule> _inForce = rules.Where(r => r.IsEnabled).ToDictionary(r => r.Name);

    public async Task EvaluateAsync(CancellationToken cancellationToken)
    {
        var (kept, now) = (await states.ReadAsync(cancellationToken), time.GetUtcNow());
        var known = new Dictionary<(string Rule, string Scope), KeptRuleState>();
        foreach (var state in kept.States)
        {
            if (await SettleAsync(state, now, cancellationToken) is { } settled) known[(settled.State.Rule, settled.State.Scope)] = settled;
        }

        var due = _inForce.Values.Where(r => IsDue(r, kept.Evaluated, now)).ToArray();
        if (due.Length == 0) return;
        var (facts, unknown) = await FactsAsync(due, cancellationToken);
        look.Seen?.Invoke(facts);
        var metrics = await MetricsAsync(due, now, cancellationToken);
        var evaluated = kept.Evaluated.Where(e => _inForce.ContainsKey(e.Key)).ToDictionary();
        foreach (var rule in due)
        {
            if (unknown.Contains(rule.Metric) || (rule.Info.IsOfRuns && metrics is null)) continue; // logged; the next minute tries again
            var scopes = known.Values.Where(k => k.State.Rule == rule.Name).Select(k => k.State.Scope);
            if (await EvaluateAsync(rule, (metrics ?? new RuleMetrics([], now)).Of(rule, facts, scopes), known, now, cancellationToken)) evaluated[rule.Name] = now;
        }

        await states.WriteScheduleAsync(evaluated, cancellationToken);
    }

    private static bool IsDue(AlertRule rule, IReadOnlyDictionary<string, DateTimeOffset> evaluated, DateTimeOffset now) =>
        !evaluated.TryGetValue(rule.Name, out var last) || (now - last).Duration() >= rule.Every - Slack; // also when the clock was put back

    /// <summary>Tells what a state still owes, and ends the firing of one whose rule is gone.</summary>
    /// <returns>The state to go on from; null when it has to wait for the next minute, or has no rule.</returns>
    private async Task<KeptRuleState?> SettleAsync(KeptRuleState kept, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            var isInForce = _inForce.TryGetValue(kept.State.Rule, out var rule) && rule.HasScope(kept.State.Scope);
            if (kept.State.Owed != RuleNotice.None)
            {
                if (await TellAsync(isInForce ? rule : null, kept, cancellationToken) is not { } told) return null;
                kept = told;
            }

            if (isInForce) return kept;
            if (kept.State.Retired(now) is var retired && retired != kept.State && await states.TryWriteAsync(retired, kept.Version, cancellationToken) is { } version)
            {
                await TellAsync(null, new KeptRuleState(retired, version), cancellationToken);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException) // whatever stops one rule must not stop the others
        {
            Log.NotEvaluated(logger, kept.State.Rule, e.GetType().Name, e.Message.ReplaceLineEndings(" "));
        }

        return null;
    }

    private async Task<bool> EvaluateAsync(
        AlertRule rule, IReadOnlyList<RuleMeasure> measures, Dictionary<(string Rule, string Scope), KeptRuleState> known, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var measure in measures)
            {
                KeptRuleState? before = known.TryGetValue((rule.Name, measure.Scope), out var found) ? found : null;
                var after = (before?.State ?? RuleState.Fresh(rule.Name, measure.Scope, now)).Next(rule, measure, now);
                if (after == before?.State) continue;
                if (await states.TryWriteAsync(after, before?.Version, cancellationToken) is not { } version) continue; // another watcher was first: the change is its to tell
                if (after.Owed != RuleNotice.None) await TellAsync(rule, new KeptRuleState(after, version), cancellationToken);
            }

            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException) // whatever stops one rule must not stop the others
        {
            Log.NotEvaluated(logger, rule.Name, e.GetType().Name, e.Message.ReplaceLineEndings(" "));
            return false;
        }
    }

    /// <param name="rule">Null when it is not in force any more.</param>
    /// <param name="kept">The state, with what it owes.</param>
    /// <param name="cancellationToken">Stops the requests.</param>
    /// <returns>The state that owes nothing; null when another watcher has kept one since.</returns>
    private async Task<KeptRuleState?> TellAsync(AlertRule? rule, KeptRuleState kept, CancellationToken cancellationToken)
    {
        var state = kept.State;
        if (state.Owed == RuleNotice.Raise)
        {
            // Of a rule that was switched off before its alert was told nobody hears: there would be nothing left to end it.
            if (rule is not null && await outbox.RaiseAsync(RuleAlerts.Fired(rule, state), cancellationToken)) Log.Fired(logger, rule.Name, state.Scope, state.Value, rule.Threshold);
        }
        else if (await outbox.RecoverAsync(rule is null ? RuleAlerts.Retired(state) : RuleAlerts.Recovered(rule, state), cancellationToken))
        {
            Log.Recovered(logger, state.Rule, state.Scope, state.Value);
        }

        return await states.TryWriteAsync(state.Told(), kept.Version, cancellationToken) is { } version ? new KeptRuleState(state.Told(), version) : null;
    }

    private async Task<(OperationalFacts Facts, HashSet<RuleMetric> Unknown)> FactsAsync(IReadOnlyList<AlertRule> due, CancellationToken cancellationToken)
    {
        var (facts, unknown) = (OperationalFacts.Unknown, new HashSet<RuleMetric>());
        foreach (var metric in due.Where(r => !r.Info.IsOfRuns).Select(r => r.Metric).Distinct())
        {
            try
            {
                facts = await look.AddAsync(facts, metric, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException) // whatever hides one fact must not hide the others
            {
                unknown.Add(metric);
                Log.NotEvaluated(logger, RuleMetricInfo.Of(metric).Name, e.GetType().Name, e.Message.ReplaceLineEndings(" "));
            }
        }

        return (facts, unknown);
    }

    /// <summary>Reads the runs once for all rules that are due, as far back as the longest window goes.</summary>
    /// <returns>Null when they cannot be read.</returns>
    private async Task<RuleMetrics?> MetricsAsync(IReadOnlyList<AlertRule> due, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var metrics = new RuleMetrics(due, now);
        if (metrics.From is not { } from) return metrics;
        try
        {
            var models = (await batches.ModelsAsync(cancellationToken)).Where(metrics.Needs).ToArray();
            await foreach (var run in runs.QueryAsync(models, from, now, FiledBefore, cancellationToken)) metrics.Add(run);
            return metrics;
        }
        catch (Exception e) when (e is not OperationCanceledException) // runs that cannot be read must not hide the app's own state
        {
            Log.RunsNotRead(logger, from, e.GetType().Name, e.Message.ReplaceLineEndings(" "));
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(311, LogLevel.Warning, "The alert rule {Rule} fires for '{Scope}': {Value}, threshold {Threshold}.")]
        public static partial void Fired(ILogger logger, string rule, string scope, decimal? value, decimal threshold);

        [LoggerMessage(312, LogLevel.Information, "The alert rule {Rule} has recovered for '{Scope}': {Value}.")]
        public static partial void Recovered(ILogger logger, string rule, string scope, decimal? value);

        [LoggerMessage(313, LogLevel.Error, "The alert rule {Rule} could not be evaluated: {ErrorType}: {Reason}")]
        public static partial void NotEvaluated(ILogger logger, string rule, string errorType, string reason);

        [LoggerMessage(314, LogLevel.Error, "The runs since {From:u} could not be read for the alert rules: {ErrorType}: {Reason}")]
        public static partial void RunsNotRead(ILogger logger, DateTimeOffset from, string errorType, string reason);
    }
}
