namespace CostMonitor.Core.Pricing.Import;

/// <summary>One offer of the catalog beside the source's price for it.</summary>
public sealed record CatalogChange
{
    public required CatalogChangeKind Kind { get; init; }

    public required Offer Offer { get; init; }

    /// <summary>The first day (UTC) that it is about.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The catalog's row on that day, or the first of two entries of the source that contradict each other; null if there is none.</summary>
    public Price? Before { get; init; }

    /// <summary>The row that the source asks for; null if it asks for none.</summary>
    public Price? After { get; init; }

    /// <summary>The model whose price the catalog gave to this name so far, by an alias or pattern; null if the name is new or has rows of its own.</summary>
    public ModelKey? SplitFrom { get; init; }

    /// <summary>Why it must be confirmed before it is applied, one reason an item, with figures; none if it need not be.</summary>
    public IReadOnlyList<string> Quarantine { get; init; } = [];

    /// <summary>What two statements contradict each other; null for every other kind.</summary>
    public string? Conflict { get; init; }

    public bool IsQuarantined => Quarantine.Count > 0;

    /// <summary>True for what applying writes, once it is confirmed if it must be.</summary>
    public bool IsApplicable => Kind is CatalogChangeKind.Added or CatalogChangeKind.Changed;

    /// <summary>The figures that differ.</summary>
    public IEnumerable<FigurePair> Figures => PriceFigures.Pairs(Before, After).Where(p => p.Before != p.After);
}
