namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>A change of stored costs as the audit keeps it.</summary>
public sealed record PriceChangeHead
{
    public required PriceChangeId Id { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who asked for it, in their own words.</summary>
    public required string By { get; init; }

    public required RepricingRequest Request { get; init; }

    /// <summary><see cref="PriceCatalog.Fingerprint"/> of the prices; null for a revert, which needs none.</summary>
    public string? Prices { get; init; }

    public PriceChangeState State { get; init; }

    /// <summary>Counts and sums; null while it is under way.</summary>
    public RepricingRow? Outcome { get; init; }
}
