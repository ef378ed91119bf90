using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing;

/// <summary>All known prices, by model, form and day. Immutable and thread-safe.</summary>
public sealed class PriceCatalog
{
    private const string Folder = "CostMonitor.Core.Pricing.Catalog.";

    private readonly FrozenDictionary<string, ProviderModels> _providers;

    /// <param name="models">Models whose names differ and whose rows do not overlap, as <see cref="PriceFile"/> makes sure.</param>
    public PriceCatalog(IEnumerable<PricedModel> models)
    {
        Models = [.. models.OrderBy(m => m.Key)];
        _providers = Models.GroupBy(m => m.Key.Provider).ToFrozenDictionary(g => g.Key, g => new ProviderModels([.. g]), StringComparer.Ordinal);
    }

    /// <summary>Every model, by its key.</summary>
    public IReadOnlyList<PricedModel> Models { get; }

    /// <summary>Every row, by model and then as <see cref="PricedModel.Prices"/>.</summary>
    public IEnumerable<Price> Prices => Models.SelectMany(m => m.Prices);

    /// <summary>The prices that this version of CostMonitor ships, one file a provider.</summary>
    public static PriceCatalog BuiltIn { get; } = PriceFile.ParseAll(BuiltInFiles());

    /// <summary>The files of <see cref="BuiltIn"/>: name and text.</summary>
    public static IEnumerable<(string File, string Json)> BuiltInFiles()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return from name in assembly.GetManifestResourceNames()
               where name.StartsWith(Folder, StringComparison.Ordinal)
               orderby name
               select (name, Read(assembly, name));
    }

    /// <summary>The model that a name means: its own, an alias's or a pattern's; null if the catalog does not know it.</summary>
    public PricedModel? Resolve(ModelKey name) => _providers.TryGetValue(name.Provider, out var models) ? models.Resolve(name.Model) : null;

    /// <summary>The row that holds for an offer on a day (UTC); null if there is none.</summary>
    public Price? Find(Offer offer, DateOnly day) => Resolve(offer.Model)?.Find(offer.Tier, offer.Deployment, offer.Region, day);

    /// <summary>The row that prices a call. A dated version that the provider names in its answer goes before the name that was asked for, if it has rows of its own.</summary>
    public Price? Find(Offer offer, string? answeredBy, DateOnly day) =>
        answeredBy is { Length: > 0 } && answeredBy != offer.Model.Model && OwnRow(offer, answeredBy, day) is { } exact ? exact : Find(offer, day);

    /// <summary>The cost of a call that started at an instant, by the price of that day (UTC).</summary>
    /// <param name="offer">What was asked for.</param>
    /// <param name="answeredBy">The model that answered by its own account; null if it did not say.</param>
    /// <param name="usage">The call's tokens.</param>
    /// <param name="started">When it began.</param>
    public CallCost CostOf(Offer offer, string? answeredBy, in TokenUsage usage, DateTimeOffset started)
    {
        var day = DateOnly.FromDateTime(started.UtcDateTime);
        return Find(offer, answeredBy, day) is { } price ? price.CostOf(usage) : CallCost.Unknown(WhyNot(offer, day));
    }

    /// <summary>The cost of a call by a named price list, on whatever days its rows hold.</summary>
    /// <inheritdoc cref="CostOf"/>
    public CallCost CostUnder(string label, Offer offer, string? answeredBy, in TokenUsage usage, DateTimeOffset started)
    {
        var day = DateOnly.FromDateTime(started.UtcDateTime);
        var own = answeredBy is { Length: > 0 } && answeredBy != offer.Model.Model ? OwnModel(offer, answeredBy)?.FindUnder(label, offer, day) : null;
        return (own ?? Resolve(offer.Model)?.FindUnder(label, offer, day)) is { } price
            ? price.CostOf(usage)
            : CallCost.Unknown($"No price for {offer} under the label {label}.");
    }

    /// <summary>The same for two catalogs with the same models and rows, and no others: 64 hex digits of a SHA-256.</summary>
    public string Fingerprint() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Concat(Models.GroupBy(m => m.Key.Provider).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => PriceFileWriter.Write(g.Key, g))))));

    /// <summary>Why an offer has no price on a day, for people.</summary>
    public string WhyNot(Offer offer, DateOnly day)
    {
        var none = string.Create(CultureInfo.InvariantCulture, $"No price for {offer} on {day:yyyy-MM-dd}");
        if (Resolve(offer.Model) is not { } model) return none + ".";
        var others = model.Prices.Where(p => p.HoldsOn(day)).Select(p => p.Offer with { Model = offer.Model }).Distinct().ToArray();
        if (others.Length > 0) return $"{none}; there is one for {string.Join(" and for ", others.Take(5))}.";
        var (first, last) = (model.Prices.Min(p => p.EffectiveFrom), model.Prices.Max(p => p.EffectiveTo));
        return day < first
            ? string.Create(CultureInfo.InvariantCulture, $"{none}; its prices begin on {first:yyyy-MM-dd}.")
            : string.Create(CultureInfo.InvariantCulture, $"{none}; its last price ended on {last:yyyy-MM-dd}.");
    }

    private Price? OwnRow(Offer offer, string answeredBy, DateOnly day) =>
        OwnModel(offer, answeredBy)?.Find(offer.Tier, offer.Deployment, offer.Region, day);

    private PricedModel? OwnModel(Offer offer, string name) => _providers.TryGetValue(offer.Model.Provider, out var models) ? models.Own(name) : null;

    private static string Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"Resource {name} is missing.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
