using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Calling;

/// <summary>One request to one deployment, as the record keeps it.</summary>
public sealed record CallAttempt
{
    public required ModelKey Model { get; init; }

    /// <summary>From the start of the call to the start of the attempt.</summary>
    public required TimeSpan At { get; init; }

    /// <summary>The wait right before it: back-off, or the provider's limit.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>From its request to its last byte, or to its failure.</summary>
    public required TimeSpan Took { get; init; }

    /// <summary>The HTTP status, if an answer came.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Null for the attempt that answered.</summary>
    public RunFailure? Failure { get; init; }

    /// <summary>What a failed attempt used, reported or estimated; null when nothing was billed or nothing is known, and for the attempt whose usage is that of the call.</summary>
    public MeasuredUsage? Usage { get; init; }

    /// <summary>What the attempt is billed as; null where that is <see cref="Model"/> in the ordinary form.</summary>
    public Offer? BilledAs { get; init; }

    /// <summary>What the attempt's price is looked up by.</summary>
    public Offer Offer => BilledAs ?? new Offer(Model);

    /// <summary>What an earlier attempt cost when it was recorded, a part of the run's cost; null for the last one, whose cost is the run's. A repricing changes the run's cost alone.</summary>
    public CallCost? Cost { get; init; }

    public string? ProviderRequestId { get; init; }
}
