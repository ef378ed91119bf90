using CostMonitor.Core.Pricing.Import;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary>Which quarantined changes the caller has confirmed.</summary>
internal sealed class Confirmations
{
    private readonly HashSet<string> _offers;
    private readonly bool _all;

    /// <exception cref="InvalidOperationException">An offer has no quarantined change.</exception>
    public Confirmations(CatalogChanges changes, string[] offers, bool all)
    {
        (_offers, _all) = ([.. offers], all);
        var quarantined = changes.All.Where(c => c.IsQuarantined).ToArray();
        var unknown = _offers.Except(quarantined.Select(c => c.Offer.ToString())).ToArray();
        if (unknown.Length > 0) throw new InvalidOperationException($"Nothing is quarantined for '{string.Join("', '", unknown)}'; write the offer as the preview does.");
        Open = [.. quarantined.Where(c => !Has(c))];
    }

    /// <summary>Quarantined changes that were not confirmed.</summary>
    public IReadOnlyList<CatalogChange> Open { get; }

    public bool Has(CatalogChange change) => _all || _offers.Contains(change.Offer.ToString());
}
