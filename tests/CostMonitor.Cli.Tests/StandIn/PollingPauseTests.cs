using CostMonitor.Cli.StandIn;

namespace CostMonitor.Cli.Tests.StandIn;

public sealed class PollingPauseTests
{
    [Fact]
    public void Next_GivenAnEmptyQueue_GrowsFrom100MsToTheLongest()
    {
        var pause = new PollingPause(TimeSpan.FromSeconds(2));

        var waits = Enumerable.Range(0, 8).Select(_ => pause.Next().TotalMilliseconds).ToList();

        Assert.Equal(100, waits[0]);
        for (var i = 1; i < 5; i++) // 100 ms and 0.8 to 1.2 times 100, 200, 400, 800 ms
            Assert.InRange(waits[i], 100 + (0.8 * 100 * Math.Pow(2, i - 1)), 100 + (1.2 * 100 * Math.Pow(2, i - 1)) + 0.001);
        Assert.Equal(2000, waits[7]);
    }

    [Fact]
    public void Reset_GivenMessages_StartsAgainAt100Ms()
    {
        var pause = new PollingPause(TimeSpan.FromSeconds(2));
        for (var i = 0; i < 8; i++) pause.Next();

        pause.Reset();

        Assert.Equal(100, pause.Next().TotalMilliseconds);
    }
}
