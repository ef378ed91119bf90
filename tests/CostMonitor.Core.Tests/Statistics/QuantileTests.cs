using CostMonitor.Core.Statistics;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Statistics;

public sealed class QuantileTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.25, 1.75)] // (4 - 1) * 0.25 = 0.75: 1 + 0.75 * (2 - 1)
    [InlineData(0.5, 2.5)] // 1.5: 2 + 0.5 * (3 - 2)
    [InlineData(0.95, 8.95)] // 2.85: 3 + 0.85 * (10 - 3)
    [InlineData(1, 10)]
    public void Of_GivenFourValues_InterpolatesByDefinition7(double q, double expected) =>
        Assert.Equal(expected, Quantile.Of([1, 2, 3, 10], q), 12);

    [Fact]
    public void Of_GivenNumpysExample_AgreesWithItsDocumentation()
    {
        double[] values = [1, 2, 3, 4, 7, 10]; // numpy.percentile([[10, 7, 4], [3, 2, 1]], 50) is 3.5, by its default method, definition 7

        Assert.Equal(3.5, Quantile.Of(values, 0.5));
    }

    [Fact]
    public void Of_GivenOneToAHundred_HasP95At9505() =>
        Assert.Equal(95.05, Quantile.Of([.. Enumerable.Range(1, 100).Select(i => (double)i)], 0.95), 12); // 94.05 ranks above 1

    [Fact]
    public void Of_GivenOneValue_IsThatValue() => Assert.Equal(7, Quantile.Of([7], 0.95));

    [Fact]
    public void Of_GivenEqualValues_IsThatValueToTheLastDigit() =>
        Prop.ForAll(Gen.Choose(1, 1_000_000).ToArbitrary(), Gen.Choose(0, 1_000).ToArbitrary(), (value, q) =>
            Quantile.Of([value / 1000.0, value / 1000.0, value / 1000.0], q / 1000.0) == value / 1000.0).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_GivenAnySample_LiesWithinItAndRisesWithTheShare() =>
        Prop.ForAll(Samples, Gen.Choose(0, 1_000).Two().ToArbitrary(), (values, shares) =>
        {
            var (low, high) = (Math.Min(shares.Item1, shares.Item2) / 1000.0, Math.Max(shares.Item1, shares.Item2) / 1000.0);
            return values[0] <= Quantile.Of(values, low) && Quantile.Of(values, low) <= Quantile.Of(values, high)
                && Quantile.Of(values, high) <= values[^1];
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_GivenNoValues_Throws() => Assert.Throws<ArgumentException>(() => Quantile.Of([], 0.5));

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void Of_GivenNoShare_Throws(double q) => Assert.Throws<ArgumentOutOfRangeException>(() => Quantile.Of([1], q));

    private static readonly Arbitrary<double[]> Samples =
        Gen.NonEmptyListOf(Gen.Choose(0, 100_000_000)).Select(v => v.Select(i => i / 10_000.0).Order().ToArray()).ToArbitrary();
}
