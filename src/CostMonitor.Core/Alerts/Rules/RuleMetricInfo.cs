using System.Globalization;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Alerts.Rules;

/// <summary>What is known of a metric beside its value.</summary>
public sealed record RuleMetricInfo
{
    private static readonly RuleMetricInfo[] All =
    [
        OfRuns(RuleMetric.Cost, RuleUnit.Usd, 0, "cost of the runs", "the dearest runs (costmon runs dearest) and the budgets"),
        OfRuns(RuleMetric.CacheHitRate, RuleUnit.Percent, 100, "share of cache hits", "the cache (costmon cache stats): a changed prompt version, temperature or system text makes keys that nothing is kept under"),
        OfRuns(RuleMetric.TokensPerRequest, RuleUnit.Tokens, 20, "mean tokens a run", "prompts that grew and answers without a limit (maxOutputTokens)"),
        OfRuns(RuleMetric.CostPerRequest, RuleUnit.Usd, 20, "mean cost of a run", "the dearest runs (costmon runs dearest), their model and route"),
        OfRuns(RuleMetric.LatencyP95, RuleUnit.Seconds, 20, "p95 latency (Hyndman-Fan 7)", "the summary by model (GET /api/summary), breakers and limits in GET /api/health"),
        OfRuns(RuleMetric.QualityDrop, RuleUnit.Percent, 20, "drop of the compliance rate below that of the 7 days before", "the failed checks of the newest runs: a model behind an alias, a prompt or a contract may have changed"),
        OfApp(RuleMetric.OpenBreakers, "deployments whose circuit breaker is not closed", "the provider's status page and GET /api/health"),
        OfApp(RuleMetric.UnpricedCalls, "calls of the last hour without a price", "the price files (costmon prices list): until there is a price, no sum and no budget holds these calls; then costmon prices fill"),
        OfApp(RuleMetric.MissedCanarySlots, "canary slots of the last 24 hours that were not run", "whether the timer CanaryTimer fires, and the app's log around those times"),
        OfApp(RuleMetric.UndeliveredAlerts, "alerts that could not be delivered", "the sinks of the alerts: nobody may have heard of these"),
        OfApp(RuleMetric.PoisonMessages, "queue messages of the last 24 hours that could not be used", "the state of the batch that they belong to (costmon batch), and the app's log"),
        OfApp(RuleMetric.BudgetsForecastToExceed, "budgets that are forecast to be exceeded", "the budgets and what they spend on"),
    ];

    private RuleMetricInfo(RuleMetric metric, RuleUnit unit, bool isOfRuns, int leastN, string what, string lookAt) =>
        (Metric, Unit, IsOfRuns, LeastN, What, LookAt) = (metric, unit, isOfRuns, leastN, what, lookAt);

    public RuleMetric Metric { get; }

    public RuleUnit Unit { get; }

    /// <summary>Whether it is computed from the runs of a window; else it is a count of the app's own state.</summary>
    public bool IsOfRuns { get; }

    /// <summary>The least n of a rule that names none.</summary>
    public int LeastN { get; }

    /// <summary>What it is, in words.</summary>
    public string What { get; }

    /// <summary>Where somebody should look who hears of it.</summary>
    public string LookAt { get; }

    /// <summary>As a rules' file names it: <c>latency-p95</c>.</summary>
    public string Name => EnumNames.Of(Metric);

    /// <summary>The greatest threshold that makes sense; the least is 0.</summary>
    public decimal MostThreshold => Unit switch
    {
        RuleUnit.Percent => 100,
        RuleUnit.Seconds => 3600,
        RuleUnit.Tokens => 100_000_000,
        _ => 1_000_000_000,
    };

    public static RuleMetricInfo Of(RuleMetric metric) => All[(int)metric];

    /// <summary>For people: <c>$0.02</c>, <c>18.5 %</c>, <c>640 tokens</c>, <c>3.25 s</c>, <c>2</c>.</summary>
    public string Show(decimal value) => Unit switch
    {
        RuleUnit.Usd => new Usd(value).ToString(),
        RuleUnit.Percent => Text(value, " %"),
        RuleUnit.Tokens => Text(value, " tokens"),
        RuleUnit.Seconds => Text(value, " s"),
        _ => Text(value, ""),
    };

    private static string Text(decimal value, string unit) => value.ToString("0.###", CultureInfo.InvariantCulture) + unit;

    private static RuleMetricInfo OfRuns(RuleMetric metric, RuleUnit unit, int leastN, string what, string lookAt) => new(metric, unit, true, leastN, what, lookAt);

    private static RuleMetricInfo OfApp(RuleMetric metric, string what, string lookAt) => new(metric, RuleUnit.Count, false, 0, what, lookAt);
}
