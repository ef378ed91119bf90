using System.Globalization;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing.Import;

/// <summary>Compares prices by what they charge, not by how they are written.</summary>
public static class PriceFigures
{
    /// <summary>True if both charge the same for every call: notes, sources and days do not count.</summary>
    public static bool AreSame(Price a, Price b) =>
        a.Currency == b.Currency && (a.TierCharge == b.TierCharge || (a.PromptTiers.Count == 0 && b.PromptTiers.Count == 0)) && Pairs(a, b).All(p => p.Before == p.After);

    /// <summary>Every figure that at least one of two prices states.</summary>
    /// <param name="before">The earlier price; null for none.</param>
    /// <param name="after">The later price; null for none.</param>
    public static IEnumerable<FigurePair> Pairs(Price? before, Price? after)
    {
        var limits = Tiers(before).Concat(Tiers(after)).Select(t => t.Above).Prepend(0).Distinct().Order().ToArray();
        foreach (var tokenClass in TokenClasses.All.Where(c => IsStated(before, c) || IsStated(after, c)))
        {
            foreach (var limit in limits)
            {
                var name = TokenClasses.NameOf(tokenClass) + (limit == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" above {limit}"));
                yield return new FigurePair(name, PriceUnit.MillionTokens, Rate(before, limit, tokenClass), Rate(after, limit, tokenClass));
            }
        }

        if (before?.PerRequest is not null || after?.PerRequest is not null) yield return new FigurePair("request", PriceUnit.Request, before?.PerRequest, after?.PerRequest);
        if (before?.PerImage is not null || after?.PerImage is not null) yield return new FigurePair("image", PriceUnit.Image, before?.PerImage, after?.PerImage);
        if (before?.PerHour is not null || after?.PerHour is not null) yield return new FigurePair("hour", PriceUnit.Hour, before?.PerHour, after?.PerHour);
    }

    private static IEnumerable<PromptTier> Tiers(Price? price) => price?.PromptTiers ?? [];

    private static bool IsStated(Price? price, TokenClass tokenClass) => price is not null
        && price.PromptTiers.Select(t => t.PerMillionTokens).Prepend(price.PerMillionTokens).Any(r => r[tokenClass] is not null && r.ChargedAs(tokenClass) == tokenClass);

    private static decimal? Rate(Price? price, long limit, TokenClass tokenClass) =>
        (Tiers(price).LastOrDefault(t => t.Above <= limit)?.PerMillionTokens ?? price?.PerMillionTokens)?[tokenClass];
}
