namespace CostMonitor.Core.Pricing.Azure;

/// <summary>The amounts of one figure over time, without overlaps, in their order.</summary>
internal sealed class PriceTimeline
{
    private PriceTimeline(List<PriceSpan> spans) => Spans = spans;

    public IReadOnlyList<PriceSpan> Spans { get; }

    public DateOnly From => Spans[0].From;

    /// <summary>The amount today or, before it begins, the first.</summary>
    public decimal Latest => Spans[^1].Amount;

    /// <param name="spans">At least one, no two from the same day. A later one ends an earlier one; one that only repeats the amount goes on with it.</param>
    public static PriceTimeline Of(IEnumerable<PriceSpan> spans)
    {
        var joined = new List<PriceSpan>();
        foreach (var span in spans.OrderBy(s => s.From))
        {
            if (joined.Count > 0 && joined[^1].End >= span.From)
            {
                var last = joined[^1];
                joined[^1] = last.Amount == span.Amount ? last with { To = span.To } : last with { To = span.From };
                if (last.Amount == span.Amount) continue;
            }

            joined.Add(span);
        }

        return new PriceTimeline(joined);
    }

    /// <summary>The same amounts on the same days, wherever both have begun. A region that joins later has had no other price before.</summary>
    public bool Agrees(PriceTimeline other) =>
        Spans.Count == other.Spans.Count
        && Spans.Zip(other.Spans).Select((pair, i) => pair.First.Amount == pair.Second.Amount && pair.First.To == pair.Second.To && (i == 0 || pair.First.From == pair.Second.From)).All(same => same);

    public decimal? On(DateOnly day)
    {
        foreach (var span in Spans)
        {
            if (day >= span.From && day < span.End) return span.Amount;
        }

        return null;
    }
}
