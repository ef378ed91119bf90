namespace CostMonitor.Core.Pricing.Import;

/// <summary>What importing a source would do to a catalog.</summary>
public sealed class CatalogChanges
{
    private CatalogChanges(PriceCatalog catalog, IReadOnlyList<CatalogChange> all, IReadOnlyList<NameChange> names) => (Catalog, All, Names) = (catalog, all, names);

    /// <summary>The catalog that was compared.</summary>
    public PriceCatalog Catalog { get; }

    /// <summary>Every offer of the source, and every one that only the catalog has, by model, offer and day.</summary>
    public IReadOnlyList<CatalogChange> All { get; }

    /// <summary>Names that the catalog does not give to the models of the source.</summary>
    public IReadOnlyList<NameChange> Names { get; }

    /// <param name="catalog">The catalog as it is.</param>
    /// <param name="imported">The source.</param>
    /// <param name="day">The day (UTC) for which the source states the prices that it states no day for.</param>
    public static CatalogChanges Between(PriceCatalog catalog, ImportedPrices imported, DateOnly day)
    {
        var seen = new HashSet<Offer>();
        var changes = imported.Models.SelectMany(m => new ModelComparison(catalog, m, day).Compare(seen)).Concat(imported.Conflicts.Select(Conflict)).ToList();
        foreach (var conflict in imported.Conflicts)
        {
            seen.Add(conflict.First.Offer);
            if (catalog.Resolve(conflict.First.Model) is { } owner) seen.Add(conflict.First.Offer with { Model = owner.Key });
        }

        var providers = changes.Select(c => c.Offer.Model.Provider).ToHashSet();
        changes.AddRange(catalog.Prices.Where(p => providers.Contains(p.Model.Provider) && p.HoldsOn(day) && !seen.Contains(p.Offer)).Select(p => Removed(p, day)));
        return new CatalogChanges(
            catalog, [.. changes.OrderBy(c => c.Offer.Model).ThenBy(c => c.Offer.ToString(), StringComparer.Ordinal).ThenBy(c => c.Day).ThenBy(c => c.Kind)],
            [.. imported.Models.SelectMany(m => NamesOf(catalog, m))]);
    }

    public IEnumerable<CatalogChange> Of(CatalogChangeKind kind) => All.Where(c => c.Kind == kind);

    /// <summary>The models of the providers that applying touches; each provider's whole, as its file is to be.</summary>
    /// <param name="isConfirmed">Whether a quarantined change is to be applied.</param>
    public IReadOnlyList<PricedModel> Apply(Func<CatalogChange, bool> isConfirmed)
    {
        var models = Catalog.Models.ToDictionary(m => m.Key);
        var touched = new HashSet<string>();
        var applied = All.Where(c => c.IsApplicable && (!c.IsQuarantined || isConfirmed(c))).ToArray();
        foreach (var kept in KeptApart(applied)) models[kept.Offer.Model] = Begin(models, kept);
        foreach (var change in applied)
        {
            if (change.After is not { } row) continue;
            var model = models.GetValueOrDefault(row.Model) ?? Begin(models, change);
            models[row.Model] = model with { Prices = RowHistory.Insert(model.Prices, row) };
            touched.Add(row.Model.Provider);
        }

        foreach (var name in Names) AddName(models, name, touched);
        return [.. models.Values.Where(m => touched.Contains(m.Key.Provider)).OrderBy(m => m.Key)];
    }

    /// <summary>Names that keep their price while the model changes that an alias or pattern makes of them.</summary>
    private IEnumerable<CatalogChange> KeptApart(IEnumerable<CatalogChange> applied)
    {
        var changed = applied.Where(c => c.Kind == CatalogChangeKind.Changed).Select(c => c.Offer).ToHashSet();
        return All.Where(c => c.Kind == CatalogChangeKind.Unchanged && c.SplitFrom is { } owner && changed.Contains(c.Offer with { Model = owner }));
    }

    /// <summary>A model of its own for a name that an alias or pattern stood for: with the prices that the name had, so that no past day loses its price.</summary>
    private PricedModel Begin(Dictionary<ModelKey, PricedModel> models, CatalogChange change)
    {
        var key = change.Offer.Model;
        if (change.SplitFrom is not { } from || Catalog.Resolve(from) is not { } owner) return new PricedModel { Key = key };
        models[from] = models[from] with { Aliases = [.. models[from].Aliases.Where(a => a != key.Model)] };
        return new PricedModel { Key = key, Prices = [.. owner.Prices.Select(p => p with { Offer = p.Offer with { Model = key } })] };
    }

    /// <summary>A name goes to its model, or to the one that the catalog makes of it as long as both cost the same.</summary>
    private void AddName(Dictionary<ModelKey, PricedModel> models, NameChange name, HashSet<string> touched)
    {
        if (name.Refused is not null || models.ContainsKey(new ModelKey(name.Model.Provider, name.Name))) return;
        var key = models.ContainsKey(name.Model) ? name.Model : Catalog.Resolve(name.Model)?.Key;
        if (key is not { } owner || (owner != name.Model && All.Any(c => c.Offer.Model == name.Model && c.Kind != CatalogChangeKind.Unchanged))) return;
        var model = models[owner];
        models[owner] = name.IsPattern
            ? model with { Patterns = [.. model.Patterns, new ModelPattern(name.Name)] }
            : model with { Aliases = [.. model.Aliases, name.Name] };
        touched.Add(owner.Provider);
    }

    private static IEnumerable<NameChange> NamesOf(PriceCatalog catalog, PricedModel model)
    {
        var owner = catalog.Resolve(model.Key);
        foreach (var alias in model.Aliases)
        {
            var other = catalog.Resolve(new ModelKey(model.Key.Provider, alias));
            if (other is null) yield return new NameChange(model.Key, alias, null);
            else if (other.Key != owner?.Key) yield return new NameChange(model.Key, alias, $"the catalog prices it as {other.Key}");
        }

        foreach (var pattern in model.Patterns.Where(p => owner?.Patterns.Contains(p) != true))
        {
            yield return new NameChange(model.Key, pattern.Text, owner is null ? Rival(catalog, model.Key, pattern) : "the catalog has the model; a new pattern could take names from others");
        }
    }

    /// <summary>Why a pattern would take names from another model of the catalog; null if it would not.</summary>
    private static string? Rival(PriceCatalog catalog, ModelKey model, ModelPattern pattern)
    {
        var example = pattern.Text.Replace("{date}", "2026-01-01", StringComparison.Ordinal).Replace("*", "x", StringComparison.Ordinal);
        var rival = catalog.Models.FirstOrDefault(m => m.Key.Provider == model.Provider && m.Patterns.Any(p => p.Matches(example)));
        return rival is null ? null : $"a pattern of {rival.Key} matches the same names";
    }

    private static CatalogChange Conflict(SourceConflict conflict) => new()
    {
        Kind = CatalogChangeKind.Conflicting,
        Offer = conflict.First.Offer,
        Day = conflict.First.EffectiveFrom,
        Before = conflict.First,
        After = conflict.Second,
        Conflict = $"the source's entries '{conflict.FirstEntry}' and '{conflict.SecondEntry}'",
    };

    private static CatalogChange Removed(Price price, DateOnly day) => new() { Kind = CatalogChangeKind.Removed, Offer = price.Offer, Day = day, Before = price };
}
