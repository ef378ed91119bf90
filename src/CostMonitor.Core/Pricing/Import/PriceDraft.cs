using System.Globalization;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing.Import;

/// <summary>Gathers the figures of one row while its fields are read.</summary>
internal sealed class PriceDraft
{
    private readonly Dictionary<TokenClass, decimal> _figures = [];
    private readonly SortedDictionary<long, Dictionary<TokenClass, decimal>> _tiers = [];

    public decimal? PerRequest { get; set; }

    public decimal? PerImage { get; set; }

    /// <summary>True while there is nothing to charge below every limit, as a row must have.</summary>
    public bool IsEmpty => _figures.Count == 0 && PerRequest is null && PerImage is null;

    public bool HasTiersOnly => IsEmpty && _tiers.Count > 0;

    public bool Has(TokenClass tokenClass) => _figures.ContainsKey(tokenClass);

    /// <param name="tokenClass">The class.</param>
    /// <param name="above">The prompt tokens above which the figure holds; 0 for every prompt.</param>
    /// <param name="perMillion">The figure.</param>
    /// <returns>False if the class has another figure there already, which stays.</returns>
    public bool Set(TokenClass tokenClass, long above, decimal perMillion)
    {
        var figures = _figures;
        if (above > 0 && !_tiers.TryGetValue(above, out figures)) _tiers[above] = figures = [];
        return figures.TryAdd(tokenClass, perMillion) || figures[tokenClass] == perMillion;
    }

    public Price ToPrice(Offer offer, ImportSource source, DateOnly from, DateOnly? to, string? note) => new()
    {
        Offer = offer,
        Label = string.Create(CultureInfo.InvariantCulture, $"{offer.Model.Provider}-{from:yyyy-MM-dd}"),
        EffectiveFrom = from,
        EffectiveTo = to,
        Source = source.Citation,
        Checked = source.Checked,
        Note = note,
        PerMillionTokens = Rates(_figures),
        PromptTiers = Tiers(),
        PerRequest = PerRequest,
        PerImage = PerImage,
    };

    /// <summary>A class that a tier does not state keeps what holds below it.</summary>
    private List<PromptTier> Tiers()
    {
        var (tiers, below) = (new List<PromptTier>(), Rates(_figures));
        foreach (var (above, figures) in _tiers)
        {
            below = Rates(figures).Over(below);
            tiers.Add(new PromptTier(above, below));
        }

        return tiers;
    }

    private static TokenRates Rates(Dictionary<TokenClass, decimal> figures) => TokenRates.Of(figures.Select(f => (f.Key, f.Value)));
}
