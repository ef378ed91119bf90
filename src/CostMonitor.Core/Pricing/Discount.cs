using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing;

/// <summary>What an agreement takes off list prices over a span of days.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Models">The models, as a name or a pattern with <c>*</c>.</param>
/// <param name="Tier">One tier; null for all.</param>
/// <param name="Deployment">One deployment type; null for all.</param>
/// <param name="From">The first day (UTC).</param>
/// <param name="To">The first day on which it no longer holds; null while it holds.</param>
/// <param name="Times">What is left of a list price: 0.88 for 12 % off; 0 to 1.</param>
/// <param name="Classes">The token classes it is for; empty for all, and then for fees per request, image and hour too.</param>
/// <param name="Source">The agreement.</param>
internal sealed record Discount(
    string Provider, ModelPattern Models, ServiceTier? Tier, DeploymentType? Deployment, DateOnly From, DateOnly? To,
    decimal Times, IReadOnlyList<TokenClass> Classes, string Source)
{
    public DateOnly End => To ?? DateOnly.MaxValue;

    public bool Covers(Price price) =>
        price.Model.Provider == Provider && Models.Matches(price.Model.Model)
        && (Tier ?? price.Offer.Tier) == price.Offer.Tier && (Deployment ?? price.Offer.Deployment) == price.Offer.Deployment
        && From < (price.EffectiveTo ?? DateOnly.MaxValue) && price.EffectiveFrom < End;

    /// <summary>The row's figures with the discount, on the days that both hold.</summary>
    public Price Of(Price price, string overlay) => price with
    {
        Label = $"{price.Label}+{overlay}",
        Source = $"{price.Source}; {Source}",
        EffectiveFrom = price.EffectiveFrom > From ? price.EffectiveFrom : From,
        EffectiveTo = End < (price.EffectiveTo ?? DateOnly.MaxValue) ? To : price.EffectiveTo,
        PerMillionTokens = Of(price.PerMillionTokens),
        PromptTiers = [.. price.PromptTiers.Select(t => t with { PerMillionTokens = Of(t.PerMillionTokens) })],
        PerRequest = Fee(price.PerRequest),
        PerImage = Fee(price.PerImage),
        PerHour = Fee(price.PerHour),
        Multiple = null,
    };

    private TokenRates Of(TokenRates rates) => new(rates.Stated.Select(s => KeyValuePair.Create(
        s.Key, new TokenRate(Classes.Count == 0 || Classes.Contains(s.Key) ? s.Value.PerMillion * Times : s.Value.PerMillion))));

    private decimal? Fee(decimal? fee) => Classes.Count == 0 ? fee * Times : fee;
}
