using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Statistics;

/// <summary>Speed, cost and robustness of one group of runs, side by side: a basis for a choice, not a ranking.</summary>
/// <remarks>Latency, speed and quality are of the runs that count: measured, succeeded and valid. Money is of every run, since all are paid.</remarks>
public sealed record SummaryRow
{
    /// <summary>The model, prompt or whatever else the summary is by.</summary>
    public required string Key { get; init; }

    /// <summary>Measured runs, whatever became of them.</summary>
    public required int Runs { get; init; }

    public required int Succeeded { get; init; }

    public required int Failed { get; init; }

    /// <summary>Succeeded runs whose figures cannot be trusted; they are left out of all statistics.</summary>
    public required int Invalid { get; init; }

    public required int WarmUps { get; init; }

    /// <summary>Measured runs that the cache answered; they are in no sample, and cost nothing.</summary>
    public int Cached { get; init; }

    /// <summary>What providers would have billed for them, as far as there is a price.</summary>
    public Usd Saved { get; init; }

    /// <summary>Measured runs that needed more than one attempt.</summary>
    public int Retried { get; init; }

    /// <summary>Failed attempts of all runs of which it is not known whether they were billed; <see cref="Cost"/> holds nothing for them.</summary>
    public int UnknownAttempts { get; init; }

    /// <summary>Failed measured runs by the place where they failed.</summary>
    public required IReadOnlyDictionary<FailureStage, int> FailedAt { get; init; }

    public SampleSummary? LatencyMs { get; init; }

    public SampleSummary? TtftMs { get; init; }

    public SampleSummary? TtfcMs { get; init; }

    /// <summary>Gaps between token-bearing chunks, those of all runs together.</summary>
    public SampleSummary? ItlMs { get; init; }

    public SampleSummary? TokensPerSecond { get; init; }

    /// <summary>Runs that counted per second, from the first start to the last end; null if no time passed.</summary>
    public double? RequestsPerSecond { get; init; }

    /// <summary>Tokens of every run, warm-ups and failures included.</summary>
    public required TokenUsage Tokens { get; init; }

    /// <summary>Runs whose tokens are estimates.</summary>
    public required int EstimatedUsage { get; init; }

    /// <summary>The known costs of every run, warm-ups and failures included; with unpriced runs the true sum is at least this.</summary>
    public required Usd Cost { get; init; }

    /// <summary>Runs of unknown cost.</summary>
    public required int Unpriced { get; init; }

    /// <summary>Cost in USD of a run that counts.</summary>
    public SampleSummary? CostPerRunUsd { get; init; }

    /// <summary>The whole <see cref="Cost"/>, failures and retries included, for each answer that kept its contract; null if none did. What a cheap token hides, this shows.</summary>
    public Usd? CostPerCompliant { get; init; }

    /// <summary>All <see cref="Tokens"/> for each answer that kept its contract; null if none did.</summary>
    public double? TokensPerCompliant { get; init; }

    /// <summary>Share of runs that count whose answer kept its contract; null if none counts.</summary>
    public double? ComplianceRate { get; init; }

    /// <summary>Wilson's 95 % interval of <see cref="ComplianceRate"/>.</summary>
    public Interval? ComplianceInterval { get; init; }

    /// <summary>Mean share of checks passed; null if no check applied.</summary>
    public double? CheckScore { get; init; }

    /// <summary>See <see cref="TextFigures.DiversityProxy"/>: variety and length, not truth.</summary>
    public SampleSummary? DiversityProxy { get; init; }

    /// <summary>What a reader must know before drawing a conclusion.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }
}
