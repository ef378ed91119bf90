namespace CostMonitor.Core.Pricing.Import;

/// <summary>What a source of prices says, in the terms of the catalog, and an exact account of what it says beyond that.</summary>
/// <param name="Models">The models by key; no two share a name.</param>
/// <param name="Skipped">What was not taken over, by entry and field.</param>
public sealed record ImportedPrices(IReadOnlyList<PricedModel> Models, IReadOnlyList<ImportNote> Skipped)
{
    /// <summary>Offers that the source prices twice, and differently.</summary>
    public IReadOnlyList<SourceConflict> Conflicts { get; init; } = [];

    /// <summary>The same for some providers only.</summary>
    public ImportedPrices For(IReadOnlyCollection<string> providers) => this with
    {
        Models = [.. Models.Where(m => providers.Contains(m.Key.Provider))],
        Conflicts = [.. Conflicts.Where(c => providers.Contains(c.First.Model.Provider))],
    };
}
