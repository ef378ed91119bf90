namespace CostMonitor.Core.Statistics;

/// <summary>Quantiles of raw samples.</summary>
public static class Quantile
{
    /// <summary>The value that the share <paramref name="q"/> of a sample lies at or below.</summary>
    /// <param name="ascending">The sample, sorted ascending, in any one unit.</param>
    /// <param name="q">A share from 0 (the least value) to 1 (the greatest).</param>
    /// <returns>In the sample's unit; between two ranks, on the line through their values.</returns>
    /// <exception cref="ArgumentException">The sample is empty, or <paramref name="q"/> is outside 0 to 1.</exception>
    /// <remarks>Definition 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996.</remarks>
    public static double Of(ReadOnlySpan<double> ascending, double q)
    {
        if (ascending.IsEmpty) throw new ArgumentException("A quantile needs at least one value.", nameof(ascending));
        if (q is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(q), q, "A share runs from 0 to 1.");
        var (rank, last) = ((ascending.Length - 1) * q, ascending.Length - 1);
        var (low, high) = (ascending[(int)rank], ascending[Math.Min((int)rank + 1, last)]);
        return Math.Min(high, low + (high - low) * (rank - (int)rank)); // unlike double.Lerp, exact between equals and alike on every processor
    }
}
