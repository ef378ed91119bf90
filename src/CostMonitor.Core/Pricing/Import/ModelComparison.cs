using System.Globalization;

namespace CostMonitor.Core.Pricing.Import;

/// <summary>Compares one model of a source with what the catalog charges for its name.</summary>
internal sealed class ModelComparison(PriceCatalog catalog, PricedModel model, DateOnly day)
{
    private readonly PricedModel? _owner = catalog.Resolve(model.Key);

    /// <param name="seen">Takes the offers of the catalog that the source has, too.</param>
    public IEnumerable<CatalogChange> Compare(HashSet<Offer> seen)
    {
        foreach (var row in model.Prices)
        {
            seen.Add(row.Offer);
            if (_owner is not null) seen.Add(row.Offer with { Model = _owner.Key });
            foreach (var alias in model.Aliases) seen.Add(row.Offer with { Model = new ModelKey(model.Key.Provider, alias) });
            var first = Compare(row, row.EffectiveFrom);
            yield return first;

            // What began earlier is a statement about the day of the source, too, if another row holds then.
            if (row.EffectiveFrom < day && row.HoldsOn(day) && Holding(row.Offer, day) is { } today && today != first.Before) yield return Compare(row, day);
        }
    }

    private CatalogChange Compare(Price row, DateOnly from)
    {
        var before = Holding(row.Offer, from);
        if (before is not null && PriceFigures.AreSame(before, row)) return Change(CatalogChangeKind.Unchanged, row, from, before, row);
        var after = row with
        {
            EffectiveFrom = from,
            EffectiveTo = Earliest(row.EffectiveTo, before is null ? NextStart(row.Offer, from) : before.EffectiveTo),
            Label = string.Create(CultureInfo.InvariantCulture, $"{row.Model.Provider}-{from:yyyy-MM-dd}"),
        };
        if (before is null) return Change(CatalogChangeKind.Added, row, from, null, after) with { Quarantine = PriceQuarantine.Reasons(null, after) };
        if (before.EffectiveFrom != from || before.Model != row.Model) return Changed(row, from, before, after);
        if (ImportSource.ProjectOf(before.Source) == ImportSource.ProjectOf(row.Source) || !Contradict(before, row)) return Changed(row, from, before, Corrected(before, after));
        return Change(CatalogChangeKind.Conflicting, row, from, before, row) with { Conflict = $"the source, and the catalog's row of that day from {before.Source}" };
    }

    /// <summary>True if a figure of the catalog becomes another one; one that it did not have contradicts nothing.</summary>
    private static bool Contradict(Price before, Price row) => before.Currency != row.Currency || PriceFigures.Pairs(before, row).Any(p => p.Before is not null && p.Before != p.After);

    private CatalogChange Changed(Price row, DateOnly from, Price before, Price after) =>
        Change(CatalogChangeKind.Changed, row, from, before, after) with { Quarantine = PriceQuarantine.Reasons(before, after) };

    private CatalogChange Change(CatalogChangeKind kind, Price row, DateOnly from, Price? before, Price after) => new()
    {
        Kind = kind, Offer = row.Offer, Day = from, Before = before, After = after, SplitFrom = _owner is null || _owner.Key == model.Key ? null : _owner.Key,
    };

    /// <summary>A row that begins on the same day is replaced; its note keeps what it said before.</summary>
    private static Price Corrected(Price before, Price after)
    {
        var figures = PriceFigures.Pairs(before, after).Where(p => p.Before != p.After)
            .Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name} was {(p.Before is { } old ? old.ToString("0.############", CultureInfo.InvariantCulture) : "not stated")}"));
        var note = string.Create(CultureInfo.InvariantCulture, $"corrected on {after.Checked:yyyy-MM-dd}: {string.Join(", ", figures)}");
        return after with { Note = after.Note is null ? note : $"{note}; {after.Note}" };
    }

    private Price? Holding(Offer offer, DateOnly on) => _owner?.Prices.FirstOrDefault(p => p.Offer == offer with { Model = _owner.Key } && p.HoldsOn(on));

    private DateOnly? NextStart(Offer offer, DateOnly from) =>
        _owner?.Prices.Where(p => p.Offer == offer with { Model = _owner.Key } && p.EffectiveFrom > from).Select(p => (DateOnly?)p.EffectiveFrom).Min();

    private static DateOnly? Earliest(DateOnly? a, DateOnly? b) => a is null ? b : b is null || a < b ? a : b;
}
