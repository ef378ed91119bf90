using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Statistics;
using CostMonitor.Core.Tests.Runs;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Tests.Statistics;

public sealed class DearRunTests
{
    [Fact]
    public void Of_GivenAnUnusualRun_PutsItFirstAndSaysWhy()
    {
        var runs = new[] { Run(0, "0.25", 10, 20), Run(1, "3", 30, 20), Run(2, "0.25", 10, 20), Run(3, "0.75", 10, 59) };

        var dearest = DearRun.Of(runs, 2);

        Assert.Equal([1, 3], dearest.Select(d => d.Run.Id.Ordinal));
        Assert.Equal((6, 3, 1), (dearest[0].CostToMedian, dearest[0].InputToMedian, dearest[0].OutputToMedian)); // medians 0.5, 10 and 20
        Assert.Equal((true, false), (dearest[0].HasLongPrompt, dearest[0].HasLongAnswer));
        Assert.Equal((false, false), (dearest[1].HasLongPrompt, dearest[1].HasLongAnswer)); // 59 / 20 is below 3
    }

    [Fact]
    public void Of_GivenSeveralModels_ComparesEachWithItsOwn()
    {
        var other = ModelKey.Parse("openai:x");
        var runs = new[] { Run(0, "0.001", 10, 20), Run(1, "0.001", 10, 20), Run(2, "0.1", 10, 20) with { Model = other }, Run(3, "0.1", 10, 20) with { Model = other } };

        Assert.All(DearRun.Of(runs, 10), d => Assert.Equal(1, d.CostToMedian));
    }

    [Fact]
    public void Of_GivenAnUnpricedOrAFreeRun_DoesNotInventAFigure()
    {
        var runs = new[] { Run(0, "0", 0, 0), Run(1, "0", 0, 0) with { Cost = CallCost.Unknown("No price.") } };

        var dear = Assert.Single(DearRun.Of(runs, 10));

        Assert.Equal((0, null, null, null), (dear.Run.Id.Ordinal, dear.CostToMedian, dear.InputToMedian, dear.OutputToMedian));
    }

    private static RunRecord Run(int ordinal, string cost, long input, long output) => Records.Plain(ordinal) with
    {
        Cost = CallCost.Known(new Usd(decimal.Parse(cost, System.Globalization.CultureInfo.InvariantCulture)), "l"),
        Usage = new MeasuredUsage(new TokenUsage { Input = input, Output = output }, IsEstimated: false),
    };
}
