namespace CostMonitor.Core.Pricing.Import;

/// <summary>Puts a row into the rows of a model: what holds on other days stays as it is.</summary>
internal static class RowHistory
{
    /// <param name="rows">The rows of one model.</param>
    /// <param name="row">The row that is to hold on all of its days.</param>
    public static IReadOnlyList<Price> Insert(IEnumerable<Price> rows, Price row) =>
        [.. rows.SelectMany(r => r.Offer == row.Offer ? Around(r, row) : [Stated(r, row)]), row];

    /// <summary>What is left of a row before and after another one.</summary>
    private static IEnumerable<Price> Around(Price old, Price row)
    {
        var (oldEnd, end) = (old.EffectiveTo ?? DateOnly.MaxValue, row.EffectiveTo ?? DateOnly.MaxValue);
        if (oldEnd <= row.EffectiveFrom || old.EffectiveFrom >= end)
        {
            yield return old;
            yield break;
        }

        if (old.EffectiveFrom < row.EffectiveFrom) yield return old with { EffectiveTo = row.EffectiveFrom };
        if (oldEnd > end) yield return old with { EffectiveFrom = end };
    }

    /// <summary>A row that follows from the one that changes keeps its figures: nobody has stated new ones.</summary>
    private static Price Stated(Price other, Price row) =>
        other.Multiple is { } multiple && other.Offer with { Tier = multiple.Of } == row.Offer ? other with { Multiple = null } : other;
}
