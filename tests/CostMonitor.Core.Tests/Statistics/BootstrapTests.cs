using CostMonitor.Core.Plans;
using CostMonitor.Core.Statistics;
using FsCheck;
using FsCheck.Fluent;
using Interval = CostMonitor.Core.Statistics.Interval;

namespace CostMonitor.Core.Tests.Statistics;

public sealed class BootstrapTests
{
    private static readonly Arbitrary<double[]> Samples =
        Gen.Choose(0, 10_000).Select(i => i / 8.0).ListOf().Where(v => v.Count >= 5).Select(v => v.Order().ToArray()).ToArbitrary();

    [Fact]
    public void OfMedian_GivenAnySample_AgreesWithSortingEachResample() =>
        Prop.ForAll(Samples, Gen.Choose(0, int.MaxValue).ToArbitrary(), (values, seed) =>
            Bootstrap.OfMedian(values, (ulong)seed) == BySorting(values, (ulong)seed)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(101)]
    public void OfMedian_GivenASymmetricSample_HoldsItsMedian(int n)
    {
        var values = Enumerable.Range(0, n).Select(i => (double)i).ToArray();

        var interval = Bootstrap.OfMedian(values, 1);

        Assert.NotNull(interval);
        Assert.InRange((n - 1) / 2.0, interval.Value.Low, interval.Value.High);
        Assert.True(interval.Value.Low < interval.Value.High);
    }

    [Fact]
    public void OfMedian_GivenTheSameSeed_IsTheSameAndAnotherSeedIsClose()
    {
        var values = Enumerable.Range(0, 1_000).Select(i => Math.Sqrt(i)).ToArray();

        var (one, again, other) = (Bootstrap.OfMedian(values, 1), Bootstrap.OfMedian(values, 1), Bootstrap.OfMedian(values, 2));

        Assert.Equal(one, again);
        Assert.NotEqual(one, other);
        Assert.Equal(one?.Low ?? 0, other?.Low ?? 0, 0.2);
    }

    [Fact]
    public void OfMedian_GivenEqualValues_IsThatValue() => Assert.Equal(new Interval(0.3, 0.3), Bootstrap.OfMedian([0.3, 0.3, 0.3, 0.3, 0.3], 1));

    [Fact]
    public void OfMedian_GivenFourValues_IsNull()
    {
        Assert.Null(Bootstrap.OfMedian([1, 2, 3, 4], 1));
        Assert.NotNull(Bootstrap.OfMedian([1, 2, 3, 4, 5], 1));
    }

    [Fact]
    public void OfMedian_GivenAHugeSample_TakesAPartOfItAndHoldsTheMedian()
    {
        var values = Enumerable.Range(0, 20_001).Select(i => (double)i).ToArray();

        var interval = Bootstrap.OfMedian(values, 3);

        Assert.NotNull(interval);
        Assert.InRange(10_000, interval.Value.Low, interval.Value.High);
    }

    [Theory]
    [InlineData(25)]
    [InlineData(100)]
    public void OfMedian_GivenManySamplesOfOneSource_HoldsItsMedianInAbout95Of100(int n)
    {
        var random = new SeededRandom(11);

        var held = Enumerable.Range(0, 200).Count(i =>
        {
            var sample = Enumerable.Range(0, n).Select(_ => random.NextDouble()).Order().ToArray();
            return Bootstrap.OfMedian(sample, (ulong)i) is { } interval && interval.Low <= 0.5 && interval.High >= 0.5;
        });

        Assert.InRange(held, 178, 200); // 0.95 * 200 = 190, less four standard deviations of 3.1
    }

    private static Interval BySorting(double[] values, ulong seed)
    {
        var random = new SeededRandom(seed);
        var medians = new double[Bootstrap.Resamples];
        for (var i = 0; i < medians.Length; i++)
        {
            var resample = values.Select(_ => values[random.NextBelow(values.Length)]).Order().ToArray();
            medians[i] = (resample[(resample.Length - 1) / 2] + resample[resample.Length / 2]) / 2;
        }

        Array.Sort(medians);
        return new Interval(Definition7(medians, 0.025), Definition7(medians, 0.975));
    }

    private static double Definition7(double[] ascending, double q)
    {
        var rank = (ascending.Length - 1) * q;
        var below = (int)Math.Floor(rank);
        return ascending[below] + (rank - below) * (ascending[below + 1] - ascending[below]);
    }
}
