namespace CostMonitor.Core.Alerts.Rules;

/// <summary>The rules that are in force without a file, and what a file makes of them.</summary>
public static class AlertRules
{
    private static readonly RuleWindow Hour = RuleWindow.Last(TimeSpan.FromHours(1));

    public static IReadOnlyList<AlertRule> BuiltIn { get; } =
    [
        OfRuns("daily-cost", RuleMetric.Cost, RuleWindow.Day, RuleComparison.Above, 166.67m) with { Severity = AlertSeverity.Error },
        OfRuns("cache-hit-rate", RuleMetric.CacheHitRate, Hour, RuleComparison.Below, 20),
        OfRuns("tokens-per-request", RuleMetric.TokensPerRequest, Hour, RuleComparison.Above, 600),
        OfRuns("cost-per-request", RuleMetric.CostPerRequest, Hour, RuleComparison.Above, 0.02m),
        OfRuns("p95-latency", RuleMetric.LatencyP95, Hour, RuleComparison.Above, 3),
        OfRuns("quality-drop", RuleMetric.QualityDrop, RuleWindow.Last(TimeSpan.FromDays(1)), RuleComparison.Above, 10) with { Severity = AlertSeverity.Error },
        OfApp("breaker-open", RuleMetric.OpenBreakers, AlertSeverity.Error),
        OfApp("unpriced-calls", RuleMetric.UnpricedCalls, AlertSeverity.Error),
        OfApp("missed-canary-slots", RuleMetric.MissedCanarySlots, AlertSeverity.Warning),
        OfApp("undelivered-alerts", RuleMetric.UndeliveredAlerts, AlertSeverity.Error),
        OfApp("poison-messages", RuleMetric.PoisonMessages, AlertSeverity.Error),
        OfApp("forecast-to-exceed", RuleMetric.BudgetsForecastToExceed, AlertSeverity.Warning),
    ];

    /// <summary>The built-in rules, each replaced by the one of its name among <paramref name="own"/>, and behind them the rest of those.</summary>
    public static IReadOnlyList<AlertRule> With(IReadOnlyList<AlertRule> own)
    {
        var byName = own.ToDictionary(r => r.Name);
        var added = own.Where(r => !BuiltIn.Any(b => b.Name == r.Name));
        return [.. BuiltIn.Select(b => byName.GetValueOrDefault(b.Name, b)), .. added];
    }

    private static AlertRule OfRuns(string name, RuleMetric metric, RuleWindow window, RuleComparison comparison, decimal threshold) => new()
    {
        Name = name, Metric = metric, Window = window, Comparison = comparison, Threshold = threshold, LeastN = RuleMetricInfo.Of(metric).LeastN,
    };

    private static AlertRule OfApp(string name, RuleMetric metric, AlertSeverity severity) => new()
    {
        Name = name, Metric = metric, Comparison = RuleComparison.Above, Threshold = 0, Severity = severity,
    };
}
