using CostMonitor.Core.Statistics;

namespace CostMonitor.Core.Tests.Statistics;

public sealed class SampleSummaryTests
{
    [Fact]
    public void Of_GivenValuesInAnyOrder_GivesEachFigure()
    {
        var sample = SampleSummary.Of([40, 10, 30, 20], 1);

        Assert.Equal(new SampleSummary(4, 25, 38.5, 39.7, 25, 10, 40, null), Rounded(sample)); // ranks 1.5, 2.85 and 2.97
    }

    [Fact]
    public void Of_GivenFiveValues_AddsAnInterval() => Assert.NotNull(SampleSummary.Of([1, 2, 3, 4, 5], 1)?.MedianInterval);

    [Fact]
    public void Of_GivenNoValues_IsNull() => Assert.Null(SampleSummary.Of([], 1));

    private static SampleSummary? Rounded(SampleSummary? sample) =>
        sample is null ? null : sample with { P95 = Math.Round(sample.P95, 9), P99 = Math.Round(sample.P99, 9) };
}
