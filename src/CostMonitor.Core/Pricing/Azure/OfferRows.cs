using CostMonitor.Core.Usage;
using Columns = System.Collections.Generic.Dictionary<CostMonitor.Core.Pricing.Azure.RateColumn, CostMonitor.Core.Pricing.Azure.PriceTimeline>;

namespace CostMonitor.Core.Pricing.Azure;

/// <summary>Joins the figures of one offer to rows: one a span of days on which none of them changes.</summary>
/// <remarks>
/// Calls that Azure may process anywhere, or in a data zone, cost the same in most regions; they get one row without a region, and a region that
/// differs gets rows of its own. Calls that are processed in a region have rows for each region.
/// </remarks>
internal static class OfferRows
{
    private const string Everywhere = "the same in every region that was read", InMost = "the price of most regions that were read; the others have rows of their own";

    /// <param name="offer">The offer, without a region.</param>
    /// <param name="figures">Its figures in all regions.</param>
    /// <param name="like">The label and the source of the rows.</param>
    public static IEnumerable<Price> Of(Offer offer, IEnumerable<MeterFigure> figures, Price like)
    {
        var regions = figures.GroupBy(f => f.Meter.Region ?? "").OrderBy(g => g.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, ColumnsOf);
        if (offer.Deployment == DeploymentType.Regional) return regions.SelectMany(r => Rows(offer with { Region = r.Key.Length > 0 ? r.Key : null }, r.Value, like));
        var common = Common(regions.Values);
        var others = regions.Where(r => r.Key.Length > 0 && r.Value.Any(column => !column.Value.Agrees(common[column.Key]))).ToArray();
        return Rows(offer, common, like with { Note = others.Length == 0 ? Everywhere : InMost })
            .Concat(others.SelectMany(r => Rows(offer with { Region = r.Key }, r.Value, like)));
    }

    private static Columns ColumnsOf(IEnumerable<MeterFigure> figures) => figures.GroupBy(f => f.Column)
        .ToDictionary(g => g.Key, g => PriceTimeline.Of(g.Select(f => new PriceSpan(f.Meter.From, f.Meter.To, f.Amount))));

    /// <summary>For each figure what most regions say, from the first day on which one of them says it; of two that are as frequent the dearer.</summary>
    private static Columns Common(IReadOnlyCollection<Columns> regions)
    {
        var common = new Columns();
        foreach (var column in regions.SelectMany(r => r.Keys).Distinct())
        {
            var timelines = regions.Where(r => r.ContainsKey(column)).Select(r => r[column]).ToArray();
            common[column] = timelines.OrderByDescending(t => timelines.Count(t.Agrees)).ThenByDescending(t => t.Latest).ThenBy(t => t.From).First();
        }

        return common;
    }

    private static IEnumerable<Price> Rows(Offer offer, Columns columns, Price like)
    {
        var days = columns.Values.SelectMany(t => t.Spans).SelectMany(s => new[] { s.From, s.End }).Distinct().Order().ToArray();
        foreach (var (day, next) in days.Zip(days.Skip(1)))
        {
            var row = Row(like with { Offer = offer, EffectiveFrom = day, EffectiveTo = next == DateOnly.MaxValue ? null : next }, columns, day);
            if (row is not null) yield return row;
        }
    }

    /// <summary>The row of a day; null if it has no figure for an ordinary call.</summary>
    private static Price? Row(Price like, Columns columns, DateOnly day)
    {
        var figures = columns.Select(c => (Column: c.Key, Amount: c.Value.On(day))).Where(f => f.Amount is not null).Select(f => (f.Column, Amount: f.Amount ?? 0)).ToArray();
        var rates = RatesOf(figures, 0);
        decimal? hour = figures.Where(f => f.Column.Charge is null).Select(f => (decimal?)f.Amount).FirstOrDefault();
        if (rates.IsEmpty && hour is null) return null;
        var limits = figures.Select(f => f.Column.PromptAbove).Where(above => above > 0).Distinct().Order();
        return like with { PerMillionTokens = rates, PerHour = hour, PromptTiers = [.. limits.Select(above => new PromptTier(above, RatesOf(figures, above).Over(rates)))] };
    }

    private static TokenRates RatesOf(IEnumerable<(RateColumn Column, decimal Amount)> figures, long above) => TokenRates.Of(
        from figure in figures
        where figure.Column.PromptAbove == above && figure.Column.Charge is not null
        orderby figure.Column.Charge
        select (figure.Column.Charge ?? TokenClass.Input, figure.Amount));
}
