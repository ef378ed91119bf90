namespace CostMonitor.Core.Pricing;

/// <summary>A model of the catalog: its names and all its rows.</summary>
public sealed record PricedModel
{
    private readonly Price[] _prices = [];

    public required ModelKey Key { get; init; }

    /// <summary>Other names that cost the same.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Patterns of other names that cost the same, such as dated versions. A name or alias of another model wins over them.</summary>
    public IReadOnlyList<ModelPattern> Patterns { get; init; } = [];

    /// <summary>The rows by tier, deployment, region and first day.</summary>
    public IReadOnlyList<Price> Prices
    {
        get => _prices;
        init => _prices = [.. value.OrderBy(p => p.Offer.Tier).ThenBy(p => p.Offer.Deployment)
            .ThenBy(p => p.Offer.Region, StringComparer.Ordinal).ThenBy(p => p.EffectiveFrom)];
    }

    /// <summary>The row that holds on a day (UTC): the region's own, or else the one without a region; null if there is none.</summary>
    public Price? Find(ServiceTier tier, DeploymentType deployment, string? region, DateOnly day)
    {
        Price? everywhere = null;
        foreach (var price in _prices)
        {
            if (price.Offer.Tier != tier || price.Offer.Deployment != deployment || !price.HoldsOn(day)) continue;
            if (price.Offer.Region == region) return price;
            if (price.Offer.Region is null) everywhere = price;
        }

        return everywhere;
    }

    /// <summary>The row of a price list for an offer: the region's own before the one without a region, then the one that holds on the day (UTC), then the latest.</summary>
    internal Price? FindUnder(string label, Offer offer, DateOnly day) => _prices
        .Where(p => p.Label == label && p.Offer.Tier == offer.Tier && p.Offer.Deployment == offer.Deployment && (p.Offer.Region is null || p.Offer.Region == offer.Region))
        .MaxBy(p => (p.Offer.Region is not null, p.HoldsOn(day), p.EffectiveFrom));
}
