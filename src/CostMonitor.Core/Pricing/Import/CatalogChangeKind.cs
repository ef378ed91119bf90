namespace CostMonitor.Core.Pricing.Import;

/// <summary>How a price of a source stands to the catalog.</summary>
public enum CatalogChangeKind
{
    /// <summary>The catalog has no price for the offer on that day.</summary>
    Added,

    /// <summary>The catalog has another price for the offer on that day.</summary>
    Changed,

    /// <summary>The catalog has a price that the source does not have, of a provider that the source covers. It is reported and stays.</summary>
    Removed,

    /// <summary>Two statements of the same day contradict each other: the source and a row of another source, or two entries of the source. Nothing changes.</summary>
    Conflicting,

    /// <summary>Both charge the same.</summary>
    Unchanged,
}
