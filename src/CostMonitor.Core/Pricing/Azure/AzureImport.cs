using System.Globalization;

namespace CostMonitor.Core.Pricing.Azure;

/// <summary>Azure's price list as rows of the catalog, and all of it that no row was made from.</summary>
/// <param name="Models">The models of provider <see cref="Provider"/>, by their key.</param>
/// <param name="Used">How many prices of the list went into their rows.</param>
/// <param name="Unused">The others, each with its reason, in the order of the list. Prices of regions that were not asked for are in neither.</param>
public sealed record AzureImport(IReadOnlyList<PricedModel> Models, int Used, IReadOnlyList<UnusedMeter> Unused)
{
    public const string Provider = "azure-openai";

    /// <summary>The list that the rows name as their source.</summary>
    public const string Source = "https://prices.azure.com/api/retail/prices";

    public const string ApiVersion = "2023-01-01-preview";

    /// <summary>Prices that no row was made from, of one kind.</summary>
    public IEnumerable<UnusedMeter> Of(UnusedKind kind) => Unused.Where(u => u.Kind == kind);

    /// <param name="meters">The list.</param>
    /// <param name="table">What its meters price.</param>
    /// <param name="wanted">Which part of it is asked for.</param>
    /// <param name="read">The day (UTC) on which it was read.</param>
    public static AzureImport From(IEnumerable<RetailMeter> meters, MeterTable table, AzureWish wanted, DateOnly read)
    {
        var sorting = MeterSorting.Sort(meters, table, wanted, read);
        var like = new Price
        {
            Offer = default,
            Label = string.Create(CultureInfo.InvariantCulture, $"{Provider}-{read:yyyy-MM-dd}"),
            EffectiveFrom = read,
            Checked = read,
            Source = string.Create(CultureInfo.InvariantCulture, $"{Source}?api-version={ApiVersion}, read on {read:yyyy-MM-dd}"),
        };
        var models = sorting.Figures.GroupBy(f => f.Rule.Model, StringComparer.Ordinal).Select(g => new PricedModel
        {
            Key = new ModelKey(Provider, g.Key),
            Aliases = table.AliasesOf(g.Key),
            Prices = [.. g.GroupBy(f => f.Offer).SelectMany(offer => OfferRows.Of(offer.Key, offer, like))],
        });
        return new AzureImport([.. models.OrderBy(m => m.Key)], sorting.Figures.Count, sorting.Unused);
    }
}
