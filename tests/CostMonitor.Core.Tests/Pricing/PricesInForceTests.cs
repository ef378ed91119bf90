using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Tests.Pricing;

public sealed class PricesInForceTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Replace_GivenAGoodCatalog_PutsItInForce()
    {
        var prices = new PricesInForce(new PriceCatalog([]), Noon);

        prices.Replace(() => PriceCatalog.BuiltIn, Noon.AddHours(1));

        Assert.Equal((PriceCatalog.BuiltIn, Noon.AddHours(1), 0), (prices.Catalog, prices.Read, prices.Faults.Count));
    }

    [Fact]
    public void Replace_GivenAFaultyCatalog_KeepsTheLastGoodOneAndSaysWhatIsWrong()
    {
        var prices = new PricesInForce(PriceCatalog.BuiltIn, Noon);

        prices.Replace(() => PriceFile.ParseAll([("a.json", "{")]), Noon.AddHours(1));

        Assert.Equal((PriceCatalog.BuiltIn, Noon), (prices.Catalog, prices.Read));
        Assert.Equal("a.json", Assert.Single(prices.Faults).File);
    }

    [Fact]
    public void Replace_GivenAGoodCatalogAfterAFaultyOne_ForgetsTheFault()
    {
        var prices = new PricesInForce(PriceCatalog.BuiltIn, Noon);

        prices.Replace(() => throw new InputException("a.json", "$", "Faulty."), Noon.AddHours(1));
        prices.Replace(() => PriceCatalog.BuiltIn, Noon.AddHours(2));

        Assert.Equal((Noon.AddHours(2), 0), (prices.Read, prices.Faults.Count));
    }
}
