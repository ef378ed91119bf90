using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Alerts.Rules;

/// <summary>Says of which values of a metric somebody has to hear.</summary>
public sealed record AlertRule
{
    /// <summary>How often the quality is compared with its baseline at most: that reads more than a week of runs.</summary>
    public static readonly TimeSpan BaselineEvery = TimeSpan.FromHours(1);

    /// <summary>1 to 60 lower-case letters, digits or dashes, a letter first.</summary>
    public required string Name { get; init; }

    public required RuleMetric Metric { get; init; }

    /// <summary>What it is evaluated apart for; a metric of the app's own state knows only <see cref="RuleGrouping.None"/>.</summary>
    public RuleGrouping Per { get; init; }

    /// <summary>The one model whose runs it looks at; null for all.</summary>
    public ModelKey? Model { get; init; }

    /// <summary>The one provider whose runs it looks at; null for all.</summary>
    public string? Provider { get; init; }

    /// <summary>Of a metric of runs the time that they started in; <see cref="RuleWindow.Now"/> for the others.</summary>
    public RuleWindow Window { get; init; }

    public required RuleComparison Comparison { get; init; }

    /// <summary>In the metric's unit: 0 to <see cref="RuleMetricInfo.MostThreshold"/>.</summary>
    public required decimal Threshold { get; init; }

    /// <summary>With fewer values than this the metric is unknown.</summary>
    public int LeastN { get; init; }

    /// <summary>The share of the threshold that a value must lie on its good side for the rule to recover: 0 to 0.9; 0.1 if not set.</summary>
    public decimal Hysteresis { get; init; } = 0.1m;

    /// <summary>The evaluations in a row that must agree for the rule to fire, and to recover: 1 to 1,000; 1 if not set.</summary>
    public int For { get; init; } = 1;

    public AlertSeverity Severity { get; init; } = AlertSeverity.Warning;

    public bool IsEnabled { get; init; } = true;

    public RuleMetricInfo Info => RuleMetricInfo.Of(Metric);

    /// <summary>The value from which on it recovers, itself included.</summary>
    public decimal RecoveryLevel => Comparison == RuleComparison.Above ? Threshold * (1 - Hysteresis) : Threshold * (1 + Hysteresis);

    /// <summary>The least time between two evaluations.</summary>
    public TimeSpan Every => Metric == RuleMetric.QualityDrop && Window.Every < BaselineEvery ? BaselineEvery : Window.Every;

    /// <summary>Whether a value makes it fire.</summary>
    public bool IsBreachedBy(decimal value) => Comparison == RuleComparison.Above ? value > Threshold : value < Threshold;

    /// <summary>Whether a value ends its firing. Between this and <see cref="IsBreachedBy"/> all stays as it is.</summary>
    public bool IsRecoveredBy(decimal value) => Comparison == RuleComparison.Above ? value <= RecoveryLevel : value >= RecoveryLevel;

    /// <summary>Whether it looks at the runs of a model.</summary>
    public bool Covers(ModelKey model) => (Model is not { } only || only == model) && (Provider is not { } provider || provider == model.Provider);

    /// <summary>What it files a model's runs under: nothing, the provider or the model.</summary>
    public string ScopeOf(ModelKey model) => Per switch
    {
        RuleGrouping.Model => model.ToString(),
        RuleGrouping.Provider => model.Provider,
        _ => "",
    };

    /// <summary>Whether it may have a state for a scope: one of its grouping, within its filter.</summary>
    public bool HasScope(string scope) => Per switch
    {
        RuleGrouping.None => scope.Length == 0,
        RuleGrouping.Model => ModelKey.TryParse(scope, out var model) && Covers(model),
        _ => ModelKey.TryCreate(scope, "any", out _) && (Provider ?? Model?.Provider ?? scope) == scope,
    };
}
