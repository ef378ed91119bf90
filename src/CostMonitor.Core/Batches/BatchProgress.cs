using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Batches;

/// <summary>How far a batch has come.</summary>
public sealed record BatchProgress
{
    public required BatchId Id { get; init; }

    public required BatchKind Kind { get; init; }

    public required DateTimeOffset Submitted { get; init; }

    /// <summary>Logical runs asked for.</summary>
    public required int Runs { get; init; }

    /// <summary>Runs that have a record.</summary>
    public required int Recorded { get; init; }

    public required int Succeeded { get; init; }

    public required int Failed { get; init; }

    /// <summary>Known costs so far.</summary>
    public required Usd Cost { get; init; }

    /// <summary>Recorded runs of unknown cost.</summary>
    public required int Unpriced { get; init; }

    public required int Chunks { get; init; }

    public required int ChunksDone { get; init; }

    /// <summary>How often a worker took over a chunk whose worker had died; its calls in flight then may have been paid for twice.</summary>
    public required int Takeovers { get; init; }

    /// <summary>Queue messages of this batch that could not be used or failed too often.</summary>
    public required int Poisoned { get; init; }

    public BatchState State =>
        Recorded >= Runs ? BatchState.Done
        : Poisoned > 0 && ChunksDone + Poisoned >= Chunks ? BatchState.Incomplete
        : Recorded > 0 ? BatchState.Running
        : BatchState.Queued;
}
