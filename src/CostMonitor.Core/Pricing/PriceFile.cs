using System.Globalization;
using CostMonitor.Core.Input;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing;

/// <summary>Reads the price files: one JSON file a provider, in USD per million tokens.</summary>
public static class PriceFile
{
    /// <summary>No price of any provider is near this; above it a unit has been mixed up.</summary>
    private const decimal HighestPerMillion = 100_000m;

    private static readonly (string Name, TokenClass Class)[] Classes =
    [
        ("input", TokenClass.Input), ("cachedInput", TokenClass.CachedInput), ("cacheWrite", TokenClass.CacheWrite),
        ("output", TokenClass.Output), ("reasoning", TokenClass.Reasoning),
        ("audioInput", TokenClass.AudioInput), ("audioOutput", TokenClass.AudioOutput),
    ];

    /// <exception cref="InputException">A file is faulty, or two rows hold for one model on one day; all faults of all files.</exception>
    public static PriceCatalog ParseAll(IEnumerable<(string File, string Json)> files)
    {
        var faults = new InputFaults();
        var rows = new List<Row>();
        foreach (var (file, json) in files)
        {
            if (faults.TryReadJson(json, file, ReadFile) is { } read) rows.AddRange(read);
        }

        NoteOverlaps(rows, faults);
        faults.ThrowIfAny();
        return new PriceCatalog(rows.Select(r => r.Price));
    }

    private static List<Row>? ReadFile(InputNode root)
    {
        root.AllowOnly("provider", "currency", "unit", "prices");
        var provider = root.RequiredText("provider", "the provider's name, as in openai");
        Expect(root, "currency", "USD");
        Expect(root, "unit", "per_million_tokens");
        if (root.Required("prices", "an array of prices") is not { } prices) return null;
        return [.. from node in prices.Items("an array of prices")
                   let price = ReadPrice(node, provider)
                   where price is not null
                   select new Row(node.File, node.Path, price)];
    }

    private static void Expect(InputNode root, string name, string only)
    {
        if (root.Required(name, $"'{only}'") is not { } node) return;
        if (node.Text($"'{only}'") is { Length: > 0 } text && text != only) node.Fault($"Expected '{only}', got '{text}'.");
    }

    private static Price? ReadPrice(InputNode node, string provider)
    {
        node.AllowOnly(["model", "label", "effectiveFrom", "effectiveTo", "checked", "source", "note", .. Classes.Select(c => c.Name)]);
        var model = node.RequiredText("model", "the provider's model name");
        var label = node.RequiredText("label", "a pricing label, as in openai-2024-10-01");
        var source = node.RequiredText("source", "the address or document that states the price");
        var from = RequiredDate(node, "effectiveFrom");
        var to = node.OptionalDate("effectiveTo");
        var checkedOn = RequiredDate(node, "checked");
        var perMillion = new Dictionary<TokenClass, decimal>();
        foreach (var (name, tokenClass) in Classes)
        {
            if (node.OptionalDecimal(name, 0, HighestPerMillion) is { } price) perMillion[tokenClass] = price;
        }

        if (perMillion.Count == 0) node.Fault("A price needs at least one class, as in \"input\": 2.50.");
        if (to <= from) node.Fault("'effectiveTo' must be later than 'effectiveFrom'.");
        var isNamed = ModelKey.TryParse($"{provider}:{model}", out var key);
        if (!isNamed && provider.Length > 0 && model.Length > 0)
        {
            node.Property("model")?.Fault($"'{provider}:{model}' is no model: expected provider:model, as in openai:gpt-4o.");
        }

        if (!isNamed || from is null || checkedOn is null) return null;
        return new Price
        {
            Model = key,
            Label = label,
            EffectiveFrom = from.Value,
            EffectiveTo = to,
            Checked = checkedOn.Value,
            Source = source,
            PerMillionTokens = perMillion,
        };
    }

    private static DateOnly? RequiredDate(InputNode node, string name) =>
        node.Required(name, "a day as yyyy-MM-dd") is null ? null : node.OptionalDate(name);

    private static void NoteOverlaps(List<Row> rows, InputFaults faults)
    {
        foreach (var model in rows.GroupBy(r => r.Price.Model))
        {
            Row? earlier = null;
            foreach (var row in model.OrderBy(r => r.Price.EffectiveFrom))
            {
                if (earlier is not null && earlier.End > row.Price.EffectiveFrom)
                {
                    faults.Add(row.File, row.Path, string.Create(
                        CultureInfo.InvariantCulture,
                        $"{row.Price.Model} has two prices on {row.Price.EffectiveFrom:yyyy-MM-dd}: end {earlier.File} {earlier.Path} on that day."));
                }

                if (earlier is null || earlier.End < row.End) earlier = row;
            }
        }
    }

    private sealed record Row(string File, string Path, Price Price)
    {
        public DateOnly End => Price.EffectiveTo ?? DateOnly.MaxValue;
    }
}
