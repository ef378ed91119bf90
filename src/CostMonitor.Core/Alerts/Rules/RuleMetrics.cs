using System.Globalization;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Alerts.Rules;

/// <summary>Computes the metrics of several rules at one instant from one reading of the runs, in whatever order they come.</summary>
/// <remarks>Not thread-safe. Kept in memory are sums, and a number for each run of a latency rule.</remarks>
public sealed class RuleMetrics
{
    /// <summary>How far before a rule's window the runs lie that its quality is compared with.</summary>
    public static readonly TimeSpan Baseline = TimeSpan.FromDays(7);

    private const int MostListed = 10;

    private readonly IReadOnlyList<AlertRule> _rules;
    private readonly Dictionary<(string Rule, string Scope), RuleTally> _tallies = [];
    private readonly DateTimeOffset _now;

    public RuleMetrics(IEnumerable<AlertRule> rules, DateTimeOffset now)
    {
        (_rules, _now) = ([.. rules.Where(static r => r.Info.IsOfRuns)], now);
        From = _rules.Count == 0 ? null : _rules.Min(FirstOf);
    }

    /// <summary>From when on runs are needed; null when no rule is about runs.</summary>
    public DateTimeOffset? From { get; }

    /// <summary>Whether a rule looks at the runs of a model.</summary>
    public bool Needs(ModelKey model) => _rules.Any(r => r.Covers(model));

    /// <summary>Takes a run for all rules whose window it lies in.</summary>
    public void Add(RunRecord run)
    {
        foreach (var rule in _rules)
        {
            if (!rule.Covers(run.Model) || run.Started < FirstOf(rule) || run.Started >= _now) continue;
            TallyOf(rule, rule.ScopeOf(run.Model)).Add(run, isBaseline: run.Started < rule.Window.StartAt(_now));
        }
    }

    /// <summary>A rule's metric for each scope that there is a run of, and for those that are asked for.</summary>
    /// <param name="rule">One of the rules.</param>
    /// <param name="facts">For a metric of the app's own state.</param>
    /// <param name="scopes">Scopes that are to be among them though they may have no run.</param>
    public IReadOnlyList<RuleMeasure> Of(AlertRule rule, OperationalFacts facts, IEnumerable<string> scopes)
    {
        if (!rule.Info.IsOfRuns) return [OfApp(rule.Metric, facts)];
        var seen = _tallies.Keys.Where(k => k.Rule == rule.Name).Select(k => k.Scope);
        var all = seen.Concat(scopes).Concat(rule.Per == RuleGrouping.None ? [""] : []).Distinct().Order(StringComparer.Ordinal);
        return [.. all.Select(scope => TallyOf(rule, scope).Measure(scope))];
    }

    private DateTimeOffset FirstOf(AlertRule rule) => rule.Window.StartAt(_now) - (rule.Metric == RuleMetric.QualityDrop ? Baseline : TimeSpan.Zero);

    private RuleTally TallyOf(AlertRule rule, string scope)
    {
        if (!_tallies.TryGetValue((rule.Name, scope), out var tally)) tally = _tallies[(rule.Name, scope)] = new RuleTally(rule);
        return tally;
    }

    private static RuleMeasure OfApp(RuleMetric metric, OperationalFacts facts) => metric switch
    {
        RuleMetric.OpenBreakers => Counted(facts.OpenBreakers?.Order().Select(m => m.ToString())),
        RuleMetric.UnpricedCalls => new RuleMeasure("", facts.Unpriced?.WithUsage, facts.Unpriced?.WithUsage ?? 0, facts.Unpriced is { IsAlert: true } ? facts.Unpriced.ToString() : null),
        RuleMetric.MissedCanarySlots => Counted(facts.MissedCanarySlots?.Order().Select(s => s.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture))),
        RuleMetric.UndeliveredAlerts => Counted(facts.UndeliveredAlerts),
        RuleMetric.PoisonMessages => Counted(facts.PoisonMessages),
        RuleMetric.BudgetsForecastToExceed => Counted(facts.BudgetsForecastToExceed),
        _ => throw new InvalidOperationException($"{metric} is a metric of runs."),
    };

    private static RuleMeasure Counted(int? count) => new("", count, count ?? 0);

    private static RuleMeasure Counted(IEnumerable<string>? things)
    {
        if (things?.ToArray() is not { } all) return Counted((int?)null);
        var more = all.Length > MostListed ? string.Create(CultureInfo.InvariantCulture, $" and {all.Length - MostListed} more") : "";
        return Counted(all.Length) with { Detail = all.Length == 0 ? null : string.Join(", ", all.Take(MostListed)) + more };
    }
}
