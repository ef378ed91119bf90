using System.Globalization;
using CostMonitor.Core.Input;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing;

/// <summary>The discounts of an agreement, laid over a catalog of list prices: a file beside the price files, which stay as they are.</summary>
public sealed class PriceOverlay
{
    private readonly string _name;
    private readonly string _file;
    private readonly IReadOnlyList<(string Path, Discount Discount)> _discounts;

    private PriceOverlay(string name, string file, IReadOnlyList<(string, Discount)> discounts) => (_name, _file, _discounts) = (name, file, discounts);

    /// <exception cref="InputException">All faults of the file.</exception>
    public static PriceOverlay Parse(string file, string json) => InputFaults.ReadJson(json, file, Read);

    /// <summary>The catalog with the discounts: a row that one covers in part is divided at its days.</summary>
    /// <exception cref="InputException">Two discounts cover one row on one day, or one covers nothing.</exception>
    public PriceCatalog Over(PriceCatalog catalog)
    {
        var faults = new InputFaults();
        foreach (var (path, discount) in _discounts)
        {
            if (!catalog.Prices.Any(discount.Covers)) faults.Add(_file, path, "The discount covers no price of the catalog.");
        }

        var models = catalog.Models.Select(m => m with { Prices = [.. m.Prices.SelectMany(p => Divide(p, faults))] }).ToArray();
        faults.ThrowIfAny();
        return new PriceCatalog(models);
    }

    private List<Price> Divide(Price price, InputFaults faults)
    {
        var parts = new List<Price>();
        var from = price.EffectiveFrom;
        foreach (var (path, discount) in _discounts.Where(d => d.Discount.Covers(price)).OrderBy(d => d.Discount.From))
        {
            var discounted = discount.Of(price, _name);
            if (discounted.EffectiveFrom < from)
            {
                faults.Add(_file, path, string.Create(
                    CultureInfo.InvariantCulture, $"Another discount covers {price.Offer} on {discounted.EffectiveFrom:yyyy-MM-dd} already."));
                continue;
            }

            if (discounted.EffectiveFrom > from) parts.Add(Part(price, from, discounted.EffectiveFrom));
            parts.Add(discounted);
            from = discounted.EffectiveTo ?? DateOnly.MaxValue;
        }

        if (from < (price.EffectiveTo ?? DateOnly.MaxValue)) parts.Add(Part(price, from, price.EffectiveTo));
        return parts;
    }

    private static Price Part(Price price, DateOnly from, DateOnly? to) =>
        price.EffectiveFrom == from && price.EffectiveTo == to ? price : price with { EffectiveFrom = from, EffectiveTo = to, Multiple = null };

    private static PriceOverlay? Read(InputNode root)
    {
        root.AllowOnly("overlay", "discounts");
        var name = root.RequiredText("overlay", "a name, as in contoso-2026");
        if (root.Required("discounts", "an array of discounts") is not { } discounts) return null;
        var read = new List<(string, Discount)>();
        foreach (var node in discounts.Items("an array of discounts"))
        {
            if (ReadOne(node) is { } discount) read.Add((node.Path, discount));
        }

        return new PriceOverlay(name, root.File, read);
    }

    private static Discount? ReadOne(InputNode node)
    {
        node.AllowOnly("provider", "models", "tier", "deployment", "effectiveFrom", "effectiveTo", "times", "classes", "source");
        var (provider, models) = (node.RequiredText("provider", "a provider"), node.OptionalText("models", "a model, or a pattern with *") ?? "*");
        var (from, to) = (node.RequiredDate("effectiveFrom"), node.OptionalDate("effectiveTo"));
        if (to <= from) node.Fault("'effectiveTo' must be later than 'effectiveFrom'.");
        var times = node.Required("times", "what is left of a price, as in 0.88") is null ? null : node.OptionalDecimal("times", 0, 1);
        var source = node.RequiredText("source", "the agreement");
        var classes = new List<TokenClass>();
        foreach (var item in node.Property("classes")?.Items("an array of token classes") ?? [])
        {
            if (TokenClasses.TryParse(item.Text("a token class"), out var tokenClass)) classes.Add(tokenClass);
            else item.Fault($"Expected one of {string.Join(", ", TokenClasses.All.Select(TokenClasses.NameOf))}, got {item.Shown()}.");
        }

        ServiceTier? tier = node.Property("tier") is null ? null : node.OptionalName("tier", ServiceTier.Standard);
        DeploymentType? deployment = node.Property("deployment") is null ? null : node.OptionalName("deployment", DeploymentType.None);
        return from is null || times is null
            ? null
            : new Discount(provider, new ModelPattern(models), tier, deployment, from.Value, to, times.Value, classes, source);
    }
}
