using System.Globalization;
using CostMonitor.Core.Input;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing;

/// <summary>Reads the rows of one model.</summary>
internal static class PriceRows
{
    /// <summary>No provider's fee is near this; above it a unit has been mixed up.</summary>
    private const decimal HighestFee = 10_000m;

    private const long HighestTier = 100_000_000;

    private static readonly string[] Known =
    [
        "label", "effectiveFrom", "effectiveTo", "checked", "source", "note", "currency", "tier", "deployment", "region",
        "times", "perMillionTokens", "promptTiers", "tierCharge", "perRequest", "perImage", "perHour",
    ];

    public static List<PriceRow> Read(InputNode prices, ModelKey model)
    {
        var read = new List<(InputNode Node, PriceRow Row)>();
        foreach (var node in prices.Items("an array of prices"))
        {
            if (ReadOne(node, model) is { } price) read.Add((node, new PriceRow(node.File, node.Path, price)));
        }

        return [.. read.Select(r => r.Row.Price.Multiple is { } multiple ? Multiplied(r.Node, r.Row, multiple, read.ConvertAll(o => o.Row)) : r.Row)];
    }

    private static Price? ReadOne(InputNode node, ModelKey model)
    {
        NoteUnitless(node);
        var label = node.RequiredText("label", "a pricing label, as in openai-2024-10-01");
        var source = node.RequiredText("source", "the address or document that states the price");
        var (from, to, checkedOn) = (node.RequiredDate("effectiveFrom"), node.OptionalDate("effectiveTo"), node.RequiredDate("checked"));
        if (to <= from) node.Fault("'effectiveTo' must be later than 'effectiveFrom'.");
        var rates = node.Property("perMillionTokens") is { } tokens ? TokenRateReader.Read(tokens, TokenRates.None) : TokenRates.None;
        var price = new Price
        {
            Offer = new Offer(
                model, node.OptionalName("tier", ServiceTier.Standard), node.OptionalName("deployment", DeploymentType.None),
                node.OptionalText("region", "a region, as in swedencentral")),
            Label = label,
            EffectiveFrom = from ?? default,
            EffectiveTo = to,
            Checked = checkedOn ?? default,
            Source = source,
            Note = node.OptionalText("note", "a text"),
            Currency = ReadCurrency(node),
            PerMillionTokens = rates,
            PromptTiers = ReadTiers(node, rates),
            TierCharge = node.OptionalName("tierCharge", TierCharge.WholeCall),
            PerRequest = node.OptionalDecimal("perRequest", 0, HighestFee),
            PerImage = node.OptionalDecimal("perImage", 0, HighestFee),
            PerHour = node.OptionalDecimal("perHour", 0, HighestFee),
            Multiple = ReadMultiple(node),
        };
        if (price.Multiple is not null && (!rates.IsEmpty || price.PromptTiers.Count > 0))
        {
            node.Fault("A row that is a multiple of another tier's has no token prices of its own; leave out 'times' or the prices.");
        }

        if (price is { Multiple: null, PerRequest: null, PerImage: null, PerHour: null } && rates.IsEmpty)
        {
            node.Fault("A price needs at least one figure, as in \"perMillionTokens\": {\"input\": 2.50}.");
        }

        return from is null || checkedOn is null ? null : price;
    }

    /// <summary>A class beside the units instead of in one: the commonest way to mix a unit up.</summary>
    private static void NoteUnitless(InputNode node)
    {
        if (!node.IsObject)
        {
            node.AllowOnly(Known); // says so
            return;
        }

        foreach (var property in node.Element.EnumerateObject())
        {
            if (Known.Contains(property.Name)) continue;
            node.Child(property.Name, property.Value).Fault(TokenClasses.TryParse(property.Name, out _)
                ? "A price without a unit; put it into \"perMillionTokens\"."
                : $"Unknown property; expected one of {string.Join(", ", Known)}.");
        }
    }

    private static string ReadCurrency(InputNode node)
    {
        var currency = node.RequiredText("currency", "a currency, as in USD");
        if (currency is { Length: 3 } && currency.All(char.IsAsciiLetterUpper)) return currency;
        if (currency.Length > 0) node.Property("currency")?.Fault($"Expected a currency as three capital letters, got '{currency}'.");
        return Price.Dollar;
    }

    private static List<PromptTier> ReadTiers(InputNode node, TokenRates below)
    {
        var tiers = new List<PromptTier>();
        foreach (var item in node.Property("promptTiers")?.Items("an array of tiers") ?? [])
        {
            item.AllowOnly("above", "perMillionTokens");
            var above = item.Required("above", "a number of prompt tokens") is null ? null : item.OptionalInteger("above", 1, HighestTier);
            if (above is { } limit && tiers.Count > 0 && limit <= tiers[^1].Above) item.Fault("Tiers must be in ascending order.");
            if (item.Required("perMillionTokens", "the tier's prices") is { } rates)
            {
                tiers.Add(new PromptTier(above ?? HighestTier, TokenRateReader.Read(rates, below)));
            }
        }

        return tiers;
    }

    private static PriceMultiple? ReadMultiple(InputNode node)
    {
        if (node.Property("times") is not { } times) return null;
        times.AllowOnly("factor", "of");
        var factor = times.Required("factor", "a number, as in 0.5") is null ? null : times.OptionalDecimal("factor", 0.000001m, 100);
        _ = times.Required("of", "a tier");
        var of = times.OptionalName("of", ServiceTier.Standard);
        return factor is { } number ? new PriceMultiple(number, of) : null;
    }

    /// <summary>Works a row out from the row of another tier that holds on all of its days.</summary>
    private static PriceRow Multiplied(InputNode node, PriceRow row, PriceMultiple multiple, List<PriceRow> rows)
    {
        var price = row.Price;
        var holding = rows.Where(r => r.Price.Multiple is null && r.Price.Offer == price.Offer with { Tier = multiple.Of }
            && r.Price.EffectiveFrom <= price.EffectiveFrom && r.End >= row.End).ToArray();
        if (holding is not [{ Price: { } original }] || original.Currency != price.Currency)
        {
            node.Fault(string.Create(CultureInfo.InvariantCulture,
                $"There is no {EnumNames.Of(multiple.Of)} row with stated prices in {price.Currency} that holds from {price.EffectiveFrom:yyyy-MM-dd} on for as long as this row; write one row for each."));
            return row;
        }

        return row with
        {
            Price = price with
            {
                PerMillionTokens = original.PerMillionTokens.Times(multiple.Times),
                PromptTiers = [.. original.PromptTiers.Select(t => new PromptTier(t.Above, t.PerMillionTokens.Times(multiple.Times)))],
                TierCharge = original.TierCharge,
            },
        };
    }
}
