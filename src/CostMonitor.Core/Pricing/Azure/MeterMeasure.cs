namespace CostMonitor.Core.Pricing.Azure;

/// <summary>What a meter counts.</summary>
public enum MeterMeasure
{
    /// <summary>Things, which the meter's name says: tokens, images, calls.</summary>
    Things,

    Second,

    Hour,

    Day,

    Month,
}
