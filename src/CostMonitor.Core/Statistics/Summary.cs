using System.Globalization;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Statistics;

/// <summary>Summarises runs: a pure function of the records, the same to the last digit in whatever order they come.</summary>
public sealed record Summary
{
    /// <summary>Below this many runs that count, no conclusion is drawn from a row.</summary>
    public const int LeastRuns = 20;

    /// <summary>A p95 of more than so many medians is remarked as unstable latency.</summary>
    public const double UnstableRatio = 3;

    public required SummaryGrouping By { get; init; }

    /// <summary>One row a group, ordered by key.</summary>
    public required IReadOnlyList<SummaryRow> Rows { get; init; }

    /// <summary>All runs together.</summary>
    public required SummaryRow Total { get; init; }

    public static Summary Of(IEnumerable<RunRecord> runs, SummaryGrouping by)
    {
        var ordered = runs.OrderBy(r => r.Id).ThenBy(r => r.Attempt).ToArray();
        var rows = ordered.GroupBy(r => KeyOf(r, by)).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Row(g.Key, [.. g]));
        return new Summary { By = by, Rows = [.. rows], Total = Row("total", ordered) };
    }

    private static string KeyOf(RunRecord run, SummaryGrouping by) => by switch
    {
        SummaryGrouping.Model => run.Model.ToString(),
        SummaryGrouping.Prompt => run.PromptId,
        SummaryGrouping.Provider => run.Model.Provider,
        SummaryGrouping.Category => run.Category,
        SummaryGrouping.Day => run.Started.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        SummaryGrouping.Team => run.Tags.Team ?? CallTags.NoValue,
        SummaryGrouping.App => run.Tags.App ?? CallTags.NoValue,
        SummaryGrouping.Feature => run.Tags.Feature ?? CallTags.NoValue,
        SummaryGrouping.User => run.Tags.User ?? CallTags.NoValue,
        SummaryGrouping.Experiment => run.Tags.Experiment ?? CallTags.NoValue,
        SummaryGrouping.Priority => EnumNames.Of(run.Priority),
        _ => throw new ArgumentOutOfRangeException(nameof(by), by, "Not a grouping."),
    };

    private static SummaryRow Row(string key, RunRecord[] runs)
    {
        var measured = runs.Where(r => r.Phase == RunPhase.Measured).ToArray();
        var counted = measured.Where(r => r.Counts).ToArray();
        var seed = SeedOf(key);
        var latency = SampleSummary.Of(counted.Select(r => r.Timings.EndToEnd.TotalMilliseconds), seed);
        var compliant = counted.Count(r => r.IsCompliant == true);
        var (tokens, cost) = (runs.Aggregate(default(TokenUsage), (sum, r) => sum + (r.Usage?.Tokens ?? default)), CostOf(runs));
        return new SummaryRow
        {
            Key = key,
            Runs = measured.Length,
            Succeeded = measured.Count(r => r.Succeeded),
            Failed = measured.Count(r => !r.Succeeded),
            Invalid = measured.Count(r => r.InvalidReason is not null),
            WarmUps = runs.Length - measured.Length,
            Cached = measured.Count(r => r.Cache is not null),
            Saved = runs.Aggregate(Usd.Zero, (sum, r) => sum + (r.Saved ?? Usd.Zero)),
            Retried = measured.Count(r => r.Attempts > 1),
            UnknownAttempts = runs.Sum(r => r.UnknownAttempts),
            FailedAt = measured.Where(r => r.Failure is not null).GroupBy(r => r.Failure?.Stage ?? default).OrderBy(g => g.Key).ToDictionary(g => g.Key, g => g.Count()),
            LatencyMs = latency,
            TtftMs = SampleSummary.Of(Milliseconds(counted, t => t.FirstToken), seed),
            TtfcMs = SampleSummary.Of(Milliseconds(counted, t => t.FirstContent), seed),
            ItlMs = SampleSummary.Of(counted.SelectMany(r => r.Timings.GapsUs).Select(us => us / 1000.0), seed),
            TokensPerSecond = SampleSummary.Of(counted.Select(Speed).OfType<double>(), seed),
            RequestsPerSecond = Throughput(counted),
            Tokens = tokens,
            EstimatedUsage = runs.Count(r => r.Usage is { IsEstimated: true }),
            Cost = cost,
            Unpriced = runs.Count(r => r.Cost.Amount is null),
            CostPerRunUsd = SampleSummary.Of(counted.Select(r => r.Cost.Amount).OfType<Usd>().Select(c => (double)c.Amount), seed),
            ComplianceRate = counted.Length == 0 ? null : (double)compliant / counted.Length,
            CostPerCompliant = compliant == 0 ? null : new Usd(cost.Amount / compliant),
            TokensPerCompliant = compliant == 0 ? null : (double)tokens.Total / compliant,
            ComplianceInterval = counted.Length == 0 ? null : Interval.OfShare(compliant, counted.Length),
            CheckScore = Mean(counted.Select(r => Contracts.CheckScore.Of(r.Checks)).OfType<double>()),
            DiversityProxy = SampleSummary.Of(counted.Select(r => r.Text.DiversityProxy).OfType<double>(), seed),
            Remarks = Remarks(runs, counted.Length, latency),
        };
    }

    private static IReadOnlyList<string> Remarks(RunRecord[] runs, int counted, SampleSummary? latency)
    {
        var remarks = new List<string>();
        var failed = runs.Count(r => r.Phase == RunPhase.Measured && !r.Succeeded);
        if (counted < LeastRuns) remarks.Add(Text($"No conclusion: {counted} of the {LeastRuns} runs that it needs."));
        if (counted >= LeastRuns && latency is { Median: > 0 } && latency.P95 > UnstableRatio * latency.Median)
        {
            remarks.Add(Text($"Unstable latency: p95 is {latency.P95 / latency.Median:0.0} times the median."));
        }

        if (failed > 0) remarks.Add($"{Runs(failed)} failed: in no latency figure.");
        var unpriced = runs.Count(r => r.Cost.Amount is null);
        if (unpriced > 0) remarks.Add($"{Runs(unpriced)} without a known cost: the sum is a least value.");
        var unknown = runs.Sum(r => r.UnknownAttempts);
        if (unknown > 0) remarks.Add((unknown == 1 ? "1 failed attempt" : Text($"{unknown} failed attempts")) + " that may have been billed: the sum is a least value.");
        var cached = runs.Count(r => r.Cache is not null);
        if (cached > 0) remarks.Add($"{Runs(cached)} answered by the cache: free, and in no sample.");
        var invalid = runs.Count(r => r.InvalidReason is not null);
        if (invalid > 0) remarks.Add($"{Runs(invalid)} invalid: left out of the statistics.");
        return remarks;
    }

    private static string Runs(int n) => n == 1 ? "1 run" : Text($"{n} runs");

    private static Usd CostOf(RunRecord[] runs) => runs.Aggregate(Usd.Zero, (sum, r) => sum + (r.Cost.Amount ?? Usd.Zero));

    private static IEnumerable<double> Milliseconds(RunRecord[] runs, Func<CallTimings, TimeSpan?> time) =>
        runs.Select(r => time(r.Timings)?.TotalMilliseconds).OfType<double>();

    private static double? Speed(RunRecord run) => run.Timings.TokensPerSecond(run.Usage?.Tokens.TotalOutput ?? 0);

    private static double? Throughput(RunRecord[] counted)
    {
        if (counted.Length == 0) return null;
        var span = counted.Max(r => r.Started + r.Timings.EndToEnd) - counted.Min(r => r.Started);
        return span > TimeSpan.Zero ? counted.Length / span.TotalSeconds : null;
    }

    private static double? Mean(IEnumerable<double> values)
    {
        var all = values.ToArray();
        return all.Length == 0 ? null : all.Sum() / all.Length;
    }

    /// <summary>FNV-1a of the key: each row has its own resamples, and always the same ones.</summary>
    private static ulong SeedOf(string key) => key.Aggregate(14695981039346656037UL, (hash, c) => (hash ^ c) * 1099511628211UL);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
