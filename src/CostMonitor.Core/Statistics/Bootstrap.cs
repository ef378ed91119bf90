using CostMonitor.Core.Plans;

namespace CostMonitor.Core.Statistics;

/// <summary>Intervals by resampling.</summary>
public static class Bootstrap
{
    /// <summary>Resamples drawn for one interval.</summary>
    public const int Resamples = 1000;

    /// <summary>Below this many values an interval would claim more than the sample can say.</summary>
    public const int LeastValues = 5;

    /// <summary>Above this many values a random part of so many stands for the sample; its interval is wider, never narrower.</summary>
    public const int MostValues = 5000;

    /// <summary>The 95 % percentile interval of the median.</summary>
    /// <param name="ascending">The sample, sorted ascending.</param>
    /// <param name="seed">Fixes the resamples, so that the same records give the same interval.</param>
    /// <returns>Null below <see cref="LeastValues"/>.</returns>
    /// <remarks>B. Efron, "Bootstrap Methods: Another Look at the Jackknife", 1979; percentile method.</remarks>
    public static Interval? OfMedian(ReadOnlySpan<double> ascending, ulong seed)
    {
        if (ascending.Length < LeastValues) return null;
        var random = new SeededRandom(seed);
        if (ascending.Length > MostValues) ascending = Part(ascending, random);
        var counts = new int[ascending.Length];
        var medians = new double[Resamples];
        foreach (ref var median in medians.AsSpan())
        {
            Array.Clear(counts);
            for (var draw = 0; draw < counts.Length; draw++) counts[random.NextBelow(counts.Length)]++;
            median = MedianOf(ascending, counts);
        }

        Array.Sort(medians);
        return new Interval(Quantile.Of(medians, 0.025), Quantile.Of(medians, 0.975));
    }

    private static double[] Part(ReadOnlySpan<double> values, SeededRandom random)
    {
        var all = values.ToArray();
        random.Shuffle<double>(all);
        var part = all[..MostValues];
        Array.Sort(part);
        return part;
    }

    /// <summary>The median of a resample that holds each value as often as its count says: no sorting, the values are in order.</summary>
    private static double MedianOf(ReadOnlySpan<double> ascending, ReadOnlySpan<int> counts)
    {
        var (low, high) = ((ascending.Length - 1) / 2, ascending.Length / 2);
        var (seen, at) = (counts[0], 0);
        while (seen <= low) seen += counts[++at];
        var lower = ascending[at];
        while (seen <= high) seen += counts[++at];
        return (lower + ascending[at]) / 2;
    }
}
