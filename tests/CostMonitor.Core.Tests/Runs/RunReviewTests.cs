using CostMonitor.Core.Contracts;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Tests.Runs;

public sealed class RunReviewTests
{
    private static readonly PriceCatalog Catalog = CatalogOf(output: "49.5"); // 10 * 1 + 20 * 49.5 a million: 0.001

    private static readonly Prompt Prompt = new() { Id = "p1", Category = "qa", Text = "Why?" };

    [Fact]
    public void Of_GivenARecordAndItsPrices_AgreesAndShowsTheParts()
    {
        var review = RunReview.Of(Records.Plain(0), Catalog, Prompt);

        Assert.True(review.Agrees);
        Assert.Equal([0.00001m, 0.00099m], review.Parts.Select(p => p.Cost?.Amount ?? -1));
    }

    [Fact]
    public void Of_GivenAnotherPrice_Disagrees() => Assert.False(RunReview.Of(Records.Plain(0), CatalogOf(output: "50"), Prompt).Agrees);

    [Fact]
    public void Of_GivenAKeptAnswer_ChecksAndCountsItAgain()
    {
        var kept = Records.Plain(0) with { Completion = "Because.", Text = TextFigures.Of("Because."), Checks = OutputContract.AnyText.Check("Because.", null) };

        Assert.True(RunReview.Of(kept, Catalog, Prompt).Agrees);
        Assert.False(RunReview.Of(kept with { Completion = "Another answer." }, Catalog, Prompt).Agrees);
        Assert.False(RunReview.Of(kept with { Checks = [] }, Catalog, Prompt).Agrees);
    }

    [Fact]
    public void Of_GivenNoUsage_HasNoCostToCompare()
    {
        var review = RunReview.Of(Records.Plain(0) with { Usage = null, Cost = CallCost.Unknown("Nothing is known.") }, Catalog, Prompt);

        Assert.Equal((true, null, 0), (review.Agrees, review.Cost, review.Parts.Count));
    }

    private static PriceCatalog CatalogOf(string output) => PriceFile.ParseAll([("sim.json", $$"""
        {"provider":"sim","models":[{"model":"a","prices":[
          {"label":"sim-1","effectiveFrom":"2026-01-01","checked":"2026-01-01","source":"s","currency":"USD","perMillionTokens":{"input":1,"output":{{output}} } }]}]}
        """)]);
}
