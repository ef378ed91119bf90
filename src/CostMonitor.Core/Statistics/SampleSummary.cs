namespace CostMonitor.Core.Statistics;

/// <summary>A sample in few figures, all in the sample's unit.</summary>
/// <param name="N">Number of values, at least 1.</param>
/// <param name="Median">50 % of the values lie at or below.</param>
/// <param name="P95">95 % of the values lie at or below; below 20 values it is close to the greatest one.</param>
/// <param name="P99">99 % of the values lie at or below; below 100 values it is close to the greatest one.</param>
/// <param name="Mean">The arithmetic mean, for sums; not for comparing latencies.</param>
/// <param name="Min">The least value.</param>
/// <param name="Max">The greatest value.</param>
/// <param name="MedianInterval">95 % bootstrap interval of the median; null below five values.</param>
public sealed record SampleSummary(int N, double Median, double P95, double P99, double Mean, double Min, double Max, Interval? MedianInterval)
{
    /// <returns>Null for an empty sample.</returns>
    public static SampleSummary? Of(IEnumerable<double> values, ulong seed)
    {
        var ascending = values.ToArray();
        if (ascending.Length == 0) return null;
        Array.Sort(ascending);
        return new SampleSummary(
            ascending.Length,
            Quantile.Of(ascending, 0.5),
            Quantile.Of(ascending, 0.95),
            Quantile.Of(ascending, 0.99),
            ascending.Sum() / ascending.Length,
            ascending[0],
            ascending[^1],
            Bootstrap.OfMedian(ascending, seed));
    }
}
