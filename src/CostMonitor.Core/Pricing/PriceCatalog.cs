using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing;

/// <summary>All known prices, by model and day.</summary>
public sealed class PriceCatalog
{
    private readonly FrozenDictionary<ModelKey, Price[]> _prices;

    /// <param name="prices">Rows whose days do not overlap for one model, as <see cref="PriceFile"/> makes sure.</param>
    public PriceCatalog(IEnumerable<Price> prices) =>
        _prices = prices.GroupBy(p => p.Model)
            .ToFrozenDictionary(g => g.Key, g => g.OrderByDescending(p => p.EffectiveFrom).ToArray());

    /// <summary>Every row, by model and first day.</summary>
    public IEnumerable<Price> Prices => _prices.OrderBy(p => p.Key).SelectMany(p => p.Value.Reverse());

    /// <summary>The prices that this version of CostMonitor ships, one file a provider.</summary>
    public static PriceCatalog BuiltIn { get; } = ReadBuiltIn();

    /// <summary>The row that holds for a model on a day (UTC); null if there is none.</summary>
    public Price? Find(ModelKey model, DateOnly day)
    {
        if (!_prices.TryGetValue(model, out var rows)) return null;
        foreach (var row in rows)
        {
            if (row.HoldsOn(day)) return row;
        }

        return null;
    }

    /// <summary>The cost of a call that started at an instant, by the price of that day (UTC).</summary>
    public CallCost CostOf(ModelKey model, TokenUsage usage, DateTimeOffset started)
    {
        var day = DateOnly.FromDateTime(started.UtcDateTime);
        return Find(model, day)?.CostOf(usage)
            ?? CallCost.Unknown(string.Create(CultureInfo.InvariantCulture, $"No price for {model} on {day:yyyy-MM-dd}."));
    }

    private static PriceCatalog ReadBuiltIn()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = from name in assembly.GetManifestResourceNames()
                    where name.EndsWith(".json", StringComparison.Ordinal)
                    orderby name
                    select (name, Read(assembly, name));
        return PriceFile.ParseAll(files);
    }

    private static string Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"Resource {name} is missing.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
