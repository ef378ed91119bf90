namespace CostMonitor.Core.Statistics;

/// <summary>A confidence interval, both ends included.</summary>
public readonly record struct Interval(double Low, double High)
{
    private const double Z95 = 1.959963984540054;

    /// <summary>Wilson's 95 % interval of a share.</summary>
    /// <param name="hits">How many of them.</param>
    /// <param name="n">Of how many, at least 1.</param>
    /// <remarks>E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927; sound near 0 and 1 too.</remarks>
    public static Interval OfShare(long hits, long n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        var (share, z2) = ((double)hits / n, Z95 * Z95);
        var middle = (share + z2 / (2 * n)) / (1 + z2 / n);
        var half = Z95 / (1 + z2 / n) * Math.Sqrt(share * (1 - share) / n + z2 / (4.0 * n * n));
        return new Interval(Math.Max(0, middle - half), Math.Min(1, middle + half));
    }
}
