namespace CostMonitor.Core.Pricing.Azure;

/// <summary>One price of Azure's list: an item of the Retail Prices API.</summary>
public sealed record RetailMeter
{
    public const string Consumption = "Consumption";

    public required string MeterId { get; init; }

    /// <summary>Free text such as <c>gpt 4.1 mini cached Inp glbl Tokens</c>; it is all that tells which model is meant.</summary>
    public required string MeterName { get; init; }

    public required string ProductName { get; init; }

    /// <summary>As in <c>swedencentral</c>; null where the price is for no region.</summary>
    public string? Region { get; init; }

    /// <summary>What the price is for, as Azure writes it: <c>1K</c>, <c>1/Hour</c>.</summary>
    public required string UnitOfMeasure { get; init; }

    /// <summary>USD a unit: 0 or more.</summary>
    public required decimal RetailPrice { get; init; }

    /// <summary>The consumption from which on the price holds; 0 for all.</summary>
    public decimal TierMinimumUnits { get; init; }

    /// <summary><c>Consumption</c>, or the kind of price that it is instead, as in <c>Reservation</c>.</summary>
    public required string Type { get; init; }

    /// <summary>What a reservation is bought for, as in <c>1 Year</c>; null for other prices.</summary>
    public string? ReservationTerm { get; init; }

    /// <summary>The first day (UTC) on which the price holds.</summary>
    public required DateOnly From { get; init; }

    /// <summary>The first day on which it no longer holds; null while it holds.</summary>
    public DateOnly? To { get; init; }
}
