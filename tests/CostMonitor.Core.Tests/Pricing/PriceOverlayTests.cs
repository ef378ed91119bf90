using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Tests.Pricing;

public sealed class PriceOverlayTests
{
    private static readonly PriceCatalog List = PriceFile.ParseAll([("acme.json", """
        { "provider": "acme", "models": [
          { "model": "one", "prices": [
            { "label": "list", "effectiveFrom": "2026-01-01", "checked": "2026-01-01", "source": "list", "currency": "USD",
              "perMillionTokens": { "input": 10, "cachedInput": { "times": 0.1, "of": "input" }, "output": 40 }, "perRequest": 1,
              "promptTiers": [ { "above": 100, "perMillionTokens": { "input": 20 } } ] },
            { "label": "list-batch", "tier": "batch", "effectiveFrom": "2026-01-01", "checked": "2026-01-01", "source": "list", "currency": "USD",
              "times": { "factor": 0.5, "of": "standard" } } ] },
          { "model": "two", "prices": [
            { "label": "list", "effectiveFrom": "2026-01-01", "checked": "2026-01-01", "source": "list", "currency": "USD", "perMillionTokens": { "input": 1 } } ] } ] }
        """)]);

    [Fact]
    public void Over_GivenADiscountFromADayOn_DividesTheRowThere()
    {
        var catalog = Overlay("""{ "provider": "acme", "models": "one", "tier": "standard", "effectiveFrom": "2026-07-01", "times": 0.88, "source": "EA 7" }""");

        Assert.Equal(("list", 10m), Input(catalog, "one", "2026-06-30"));
        Assert.Equal(("list+ours", 8.8m), Input(catalog, "one", "2026-07-01")); // 10 * 0.88
        Assert.Equal(("list", 1m), Input(catalog, "two", "2026-07-01"));
    }

    [Fact]
    public void Over_GivenADiscountOfAllClasses_TakesFeesAndTiersAndMultiplesToo()
    {
        var row = Find(Overlay("""{ "provider": "acme", "effectiveFrom": "2026-01-01", "times": 0.5, "source": "EA 7" }"""), "one", "2026-07-01");

        Assert.Equal((5m, 0.5m, 20m), (row.PerMillionTokens[TokenClass.Input], row.PerMillionTokens[TokenClass.CachedInput], row.PerMillionTokens[TokenClass.Output]));
        Assert.Equal((10m, 1m, 0.5m), (row.PromptTiers[0].PerMillionTokens[TokenClass.Input], row.PromptTiers[0].PerMillionTokens[TokenClass.CachedInput], row.PerRequest));
    }

    [Fact]
    public void Over_GivenADiscountOfOneClass_LeavesTheOthers()
    {
        var row = Find(Overlay("""{ "provider": "acme", "models": "o*", "effectiveFrom": "2026-01-01", "times": 0, "classes": ["output"], "source": "EA 7" }"""), "one", "2026-07-01");

        Assert.Equal((10m, 0m, 1m), (row.PerMillionTokens[TokenClass.Input], row.PerMillionTokens[TokenClass.Output], row.PerRequest));
    }

    [Fact]
    public void Over_GivenASpanInTheMiddle_LeavesListPricesBeforeAndAfter()
    {
        var catalog = Overlay("""{ "provider": "acme", "models": "two", "effectiveFrom": "2026-03-01", "effectiveTo": "2026-04-01", "times": 0.5, "source": "s" }""");

        Assert.Equal(
            [("list", 1m), ("list+ours", 0.5m), ("list", 1m)],
            new[] { "2026-02-28", "2026-03-31", "2026-04-01" }.Select(day => Input(catalog, "two", day)));
    }

    [Fact]
    public void Over_GivenTwoDiscountsOnOneDay_IsAFault()
    {
        var thrown = Assert.Throws<InputException>(() => Overlay(
            """
            { "provider": "acme", "models": "two", "effectiveFrom": "2026-03-01", "times": 0.5, "source": "s" },
            { "provider": "acme", "models": "two", "effectiveFrom": "2026-05-01", "times": 0.9, "source": "s" }
            """));

        Assert.Equal(
            new InputFault("ea.json", "$.discounts[1]", "Another discount covers acme:two on 2026-05-01 already."), Assert.Single(thrown.Faults));
    }

    [Fact]
    public void Over_GivenADiscountOfNothing_IsAFault()
    {
        var thrown = Assert.Throws<InputException>(() => Overlay("""{ "provider": "acmee", "effectiveFrom": "2026-03-01", "times": 0.5, "source": "s" }"""));

        Assert.Equal("The discount covers no price of the catalog.", Assert.Single(thrown.Faults).Problem);
    }

    [Fact]
    public void Parse_GivenFaults_SaysAllWithTheirPaths()
    {
        var thrown = Assert.Throws<InputException>(() => Overlay(
            """{ "effectiveFrom": "2026-03-01", "effectiveTo": "2026-03-01", "times": 1.2, "classes": ["inputs"], "tier": "slow", "of": 1, "source": "s" }"""));

        Assert.Equal(
            ["$.discounts[0]", "$.discounts[0]", "$.discounts[0].classes[0]", "$.discounts[0].of", "$.discounts[0].tier", "$.discounts[0].times"],
            thrown.Faults.Select(f => f.Path).Order(StringComparer.Ordinal));
    }

    private static PriceCatalog Overlay(string discounts) => PriceOverlay.Parse("ea.json", $$"""{ "overlay": "ours", "discounts": [ {{discounts}} ] }""").Over(List);

    private static Price Find(PriceCatalog catalog, string model, string day) =>
        catalog.Find(new Offer(new ModelKey("acme", model)), DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture))
        ?? throw new InvalidOperationException("No row.");

    private static (string Label, decimal? Input) Input(PriceCatalog catalog, string model, string day)
    {
        var row = Find(catalog, model, day);
        return (row.Label, row.PerMillionTokens[TokenClass.Input]);
    }
}
