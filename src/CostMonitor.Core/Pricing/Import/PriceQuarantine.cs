using System.Globalization;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Pricing.Import;

/// <summary>Finds what is too odd in a new price to be taken over unseen.</summary>
internal static class PriceQuarantine
{
    private const decimal MostUnseen = 2; // a move by more than this factor, either way, is looked at

    /// <summary>The dearest tokens of any provider cost 600 USD per million (o1-pro, output); above this a price per thousand was taken for one per token.</summary>
    private const decimal HighestKnown = 1_000;

    /// <summary>The reasons, in words and figures; none for an ordinary price.</summary>
    /// <param name="before">The catalog's row; null for an offer that is new.</param>
    /// <param name="after">The source's.</param>
    public static IReadOnlyList<string> Reasons(Price? before, Price after)
    {
        var pairs = PriceFigures.Pairs(before, after).ToArray();
        return [.. before is null ? OfNew(pairs) : OfChange(before, after, pairs)];
    }

    private static IEnumerable<string> OfNew(FigurePair[] pairs)
    {
        if (pairs.All(p => p.After == 0)) yield return "every figure is 0: free, or not known to the source";
        foreach (var pair in pairs.Where(p => p.Unit == PriceUnit.MillionTokens && p.After > HighestKnown))
        {
            yield return $"{pair.Name} is {Usd(pair.After, pair.Unit)}, more than any provider asks: it looks like a unit mixed up";
        }
    }

    private static IEnumerable<string> OfChange(Price before, Price after, FigurePair[] pairs)
    {
        if (before.Currency != after.Currency) yield return $"the currency was {before.Currency} and becomes {after.Currency}";
        if (before.PromptTiers.Count > 0 && after.PromptTiers.Count > 0 && before.TierCharge != after.TierCharge)
        {
            yield return $"prices of long prompts were charged for the {EnumNames.Of(before.TierCharge)} and become charged for the {EnumNames.Of(after.TierCharge)}";
        }

        foreach (var tier in before.PromptTiers.Where(t => after.PromptTiers.All(a => a.Above != t.Above)))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"prompts of more than {tier.Above} tokens had prices of their own and have none any more");
        }

        var (gone, come) = (pairs.Where(p => p.After is null).ToArray(), pairs.Where(p => p.Before is null).ToArray());
        foreach (var pair in gone)
        {
            var other = come.Where(c => c.Unit != pair.Unit).Select(c => $"; {c.Name} is new, {Usd(c.After, c.Unit)}: the unit changes").FirstOrDefault();
            yield return $"{pair.Name} was {Usd(pair.Before, pair.Unit)} and has no price any more{other}";
        }

        foreach (var pair in pairs)
        {
            if (pair is { Before: { } old, After: { } fresh } && OfMove(pair, old, fresh) is { } reason) yield return reason;
        }
    }

    private static string? OfMove(FigurePair pair, decimal old, decimal fresh)
    {
        if (old == fresh) return null;
        var moves = $"{pair.Name} moves from {Usd(old, pair.Unit)} to {Usd(fresh, pair.Unit)}";
        if (fresh == 0) return $"{moves}: it falls to 0";
        if (old == 0) return $"{moves}: it rises from 0";
        var factor = Math.Max(old, fresh) / Math.Min(old, fresh);
        if (factor <= MostUnseen) return null;
        var times = string.Create(CultureInfo.InvariantCulture, $"{moves}, {(fresh > old ? "up" : "down")} by a factor of {factor:0.##}");
        return factor is (>= 900 and <= 1_100) or (>= 900_000 and <= 1_100_000) ? $"{times}: it looks like a unit mixed up" : times;
    }

    private static string Usd(decimal? figure, PriceUnit unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{figure:0.############} per {(unit == PriceUnit.MillionTokens ? "million tokens" : EnumNames.Of(unit))}");
}
