namespace CostMonitor.Core.Pricing.Azure;

/// <summary>Which part of Azure's price list is asked for.</summary>
public sealed record AzureWish
{
    public static AzureWish All { get; } = new();

    /// <summary>The regions, as in <c>swedencentral</c>; empty for all.</summary>
    public IReadOnlyCollection<string> Regions { get; init; } = [];

    /// <summary>Names of meters whose suggestion is accepted, without regard to case.</summary>
    public IReadOnlyCollection<string> Accepted { get; init; } = [];

    public bool Covers(RetailMeter meter) => Regions.Count == 0 || meter.Region is null || Regions.Contains(meter.Region);

    public bool Accepts(string meterName) => Accepted.Contains(meterName, StringComparer.OrdinalIgnoreCase);
}
