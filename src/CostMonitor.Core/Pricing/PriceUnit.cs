namespace CostMonitor.Core.Pricing;

/// <summary>What a price is asked per.</summary>
public enum PriceUnit
{
    MillionTokens,
    Request,
    Image,
    Hour,
}
