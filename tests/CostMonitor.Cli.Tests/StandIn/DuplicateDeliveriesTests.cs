using CostMonitor.Cli.StandIn;

namespace CostMonitor.Cli.Tests.StandIn;

public sealed class DuplicateDeliveriesTests
{
    [Theory]
    [InlineData(0.0, 0, 0)]
    [InlineData(0.25, 2_300, 2_700)] // five standard deviations of 43
    [InlineData(1.0, 10_000, 10_000)]
    public void Of_GivenAShare_RepeatsThatShare(double share, int least, int most)
    {
        var duplicates = new DuplicateDeliveries(share, Seed: 7);

        var repeats = Enumerable.Range(0, 10_000).Count(i => duplicates.Of("jobs", i) != DuplicateDeliveries.Repeat.None);

        Assert.InRange(repeats, least, most);
    }

    [Fact]
    public void Of_GivenTheSameSeed_ChoosesTheSame() => Assert.Equal(
        Enumerable.Range(0, 100).Select(i => new DuplicateDeliveries(0.5, 7).Of("jobs", i)),
        Enumerable.Range(0, 100).Select(i => new DuplicateDeliveries(0.5, 7).Of("jobs", i)));
}
