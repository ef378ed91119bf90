using CostMonitor.Core.Calling;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Repricing;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Runs;

/// <summary>All that is kept of one run, whether it succeeded or failed.</summary>
public sealed record RunRecord
{
    public required RunId Id { get; init; }

    /// <summary>A fresh id for each paid attempt: two records of one run with different attempts mean that it was paid for twice.</summary>
    public required Guid Attempt { get; init; }

    public required string Plan { get; init; }

    public required ModelKey Model { get; init; }

    public required string PromptId { get; init; }

    public required string Category { get; init; }

    public int Repetition { get; init; }

    public RunPhase Phase { get; init; }

    /// <summary>For whom and for what the run was made.</summary>
    public CallTags Tags { get; init; } = CallTags.None;

    public CallPriority Priority { get; init; }

    /// <summary>When the call began, UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The wait between being due and being called, never part of a latency.</summary>
    public TimeSpan QueueWait { get; init; }

    /// <summary>The waits for a provider's limit, never part of a latency.</summary>
    public TimeSpan LimiterWait { get; init; }

    /// <summary>The waits between attempts, never part of a latency.</summary>
    public TimeSpan RetryWait { get; init; }

    /// <summary>The attempts that failed before the one that the record is of; all of them where the chain refused to make another one.</summary>
    public IReadOnlyList<CallAttempt> EarlierAttempts { get; init; } = [];

    /// <summary>Requests to a provider: 0 for a run that was refused or answered by the cache.</summary>
    public int Attempts => EarlierAttempts.Count + (Cache is null && Failure is not { Stage: FailureStage.Admission } ? 1 : 0);

    /// <summary>Earlier attempts of which it cannot be known what the provider bills: <see cref="Cost"/> holds nothing for them.</summary>
    public int UnknownAttempts => EarlierAttempts.Count(static a => a.Cost is { Amount: null } && a.Usage is null);

    /// <summary>Null for a call of a deployment by its own name.</summary>
    public CallRoute? Route { get; init; }

    /// <summary>Whether the cache may have answered it; false as well for a record that was written before this was kept.</summary>
    public bool UsesCache { get; init; }

    /// <summary>Null when a provider was asked.</summary>
    public CacheHit? Cache { get; init; }

    /// <summary>What the provider would have billed for an answer of the cache; null without one, or without a price.</summary>
    public Usd? Saved { get; init; }

    /// <summary>Null when the model answered to the end.</summary>
    public RunFailure? Failure { get; init; }

    /// <summary>Why the figures cannot be trusted though the call succeeded, such as a reply that reports no tokens; null if they can.</summary>
    public string? InvalidReason { get; init; }

    public string? FinishReason { get; init; }

    public string? AnsweredBy { get; init; }

    public string? ProviderRequestId { get; init; }

    public required CallTimings Timings { get; init; }

    /// <summary>Null when it is not known what the call used.</summary>
    public MeasuredUsage? Usage { get; init; }

    /// <summary>What the provider bills the call as; null where the model was called under its own name in the ordinary form.</summary>
    public Offer? BilledAs { get; init; }

    /// <summary>What the call's price is looked up by.</summary>
    public Offer Offer => BilledAs ?? new Offer(Model);

    /// <summary>Priced when the run was recorded, and since then only by the <see cref="PriceChanges"/>.</summary>
    public required CallCost Cost { get; init; }

    /// <summary>Every later change of <see cref="Cost"/>, the first one first; empty while it is as recorded.</summary>
    public IReadOnlyList<PriceChange> PriceChanges { get; init; } = [];

    /// <summary>The cost before any of the <see cref="PriceChanges"/>: what the budgets were charged.</summary>
    public CallCost CostAsRecorded => PriceChanges.Count > 0 ? PriceChanges[0].Before : Cost;

    /// <summary>The budgets' accounts that the run was charged to, each with its whole cost, as <c>budget|period|value</c>; empty where no budget covers it.</summary>
    public IReadOnlyList<string> Ledgers { get; init; } = [];

    /// <summary>The id of the process that paid; null where no budget covers the run.</summary>
    public string? Worker { get; init; }

    /// <summary>What the prompt's contract said of the answer; empty for a failed run.</summary>
    public IReadOnlyList<CheckResult> Checks { get; init; } = [];

    public TextFigures Text { get; init; }

    /// <summary>The prompt; null unless the plan says that texts are kept.</summary>
    public string? PromptText { get; init; }

    /// <summary>The answer; null unless the plan says that texts are kept.</summary>
    public string? Completion { get; init; }

    public bool Succeeded => Failure is null;

    /// <summary>Whether the run enters latency, cost and quality figures. A cached answer measures nothing.</summary>
    public bool Counts => Succeeded && InvalidReason is null && Phase == RunPhase.Measured && Cache is null;

    /// <summary>Whether the answer kept its contract; null for a failed run.</summary>
    public bool? IsCompliant => Succeeded ? CheckScore.IsCompliant(Checks) : null;
}
