using CostMonitor.Core.Alerts.Rules;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Tests.Runs;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Tests.Alerts.Rules;

public sealed class RuleMetricsTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 30, 0, TimeSpan.Zero);
    private static readonly ModelKey B = ModelKey.Parse("sim:b");
    private static readonly CacheHit Hit = new(CacheSource.Memory, TimeSpan.FromMinutes(1), default);

    [Fact]
    public void Cost_GivenRunsOfTwoDays_SumsTheKnownCostsOfToday()
    {
        var rule = Rule(RuleMetric.Cost) with { Window = RuleWindow.Day };
        var today = new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

        var measure = Measure(rule, At(today.AddTicks(-1), 5), At(today, 0.25m), At(Now.AddTicks(-1), 0.5m) with { Phase = RunPhase.WarmUp }, At(Now, 7), Unpriced(1));

        Assert.Equal(new RuleMeasure("", 0.75m, 2), measure); // yesterday's, the one not yet begun and the one without a price are out
    }

    [Fact]
    public void Cost_GivenNoRuns_IsZero() => Assert.Equal(new RuleMeasure("", 0, 0), Measure(Rule(RuleMetric.Cost)));

    [Fact]
    public void CacheHitRate_GivenRunsWithAndWithoutTheCache_CountsThoseThatAskedIt()
    {
        var lookup = Records.Plain(0) with { UsesCache = true };

        var measure = Measure(
            Rule(RuleMetric.CacheHitRate), // 2 hits of 5 lookups
            lookup,
            lookup with { Cache = Hit },
            lookup with { Cache = Hit with { Source = CacheSource.InFlight } },
            lookup with { Failure = new RunFailure(FailureStage.Provider, "500", "", 500) },
            lookup with { InvalidReason = "No usage." },
            lookup with { Cache = Hit with { Source = CacheSource.Idempotency } },
            lookup with { Phase = RunPhase.WarmUp },
            lookup with { Failure = new RunFailure(FailureStage.Admission, "budget", "", null) },
            Records.Plain(1));

        Assert.Equal(new RuleMeasure("", 40, 5), measure);
    }

    [Fact]
    public void CacheHitRate_GivenTooFewLookups_IsUnknownAndSaysItsN()
    {
        var runs = Enumerable.Repeat(Records.Plain(0) with { UsesCache = true }, 99).ToArray();

        Assert.Equal(new RuleMeasure("", null, 99), Measure(Rule(RuleMetric.CacheHitRate) with { LeastN = 100 }, runs));
        Assert.Equal(new RuleMeasure("", 0, 100), Measure(Rule(RuleMetric.CacheHitRate) with { LeastN = 100 }, [.. runs, runs[0]]));
    }

    [Fact]
    public void TokensPerRequest_GivenRuns_IsTheMeanOfThoseThatCount()
    {
        var measure = Measure(
            Rule(RuleMetric.TokensPerRequest),
            Tokens(300, 100), // 400
            Tokens(500, 300), // 800
            Tokens(9000, 0) with { Cache = Hit },
            Tokens(9000, 0) with { InvalidReason = "Doubt." },
            Records.Plain(3) with { Usage = null },
            Records.Failed(4, FailureStage.Stream));

        Assert.Equal(new RuleMeasure("", 600, 2), measure);
    }

    [Fact]
    public void CostPerRequest_GivenRuns_IsTheMeanOfThoseThatCountAndHaveAPrice()
    {
        var measure = Measure(Rule(RuleMetric.CostPerRequest), At(Now.AddMinutes(-1), 0.01m), At(Now.AddMinutes(-2), 0.04m), Unpriced(1), At(Now.AddMinutes(-3), 9) with { Cache = Hit });

        Assert.Equal(new RuleMeasure("", 0.025m, 2), measure);
    }

    [Fact]
    public void LatencyP95_GivenRuns_IsHyndmanFan7()
    {
        var runs = Enumerable.Range(1, 20).Select(i => Latency(i * 100)).ToArray(); // 0.1 to 2.0 s: rank 19 * 0.95 = 18.05

        var measure = Measure(Rule(RuleMetric.LatencyP95), [.. runs, Latency(90_000) with { Phase = RunPhase.WarmUp }, Latency(90_000) with { Cache = Hit }]);

        Assert.Equal(20, measure.N);
        Assert.Equal(1.905m, decimal.Round(measure.Value ?? 0, 9)); // 1.9 + 0.05 * (2.0 - 1.9)
    }

    [Fact]
    public void QualityDrop_GivenABaseline_IsTheShareThatWasLost()
    {
        var rule = Rule(RuleMetric.QualityDrop) with { LeastN = 4 };
        var before = Now.AddHours(-2);

        var measure = Measure(rule, [
            .. Enumerable.Range(0, 5).Select(i => Kept(before.AddMinutes(-i), i < 4)), // 4 of 5: 80 %
            .. Enumerable.Range(0, 4).Select(i => Kept(Now.AddMinutes(-1 - i), i < 2)), // 2 of 4: 50 %
            Kept(Now.AddDays(-8), false), // before the baseline: it begins 7 days before the window
            Kept(Now.AddMinutes(-9), false) with { InvalidReason = "Doubt." }]);

        Assert.Equal(new RuleMeasure("", 37.5m, 4), measure); // (80 - 50) / 80
    }

    [Theory]
    [InlineData(4, 3, 3)] // too few now
    [InlineData(3, 4, 3)] // too few before
    public void QualityDrop_GivenTooFewOnEitherSide_IsUnknown(int before, int now, int n)
    {
        var measure = Measure(Rule(RuleMetric.QualityDrop) with { LeastN = 4 }, [
            .. Enumerable.Range(0, before).Select(i => Kept(Now.AddHours(-2).AddMinutes(-i), true)),
            .. Enumerable.Range(0, now).Select(i => Kept(Now.AddMinutes(-1 - i), false))]);

        Assert.Equal(new RuleMeasure("", null, n), measure);
    }

    [Fact]
    public void QualityDrop_GivenNothingCompliantBefore_IsUnknown() =>
        Assert.Null(Measure(Rule(RuleMetric.QualityDrop), Kept(Now.AddHours(-2), false), Kept(Now.AddMinutes(-1), true)).Value);

    [Fact]
    public void QualityDrop_GivenBetterQuality_IsNegative() =>
        Assert.Equal(-100, Measure(Rule(RuleMetric.QualityDrop), Kept(Now.AddHours(-2), false), Kept(Now.AddHours(-2), true), Kept(Now.AddMinutes(-1), true)).Value); // 50 % to 100 %

    [Fact]
    public void Of_GivenARulePerModel_MeasuresEachAndThoseAskedFor()
    {
        var rule = Rule(RuleMetric.TokensPerRequest) with { Per = RuleGrouping.Model };
        var metrics = new RuleMetrics([rule], Now);
        metrics.Add(Tokens(100, 0) with { Model = B });
        metrics.Add(Tokens(300, 0));

        var measures = metrics.Of(rule, OperationalFacts.Unknown, ["sim:gone", "sim:b"]);

        Assert.Equal([new("sim:a", 300, 1), new("sim:b", 100, 1), new("sim:gone", null, 0)], measures);
    }

    [Fact]
    public void Of_GivenFilters_LooksAtTheirRunsAlone()
    {
        var (ofB, ofProvider) = (Rule(RuleMetric.Cost) with { Name = "b", Model = B }, Rule(RuleMetric.Cost) with { Name = "p", Provider = "openai", Per = RuleGrouping.Provider });
        var metrics = new RuleMetrics([ofB, ofProvider], Now);
        metrics.Add(At(Now.AddMinutes(-1), 1));
        metrics.Add(At(Now.AddMinutes(-1), 2) with { Model = B });
        metrics.Add(At(Now.AddMinutes(-1), 4) with { Model = ModelKey.Parse("openai:x") });

        Assert.Equal([new RuleMeasure("", 2, 1)], metrics.Of(ofB, OperationalFacts.Unknown, []));
        Assert.Equal([new RuleMeasure("openai", 4, 1)], metrics.Of(ofProvider, OperationalFacts.Unknown, []));
        Assert.Equal((true, true, false), (metrics.Needs(B), metrics.Needs(ModelKey.Parse("openai:y")), metrics.Needs(ModelKey.Parse("sim:a"))));
    }

    [Fact]
    public void From_GivenRules_IsTheEarliestStartThatOneNeeds()
    {
        var hour = Rule(RuleMetric.Cost);

        Assert.Null(new RuleMetrics([Rule(RuleMetric.OpenBreakers)], Now).From);
        Assert.Equal(Now.AddHours(-1), new RuleMetrics([hour, Rule(RuleMetric.OpenBreakers)], Now).From);
        Assert.Equal(Now.AddHours(-1).AddDays(-7), new RuleMetrics([hour, Rule(RuleMetric.QualityDrop)], Now).From);
        Assert.Equal(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero), new RuleMetrics([hour with { Window = RuleWindow.Day }], Now).From);
    }

    [Fact]
    public void Of_GivenFacts_CountsAndNamesThem()
    {
        var facts = new OperationalFacts
        {
            OpenBreakers = [B, ModelKey.Parse("sim:a")],
            Unpriced = UnpricedWatch.Of([Unpriced(1), Unpriced(2), Unpriced(3) with { Usage = null }]),
            MissedCanarySlots = [Now, Now.AddHours(-1)],
            UndeliveredAlerts = 3,
            PoisonMessages = 0,
        };

        Assert.Equal(new RuleMeasure("", 2, 2, "sim:a, sim:b"), OfApp(RuleMetric.OpenBreakers, facts));
        Assert.Equal(new RuleMeasure("", 2, 2, "3 calls without a price, 60 tokens: sim:a (3)"), OfApp(RuleMetric.UnpricedCalls, facts)); // of one nobody knows whether it used any
        Assert.Equal(new RuleMeasure("", 2, 2, "2026-05-01 11:30:00Z, 2026-05-01 12:30:00Z"), OfApp(RuleMetric.MissedCanarySlots, facts));
        Assert.Equal(new RuleMeasure("", 3, 3), OfApp(RuleMetric.UndeliveredAlerts, facts));
        Assert.Equal(new RuleMeasure("", 0, 0), OfApp(RuleMetric.PoisonMessages, facts));
        Assert.Equal(new RuleMeasure("", null, 0), OfApp(RuleMetric.BudgetsForecastToExceed, facts));
        Assert.EndsWith("sim:m9 and 2 more", OfApp(RuleMetric.OpenBreakers, new OperationalFacts { OpenBreakers = [.. Enumerable.Range(0, 12).Select(i => ModelKey.Parse($"sim:m{(i < 10 ? $"{i}" : $"n{i}")}"))] }).Detail, StringComparison.Ordinal);
    }

    private static RuleMeasure OfApp(RuleMetric metric, OperationalFacts facts) => Assert.Single(new RuleMetrics([], Now).Of(Rule(metric), facts, []));

    private static RuleMeasure Measure(AlertRule rule, params RunRecord[] runs)
    {
        var metrics = new RuleMetrics([rule], Now);
        foreach (var run in runs) metrics.Add(run);
        return Assert.Single(metrics.Of(rule, OperationalFacts.Unknown, []));
    }

    private static AlertRule Rule(RuleMetric metric) => new()
    {
        Name = "r", Metric = metric, Window = RuleMetricInfo.Of(metric).IsOfRuns ? RuleWindow.Last(TimeSpan.FromHours(1)) : RuleWindow.Now, Comparison = RuleComparison.Above, Threshold = 1,
    };

    private static RunRecord At(DateTimeOffset started, decimal usd) => Records.Plain(0) with { Started = started, Cost = CallCost.Known(new Usd(usd), "l") };

    private static RunRecord Unpriced(int ordinal) => Records.Plain(ordinal) with { Cost = CallCost.Unknown("No price.") };

    private static RunRecord Tokens(long input, long output) => Records.Plain(0) with { Usage = new MeasuredUsage(new TokenUsage { Input = input, Output = output }, IsEstimated: false) };

    private static RunRecord Latency(int ms) => Records.Plain(0) with { Timings = new CallTimings { EndToEnd = TimeSpan.FromMilliseconds(ms) } };

    private static RunRecord Kept(DateTimeOffset started, bool contract) => Records.Plain(0) with { Started = started, Checks = [new CheckResult("schema", contract, Gates: true, null)] };
}
