using System.Globalization;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Pricing;

/// <summary>Reads the price files: one JSON file a provider, as <c>docs/prices.md</c> describes them.</summary>
public static class PriceFile
{
    /// <summary>Reads a catalog.</summary>
    /// <exception cref="InputException">A file is faulty, two models share a name, or two rows hold for one offer on one day; all faults of all files.</exception>
    public static PriceCatalog ParseAll(IEnumerable<(string File, string Json)> files)
    {
        var faults = new InputFaults();
        var models = new List<ReadModel>();
        foreach (var (file, json) in files)
        {
            if (faults.TryReadJson(json, file, ReadFile) is { } read) models.AddRange(read);
        }

        NoteSharedNames(models, faults);
        foreach (var offer in models.SelectMany(m => m.Rows).GroupBy(r => r.Price.Offer)) NoteOverlaps(offer, faults);
        faults.ThrowIfAny();
        return new PriceCatalog(models.Select(m => m.Model));
    }

    private static List<ReadModel>? ReadFile(InputNode root)
    {
        root.AllowOnly("provider", "models");
        var provider = root.RequiredText("provider", "the provider's name, as in openai");
        if (root.Required("models", "an array of models") is not { } models) return null;
        return [.. from node in models.Items("an array of models")
                   let model = ReadOne(node, provider)
                   where model is not null
                   select model];
    }

    private static ReadModel? ReadOne(InputNode node, string provider)
    {
        node.AllowOnly("model", "aliases", "patterns", "prices");
        var name = node.RequiredText("model", "the provider's model name");
        if (name.Length == 0 || provider.Length == 0) return null;
        if (!ModelKey.TryCreate(provider, name, out var key))
        {
            node.Property("model")?.Fault($"'{provider}:{name}' is no model: expected provider:model, as in openai:gpt-4o.");
            return null;
        }

        var aliases = Texts(node, "aliases", "other names of the model", text => ModelKey.TryCreate(provider, text, out _));
        var patterns = Texts(node, "patterns", "patterns with {date} or *, as in gpt-4o-{date}", ModelPattern.IsPattern);
        var rows = node.Required("prices", "an array of prices") is { } prices ? PriceRows.Read(prices, key) : [];
        var model = new PricedModel
        {
            Key = key,
            Aliases = aliases,
            Patterns = [.. patterns.Select(p => new ModelPattern(p))],
            Prices = [.. rows.Select(r => r.Price)],
        };
        return new ReadModel(node, model, rows);
    }

    private static List<string> Texts(InputNode node, string name, string expected, Func<string, bool> isValid)
    {
        var texts = new List<string>();
        foreach (var item in node.Property(name)?.Items($"an array of {expected}") ?? [])
        {
            var text = item.Text(expected);
            if (text.Length > 0 && !isValid(text)) item.Fault($"Expected {expected}, got {item.Shown()}.");
            else if (text.Length > 0) texts.Add(text);
        }

        return texts;
    }

    private static void NoteSharedNames(List<ReadModel> models, InputFaults faults)
    {
        var owners = new Dictionary<string, ReadModel>();
        foreach (var model in models)
        {
            var (provider, names) = (model.Model.Key.Provider, model.Model.Aliases.Concat(model.Model.Patterns.Select(p => p.Text)));
            foreach (var name in names.Prepend(model.Model.Key.Model))
            {
                if (owners.TryAdd($"{provider}:{name}", model)) continue;
                var owner = owners[$"{provider}:{name}"];
                faults.Add(model.Node.File, model.Node.Path, $"'{provider}:{name}' names another model too: {owner.Node.File} {owner.Node.Path}.");
            }
        }
    }

    private static void NoteOverlaps(IEnumerable<PriceRow> rows, InputFaults faults)
    {
        PriceRow? earlier = null;
        foreach (var row in rows.OrderBy(r => r.Price.EffectiveFrom))
        {
            if (earlier is not null && earlier.End > row.Price.EffectiveFrom)
            {
                faults.Add(row.File, row.Path, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{row.Price.Offer} has two prices on {row.Price.EffectiveFrom:yyyy-MM-dd}: end {earlier.File} {earlier.Path} on that day."));
            }

            if (earlier is null || earlier.End < row.End) earlier = row;
        }
    }

    private sealed record ReadModel(InputNode Node, PricedModel Model, IReadOnlyList<PriceRow> Rows);
}
