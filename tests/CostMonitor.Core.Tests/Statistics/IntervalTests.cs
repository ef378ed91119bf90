using FsCheck;
using FsCheck.Fluent;
using Interval = CostMonitor.Core.Statistics.Interval;

namespace CostMonitor.Core.Tests.Statistics;

public sealed class IntervalTests
{
    // R. G. Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3 (score, no continuity correction).
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void OfShare_GivenNewcombesExamples_AgreesToFourDecimals(long hits, long n, double low, double high)
    {
        var interval = Interval.OfShare(hits, n);

        Assert.Equal((low, high), (Math.Round(interval.Low, 4), Math.Round(interval.High, 4)));
    }

    [Fact]
    public void OfShare_GivenAnyCount_LiesWithin0And1AndHoldsTheShare() =>
        Prop.ForAll(Gen.Choose(1, 100_000).ToArbitrary(), Gen.Choose(0, 1_000).ToArbitrary(), (n, perMille) =>
        {
            var hits = (long)n * perMille / 1_000;
            var interval = Interval.OfShare(hits, n);
            return interval is { Low: >= 0, High: <= 1 } && interval.Low <= (double)hits / n + 1e-12 && interval.High >= (double)hits / n - 1e-12;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void OfShare_GivenHitsAndMisses_IsSymmetric()
    {
        var (hits, misses) = (Interval.OfShare(3, 20), Interval.OfShare(17, 20));

        Assert.Equal(hits.Low, 1 - misses.High, 12);
        Assert.Equal(hits.High, 1 - misses.Low, 12);
    }

    [Fact]
    public void OfShare_GivenNothing_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => Interval.OfShare(0, 0));
}
