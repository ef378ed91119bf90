namespace CostMonitor.Core.Pricing.Azure;

/// <summary>Why a price of the list was not used.</summary>
public enum UnusedKind
{
    /// <summary>No table names its meter.</summary>
    Unmapped,

    /// <summary>Its meter is named, and the price contradicts itself or another one.</summary>
    Refused,

    /// <summary>It is no price of consumption from the first unit on that holds today or later.</summary>
    NotPriced,

    /// <summary>The list says it twice.</summary>
    Duplicate,
}
