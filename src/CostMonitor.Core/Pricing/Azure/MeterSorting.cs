using System.Globalization;

namespace CostMonitor.Core.Pricing.Azure;

/// <summary>Divides a price list into figures for the catalog and prices that are not used.</summary>
/// <param name="Figures">What can be used; no two are for the same thing, region and first day.</param>
/// <param name="Unused">What cannot, in the order of the list.</param>
internal sealed record MeterSorting(IReadOnlyList<MeterFigure> Figures, IReadOnlyList<UnusedMeter> Unused)
{
    /// <summary>No provider's price is near this; above it a unit has been mixed up. Price files are held to the same limits.</summary>
    private const decimal HighestPerMillion = 100_000m, HighestPerHour = 10_000m;

    public static MeterSorting Sort(IEnumerable<RetailMeter> meters, MeterTable table, AzureWish wanted, DateOnly today)
    {
        var (figures, unused) = (new List<MeterFigure>(), new List<(int Index, UnusedMeter Meter)>());
        var index = new Dictionary<RetailMeter, int>(ReferenceEqualityComparer.Instance);
        foreach (var meter in meters.Where(wanted.Covers))
        {
            index[meter] = index.Count;
            var (figure, no) = Read(meter, table, wanted, today);
            if (figure is not null) figures.Add(figure);
            if (no is not null) unused.Add((index[meter], no));
        }

        figures = Settle(Distinct(figures, unused, index), unused, index);
        return new MeterSorting(figures, [.. unused.OrderBy(u => u.Index).Select(u => u.Meter)]);
    }

    private static (MeterFigure? Figure, UnusedMeter? Unused) Read(RetailMeter meter, MeterTable table, AzureWish wanted, DateOnly today)
    {
        if (WhyNoPrice(meter, today) is { } kind) return (null, new UnusedMeter(meter, UnusedKind.NotPriced, kind));
        if (table.Find(meter) is not { } rule)
        {
            var suggestion = MeterSuggestion.Of(meter.MeterName);
            if (suggestion is null || !wanted.Accepts(meter.MeterName)) return (null, new UnusedMeter(meter, UnusedKind.Unmapped, "no table names this meter", suggestion));
            rule = suggestion;
        }

        return Amount(meter, rule, out var refusal) is { } amount ? (new MeterFigure(meter, rule, amount), null) : (null, new UnusedMeter(meter, UnusedKind.Refused, refusal));
    }

    private static string? WhyNoPrice(RetailMeter meter, DateOnly today)
    {
        if (meter.Type != RetailMeter.Consumption) return $"a price of kind {meter.Type}{(meter.ReservationTerm is { } term ? $" for {term}" : "")}";
        if (meter.TierMinimumUnits > 0) return string.Create(CultureInfo.InvariantCulture, $"it holds from {meter.TierMinimumUnits:0.######} units on");
        return meter.To <= today ? string.Create(CultureInfo.InvariantCulture, $"it ended on {meter.To:yyyy-MM-dd}") : null;
    }

    /// <summary>USD for a million tokens or an hour; null with the reason.</summary>
    private static decimal? Amount(RetailMeter meter, MeterRule rule, out string refusal)
    {
        refusal = "";
        if (!MeterUnit.TryParse(meter.UnitOfMeasure, out var unit)) refusal = $"the unit '{meter.UnitOfMeasure}' is not known";
        else if (unit.Contradiction(meter.MeterName) is { } contradiction) refusal = contradiction;
        else if (unit.Measure != (rule.Charge is null ? MeterMeasure.Hour : MeterMeasure.Things)) refusal = $"the table says {rule.ChargeName} and the unit is {unit}";
        else if (rule.Charge is null && unit.Quantity != 1) refusal = $"the table says an hour and the unit is {unit}";
        else if (meter.RetailPrice == 0) refusal = "the price is 0, which is a grant or a mistake and no list price";
        if (refusal.Length > 0) return null;
        var amount = rule.Charge is null ? meter.RetailPrice / 1.0000000000000000000000000000m : unit.PerMillion(meter.RetailPrice);
        if (amount <= (rule.Charge is null ? HighestPerHour : HighestPerMillion)) return amount;
        refusal = string.Create(CultureInfo.InvariantCulture, $"{amount} USD for {(rule.Charge is null ? "an hour" : "a million tokens")} is beyond any price; the unit must be wrong");
        return null;
    }

    /// <summary>Each thing once: prices that say the same are joined, prices that contradict each other are refused, all of them.</summary>
    private static List<MeterFigure> Distinct(List<MeterFigure> figures, List<(int Index, UnusedMeter Meter)> unused, Dictionary<RetailMeter, int> index)
    {
        var kept = new List<MeterFigure>();
        foreach (var same in figures.GroupBy(f => (f.Offer, f.Column, f.Meter.Region, f.Meter.From)))
        {
            var contradiction = same.DistinctBy(f => f.Amount).Skip(1).FirstOrDefault();
            if (contradiction is null) kept.Add(same.First());
            foreach (var figure in contradiction is null ? same.Skip(1) : same)
            {
                var (kind, why) = contradiction is null
                    ? (UnusedKind.Duplicate, "the list says the same of it twice")
                    : (UnusedKind.Refused, string.Create(CultureInfo.InvariantCulture, $"{figure.Rule} has two prices from {figure.Meter.From:yyyy-MM-dd} on: {same.First().Amount} and {contradiction.Amount}"));
                unused.Add((index[figure.Meter], new UnusedMeter(figure.Meter, kind, why)));
            }
        }

        return kept;
    }

    /// <summary>Without prices for long prompts whose offer has none for short ones, which could not be read as a row.</summary>
    private static List<MeterFigure> Settle(List<MeterFigure> figures, List<(int Index, UnusedMeter Meter)> unused, Dictionary<RetailMeter, int> index)
    {
        var settled = new List<MeterFigure>();
        foreach (var offer in figures.GroupBy(f => (f.Offer, f.Meter.Region)))
        {
            var hasBase = offer.Any(f => f.Column.PromptAbove == 0);
            if (hasBase) settled.AddRange(offer);
            else unused.AddRange(offer.Select(f => (index[f.Meter], new UnusedMeter(f.Meter, UnusedKind.Refused, "there is no price for shorter prompts beside it"))));
        }

        return settled;
    }
}
