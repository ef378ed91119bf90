using System.Text;
using System.Text.Json;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Statistics;
using CostMonitor.Core.Tests.Runs;
using CostMonitor.Core.Usage;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Statistics;

public sealed class SummaryTests
{
    [Fact]
    public void Of_GivenTheSameRunsInAnyOrder_IsTheSameToTheByte() =>
        Prop.ForAll(AnyRecord.Mixed.ListOf().ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (runs, seed) =>
        {
            var shuffled = runs.ToArray();
            new SeededRandom((ulong)seed).Shuffle<RunRecord>(shuffled);
            return Enum.GetValues<SummaryGrouping>().All(by => Written(Summary.Of(runs, by)) == Written(Summary.Of(shuffled, by)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_GivenScoresWhoseSumDependsOnItsOrder_IsTheSameBackwards()
    {
        var runs = Enumerable.Range(1, 3).Select(passed => Records.Plain(passed) with
        {
            Checks = [.. Enumerable.Range(0, 10).Select(i => new CheckResult("sections", i < passed, Gates: true, null))],
        }).ToArray();

        var (forth, back) = (Summary.Of(runs, SummaryGrouping.Model), Summary.Of(runs.Reverse(), SummaryGrouping.Model));

        Assert.Equal(Written(forth), Written(back)); // 0.1 + 0.2 + 0.3 is not 0.3 + 0.2 + 0.1 in binary
    }

    [Fact]
    public void Of_GivenAnyRunsAndGrouping_PutsEachIntoOneRowAndAddsUpToTheTotal() =>
        Prop.ForAll(AnyRecord.Mixed.ListOf().ToArbitrary(), Gen.Elements(Enum.GetValues<SummaryGrouping>()).ToArbitrary(), (runs, by) =>
        {
            var summary = Summary.Of(runs, by);
            return summary.Rows.Select(r => r.Key).Distinct().Count() == summary.Rows.Count
                && summary.Rows.Sum(r => r.Runs + r.WarmUps) == runs.Count
                && summary.Rows.Sum(r => r.Runs) == summary.Total.Runs
                && summary.Rows.All(r => r.Succeeded + r.Failed == r.Runs)
                && summary.Rows.Sum(r => r.Cost.Amount) == summary.Total.Cost.Amount
                && summary.Rows.Sum(r => r.Unpriced) == summary.Total.Unpriced
                && summary.Rows.Sum(r => r.UnknownAttempts) == summary.Total.UnknownAttempts
                && summary.Rows.Sum(r => r.Saved.Amount) == summary.Total.Saved.Amount
                && summary.Rows.Aggregate(default(TokenUsage), (sum, r) => sum + r.Tokens) == summary.Total.Tokens;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_GivenFailuresInvalidRunsAndWarmUps_LeavesThemOutOfLatencyAndPaysForThem()
    {
        var slow = new CallTimings { EndToEnd = TimeSpan.FromSeconds(100), FirstToken = TimeSpan.FromSeconds(90), GapsUs = [9_000_000] };
        RunRecord[] runs =
        [
            Records.Plain(0),
            Records.Failed(1, FailureStage.Stream) with { Timings = slow },
            Records.Plain(2) with { Timings = slow, InvalidReason = "The reply reports no usage." },
            Records.Plain(3) with { Timings = slow, Phase = RunPhase.WarmUp },
        ];

        var row = Summary.Of(runs, SummaryGrouping.Model).Total;

        Assert.Equal((3, 2, 1, 1, 1), (row.Runs, row.Succeeded, row.Failed, row.Invalid, row.WarmUps));
        Assert.Equal((1, 200.0, 200.0), (row.LatencyMs?.N, row.LatencyMs?.Max, row.LatencyMs?.P95));
        Assert.Null(row.TtftMs);
        Assert.Null(row.ItlMs);
        Assert.Equal(new Usd(0.004m), row.Cost);
        Assert.Equal(new TokenUsage { Input = 40, Output = 80 }, row.Tokens);
        Assert.Equal(1, row.CostPerRunUsd?.N);
        Assert.Equal(new Dictionary<FailureStage, int> { [FailureStage.Stream] = 1 }, row.FailedAt);
    }

    [Fact]
    public void Of_GivenUnpricedRuns_SaysThatTheSumIsALeastValue()
    {
        RunRecord[] runs = [Records.Plain(0), Records.Plain(1) with { Cost = CallCost.Unknown("No price.") }];

        var row = Summary.Of(runs, SummaryGrouping.Model).Total;

        Assert.Equal((new Usd(0.001m), 1), (row.Cost, row.Unpriced));
        Assert.Contains("1 run without a known cost: the sum is a least value.", row.Remarks);
        Assert.Contains("\"costIsLeast\":true", Written(Summary.Of(runs, SummaryGrouping.Model)), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_GivenFailuresAndWarmUps_ChargesThemToTheAnswersThatKeptTheirContract()
    {
        RunRecord[] runs =
        [
            Records.Plain(0), Records.Plain(1) with { Failure = new RunFailure(FailureStage.Stream, "cut", "Cut.", null) },
            Records.Plain(2) with { Phase = RunPhase.WarmUp }, Records.Plain(3),
        ];

        var row = Summary.Of(runs, SummaryGrouping.Model).Total;

        Assert.Equal(new Usd(0.002m), row.CostPerCompliant); // 4 * 0.001 for two answers
        Assert.Equal(60, row.TokensPerCompliant); // 4 * (10 + 20) for two answers
    }

    [Fact]
    public void Of_GivenDays_GroupsByTheDayInUtcOfTheStart()
    {
        var start = new DateTimeOffset(2026, 11, 20, 23, 59, 59, TimeSpan.Zero);
        RunRecord[] runs = [Records.Plain(0) with { Started = start }, Records.Plain(1) with { Started = start.AddSeconds(1) }];

        Assert.Equal(["2026-11-20", "2026-11-21"], Summary.Of(runs, SummaryGrouping.Day).Rows.Select(r => r.Key));
    }

    [Fact]
    public void Of_GivenTimings_SummarisesEachInItsUnit()
    {
        var timings = new CallTimings
        {
            EndToEnd = TimeSpan.FromMilliseconds(2_200),
            FirstToken = TimeSpan.FromMilliseconds(100),
            FirstContent = TimeSpan.FromMilliseconds(150),
            LastToken = TimeSpan.FromMilliseconds(2_100),
            GapsUs = [10_000, 30_000],
        };
        RunRecord[] runs = [Records.Plain(0) with { Timings = timings }, Records.Plain(9) with { Timings = timings }];

        var row = Summary.Of(runs, SummaryGrouping.Model).Total;

        Assert.Equal((2_200.0, 100.0, 150.0, 20.0), (row.LatencyMs?.Median, row.TtftMs?.Median, row.TtfcMs?.Median, row.ItlMs?.Median));
        Assert.Equal(4, row.ItlMs?.N);
        Assert.Equal(9.5, row.TokensPerSecond?.Median); // 19 tokens after the first, in 2 s
        Assert.Equal(2 / 11.2, row.RequestsPerSecond ?? 0, 12); // from second 0 to second 9 + 2.2
    }

    [Fact]
    public void Of_GivenChecks_GivesRateIntervalAndScore()
    {
        CheckResult[] half = [new("not_empty", true, true, null), new("json", false, true, "Not valid JSON at line 1.")];
        RunRecord[] runs = [.. Enumerable.Range(0, 20).Select(i => i < 5 ? Records.Plain(i) with { Checks = half } : Records.Plain(i))];

        var row = Summary.Of(runs, SummaryGrouping.Model).Total;

        Assert.Equal((0.75, 0.875), (row.ComplianceRate, row.CheckScore)); // 15 of 20; (15 * 1 + 5 * 0.5) / 20
        Assert.Equal((0.5313, 0.8881), (Round(row.ComplianceInterval?.Low), Round(row.ComplianceInterval?.High))); // Wilson, 15 of 20
    }

    [Theory]
    [InlineData(SummaryGrouping.Model, "openai:x,sim:a")]
    [InlineData(SummaryGrouping.Provider, "openai,sim")]
    [InlineData(SummaryGrouping.Prompt, "p1,p2")]
    [InlineData(SummaryGrouping.Category, "coding,qa")]
    [InlineData(SummaryGrouping.Team, "(none),search")]
    [InlineData(SummaryGrouping.App, "(none),shop")]
    [InlineData(SummaryGrouping.Feature, "(none),rank")]
    [InlineData(SummaryGrouping.User, "(none),u1")]
    [InlineData(SummaryGrouping.Experiment, "(none),x-1")]
    [InlineData(SummaryGrouping.Priority, "critical,normal")]
    public void Of_GivenAGrouping_OrdersRowsByItsKey(SummaryGrouping by, string keys)
    {
        RunRecord[] runs =
        [
            Records.Plain(0),
            Records.Plain(1) with
            {
                Model = ModelKey.Parse("openai:x"), PromptId = "p2", Category = "coding", Priority = CallPriority.Critical,
                Tags = new CallTags { Team = "search", App = "shop", Feature = "rank", User = "u1", Experiment = "x-1" },
            },
        ];

        Assert.Equal(keys, string.Join(',', Summary.Of(runs, by).Rows.Select(r => r.Key)));
    }

    [Fact]
    public void Of_GivenNineteenRuns_DrawsNoConclusion()
    {
        Assert.Equal(["No conclusion: 19 of the 20 runs that it needs."], RemarksOf(19, _ => 200));
        Assert.Empty(RemarksOf(20, _ => 200));
    }

    [Fact]
    public void Of_GivenAP95AboveThreeMedians_RemarksUnstableLatency()
    {
        Assert.Equal(["Unstable latency: p95 is 3.1 times the median."], RemarksOf(20, i => i < 17 ? 100 : 310));
        Assert.Empty(RemarksOf(20, i => i < 17 ? 100 : 300));
    }

    [Fact]
    public void Of_GivenNothing_IsATotalOfZeros()
    {
        var summary = Summary.Of([], SummaryGrouping.Model);

        Assert.Empty(summary.Rows);
        Assert.Equal((0, Usd.Zero, null, null), (summary.Total.Runs, summary.Total.Cost, summary.Total.LatencyMs, summary.Total.ComplianceRate));
        Assert.Equal(["No conclusion: 0 of the 20 runs that it needs."], summary.Total.Remarks);
    }

    [Fact]
    public void Of_GivenCachedAndRetriedRuns_KeepsThemOutOfTheSamplesAndInTheSums()
    {
        var hit = Records.Plain(0) with { Usage = null, Cost = CallCost.Known(Usd.Zero, "cached"), Saved = new Usd(0.25m), Cache = new CacheHit(CacheSource.Memory, TimeSpan.Zero, default) };
        var failed = new CallAttempt { Model = Records.Plain(1).Model, At = TimeSpan.Zero, Took = TimeSpan.Zero, Cost = CallCost.Unknown("?") };

        var total = Summary.Of([hit, Records.Plain(1) with { EarlierAttempts = [failed] }], SummaryGrouping.Model).Total;

        Assert.Equal((2, 1, 1, new Usd(0.25m), 1, new Usd(0.001m)), (total.Succeeded, total.Cached, total.Retried, total.Saved, total.UnknownAttempts, total.Cost));
        Assert.Equal(1, total.LatencyMs?.N);
        Assert.Contains("1 failed attempt that may have been billed: the sum is a least value.", total.Remarks);
        Assert.Contains("1 run answered by the cache: free, and in no sample.", total.Remarks);
    }

    [Fact]
    public void Write_GivenNothing_IsThisText() => Assert.Equal(
        """
        {"by":"model","percentiles":"raw samples, Hyndman-Fan 7","rows":[],"total":{"key":"total","runs":0,"succeeded":0,"failed":0,"invalid":0,
        "warmUps":0,"cached":0,"retried":0,"failedAt":{},"latencyMs":null,"ttftMs":null,"ttfcMs":null,"itlMs":null,"tokensPerSecond":null,"requestsPerSecond":null,
        "tokens":{"input":0,"cachedInput":0,"cacheWrite":0,"audioInput":0,"output":0,"reasoning":0,"audioOutput":0},"estimatedUsage":0,
        "costUsd":0,"costIsLeast":false,"unpriced":0,"unknownAttempts":0,"savedUsd":0,"costPerRunUsd":null,"costPerCompliantUsd":null,"tokensPerCompliant":null,"complianceRate":null,"checkScore":null,"diversityProxy":null,
        "remarks":["No conclusion: 0 of the 20 runs that it needs."]}}
        """.Replace("\n", "", StringComparison.Ordinal),
        Written(Summary.Of([], SummaryGrouping.Model)));

    private static IReadOnlyList<string> RemarksOf(int runs, Func<int, int> latencyMs) => Summary.Of(
        Enumerable.Range(0, runs).Select(i =>
            Records.Plain(i) with { Timings = new CallTimings { EndToEnd = TimeSpan.FromMilliseconds(latencyMs(i)) } }),
        SummaryGrouping.Model).Total.Remarks;

    private static double Round(double? value) => Math.Round(value ?? double.NaN, 4);

    private static string Written(Summary summary)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) SummaryJson.Write(json, summary);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
