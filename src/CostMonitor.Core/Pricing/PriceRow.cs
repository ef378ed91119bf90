namespace CostMonitor.Core.Pricing;

/// <summary>A price and where it stands in its file.</summary>
internal sealed record PriceRow(string File, string Path, Price Price)
{
    public DateOnly End => Price.EffectiveTo ?? DateOnly.MaxValue;
}
