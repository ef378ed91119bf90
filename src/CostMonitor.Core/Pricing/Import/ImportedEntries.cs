namespace CostMonitor.Core.Pricing.Import;

/// <summary>Puts the entries of a source together: several may speak of one model, and may contradict each other.</summary>
internal sealed class ImportedEntries
{
    private readonly List<(string Entry, bool IsPlain, Price Price)> _rows = [];
    private readonly List<(string Entry, ModelKey Model, string Name, bool IsPattern)> _names = [];
    private readonly List<ImportNote> _notes = [];
    private readonly List<SourceConflict> _conflicts = [];

    /// <param name="entry">The entry of the source.</param>
    /// <param name="price">A row of it.</param>
    /// <param name="isPlain">True if the entry does not say which Azure deployment type it is for.</param>
    public void Add(string entry, Price price, bool isPlain = false) => _rows.Add((entry, isPlain, price));

    public void AddName(string entry, ModelKey model, string name, bool isPattern) => _names.Add((entry, model, name, isPattern));

    public void Skip(string entry, string field, string reason) => _notes.Add(new ImportNote(entry, field, reason));

    public ImportedPrices ToPrices()
    {
        var rows = _rows.GroupBy(r => (r.Price.Offer, r.Price.EffectiveFrom)).SelectMany(Agreed).ToList();
        var models = MergeZones(rows).GroupBy(r => r.Model).OrderBy(g => g.Key).ToArray();
        var taken = models.Select(m => m.Key.ToString()).ToHashSet();
        var names = _names.OrderBy(n => n.Model).ThenBy(n => n.Name, StringComparer.Ordinal).Where(n => TakeName(n, taken)).ToLookup(n => n.Model);
        return new ImportedPrices(
            [.. models.Select(m => new PricedModel
            {
                Key = m.Key,
                Prices = [.. m],
                Aliases = [.. names[m.Key].Where(n => !n.IsPattern).Select(n => n.Name)],
                Patterns = [.. names[m.Key].Where(n => n.IsPattern).Select(n => new ModelPattern(n.Name))],
            })],
            [.. _notes.Distinct().OrderBy(n => n.Entry, StringComparer.Ordinal).ThenBy(n => n.Field, StringComparer.Ordinal).ThenBy(n => n.Reason, StringComparer.Ordinal)])
        {
            Conflicts = [.. _conflicts.OrderBy(c => c.First.Model).ThenBy(c => c.First.Offer.ToString(), StringComparer.Ordinal)],
        };
    }

    /// <summary>The rows that the entries for one offer and day leave: one if they agree, none if they contradict each other.</summary>
    /// <remarks>
    /// LiteLLM has Azure prices with a deployment type in the key and prices without one. The latter are those of Global Standard where
    /// both are there and agree; where they differ, the one without a type is the dearer regional price (gpt-4o-2024-11-20: 2.75 beside 2.50).
    /// </remarks>
    private List<Price> Agreed(IEnumerable<(string Entry, bool IsPlain, Price Price)> entries)
    {
        var ordered = entries.OrderBy(e => e.IsPlain).ThenBy(e => e.Entry, StringComparer.Ordinal).ToList();
        var first = ordered[0];
        var others = ordered.FindAll(e => !PriceFigures.AreSame(first.Price, e.Price));
        if (others.Count == 0) return [first.Price];
        if (!first.IsPlain && others is [{ IsPlain: true } plain]) return [first.Price, Regional(plain.Price)];
        foreach (var other in others) _conflicts.Add(new SourceConflict(first.Price, first.Entry, other.Price, other.Entry));
        return [];
    }

    private static Price Regional(Price price) => price with
    {
        Offer = price.Offer with { Deployment = DeploymentType.Regional },
        Note = Join("the source's entry without a deployment type, which differs from its global one", price.Note),
    };

    /// <summary>Prices that are the same in both data zones become one row without a zone.</summary>
    private static IEnumerable<Price> MergeZones(List<Price> rows)
    {
        foreach (var zones in rows.GroupBy(r => (r.Offer with { Region = null }, r.EffectiveFrom)))
        {
            var prices = zones.OrderBy(r => r.Offer.Region, StringComparer.Ordinal).ToArray();
            if (prices is [{ Offer.Region: "eu" } eu, { Offer.Region: "us" } us] && PriceFigures.AreSame(eu, us))
            {
                yield return eu with { Offer = eu.Offer with { Region = null } };
                continue;
            }

            foreach (var price in prices) yield return price;
        }
    }

    private bool TakeName((string Entry, ModelKey Model, string Name, bool IsPattern) name, HashSet<string> taken)
    {
        if (name.Name == name.Model.Model || taken.Add($"{name.Model.Provider}:{name.Name}")) return name.Name != name.Model.Model;
        Skip(name.Entry, $"match {name.Name}", SkipReasons.NameTaken);
        return false;
    }

    private static string Join(params IEnumerable<string?> parts) => string.Join("; ", parts.Where(p => p is not null));
}
