using CostMonitor.Core.Plans;

namespace CostMonitor.Providers.Simulated;

/// <summary>A log-normal quantity: latencies and lengths of answers have a long tail to the right.</summary>
/// <param name="Median">Above 0.</param>
/// <param name="P95">At least the median; equal to it for a constant.</param>
public readonly record struct Spread(double Median, double P95)
{
    private const double NormalP95 = 1.6448536269514722; // the standard normal quantile of 0.95

    internal double Draw(SeededRandom random)
    {
        var (u, v) = (1 - random.NextDouble(), random.NextDouble()); // u in (0, 1]: its logarithm is finite
        var normal = Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v); // Box and Muller, 1958
        return Median * Math.Exp(Math.Log(P95 / Median) / NormalP95 * normal);
    }
}
