using CostMonitor.Core.Runs;
using CostMonitor.Core.Statistics;

namespace CostMonitor.Core.Alerts.Rules;

/// <summary>Takes the runs of one rule's scope and gives the metric.</summary>
internal sealed class RuleTally(AlertRule rule)
{
    private readonly List<double> _seconds = [];
    private decimal _sum;
    private int _n, _hits, _baselineN, _baselineHits;

    public void Add(RunRecord run, bool isBaseline)
    {
        if (ValueOf(run) is not { } value) return;
        if (isBaseline)
        {
            _baselineN++;
            _baselineHits += value > 0 ? 1 : 0;
            return;
        }

        _n++;
        _hits += value > 0 ? 1 : 0;
        _sum += value;
        if (rule.Metric == RuleMetric.LatencyP95) _seconds.Add((double)value);
    }

    public RuleMeasure Measure(string scope)
    {
        var n = rule.Metric == RuleMetric.QualityDrop ? Math.Min(_n, _baselineN) : _n;
        return new RuleMeasure(scope, n < rule.LeastN ? null : Value(), n);
    }

    /// <summary>What a run adds; null for one that does not enter the metric.</summary>
    private decimal? ValueOf(RunRecord run) => rule.Metric switch
    {
        RuleMetric.Cost => run.Cost.Amount?.Amount,
        RuleMetric.CacheHitRate => IsLookup(run) ? (run.Cache is null ? 0 : 1) : null,
        RuleMetric.TokensPerRequest => run.Counts ? run.Usage?.Tokens.Total : null,
        RuleMetric.CostPerRequest => run.Counts ? run.Cost.Amount?.Amount : null,
        RuleMetric.LatencyP95 => run.Counts ? (decimal)run.Timings.EndToEnd.Ticks / TimeSpan.TicksPerSecond : null,
        RuleMetric.QualityDrop => run.Counts ? (run.IsCompliant == true ? 1 : 0) : null,
        _ => throw new InvalidOperationException($"{rule.Metric} is no metric of runs."),
    };

    // What was refused, or answered by its idempotency key, is no question to the cache.
    private static bool IsLookup(RunRecord run) =>
        run is { Phase: RunPhase.Measured, Failure: not { Stage: FailureStage.Admission }, Cache: not { Source: Calling.CacheSource.Idempotency } }
        && (run.UsesCache || run.Cache is not null);

    private decimal? Value() => rule.Metric switch
    {
        RuleMetric.Cost => _sum,
        RuleMetric.CacheHitRate => _n == 0 ? null : 100m * _hits / _n,
        RuleMetric.LatencyP95 => P95(),
        RuleMetric.QualityDrop => Drop(),
        _ => _n == 0 ? null : _sum / _n,
    };

    private decimal? P95()
    {
        if (_seconds.Count == 0) return null;
        var ascending = _seconds.ToArray();
        Array.Sort(ascending);
        return (decimal)Quantile.Of(ascending, 0.95);
    }

    /// <summary>Null as well where nothing complied before: there is nothing to fall from.</summary>
    private decimal? Drop()
    {
        if (_n == 0 || _baselineHits == 0) return null;
        var (now, before) = ((decimal)_hits / _n, (decimal)_baselineHits / _baselineN);
        return 100 * (before - now) / before;
    }
}
