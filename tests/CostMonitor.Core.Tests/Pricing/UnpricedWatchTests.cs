using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Tests.Runs;

namespace CostMonitor.Core.Tests.Pricing;

public sealed class UnpricedWatchTests
{
    private static readonly CallCost NoPrice = CallCost.Unknown("No price.");

    [Fact]
    public void Of_GivenPricedCalls_IsQuiet()
    {
        var watch = UnpricedWatch.Of([Records.Plain(0), Records.Plain(1)]);

        Assert.Equal((0, false, "no calls without a price"), (watch.Calls, watch.IsAlert, watch.ToString()));
    }

    [Fact]
    public void Of_GivenUnpricedCallsWithUsage_CountsThemAndAlerts()
    {
        var watch = UnpricedWatch.Of([
            Records.Plain(0), Records.Plain(1) with { Cost = NoPrice }, Records.Plain(2) with { Cost = NoPrice, Model = ModelKey.Parse("sim:b") },
            Records.Plain(3) with { Cost = CallCost.Unknown("Another reason."), Usage = null }]);

        Assert.Equal((3, 2, 60L, true), (watch.Calls, watch.WithUsage, watch.Tokens, watch.IsAlert)); // two calls of 10 + 20 tokens
        Assert.Equal([(ModelKey.Parse("sim:a"), 2), (ModelKey.Parse("sim:b"), 1)], watch.Models);
        Assert.Equal([("Another reason.", 1), ("No price.", 2)], watch.Reasons);
        Assert.Equal("3 calls without a price, 60 tokens: sim:a (2), sim:b (1)", watch.ToString());
    }

    [Fact]
    public void Of_GivenACallWhoseUsageNobodyKnows_DoesNotAlert()
    {
        var watch = UnpricedWatch.Of([Records.Failed(0, FailureStage.Stream) with { Cost = NoPrice, Usage = null }]);

        Assert.Equal((1, false), (watch.Calls, watch.IsAlert));
    }
}
