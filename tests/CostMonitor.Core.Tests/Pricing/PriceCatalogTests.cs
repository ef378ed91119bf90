using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Tests.Pricing;

public sealed class PriceCatalogTests
{
    private const string TwoRows = """
        {
          "provider": "openai",
          "models": [
            { "model": "gpt-4o", "aliases": ["four-o"], "patterns": ["gpt-4o-{date}"], "prices": [
              { "label": "new", "effectiveFrom": "2024-10-01", "checked": "2026-01-01", "source": "s", "currency": "USD", "perMillionTokens": { "input": 2.50, "output": 10 } },
              { "label": "old", "effectiveFrom": "2024-05-13", "effectiveTo": "2024-10-01", "checked": "2026-01-01", "source": "s", "currency": "USD",
                "perMillionTokens": { "input": 5.00, "output": 15.00 } },
              { "label": "half", "tier": "batch", "effectiveFrom": "2024-10-01", "checked": "2026-01-01", "source": "s", "currency": "USD",
                "times": { "factor": 0.5, "of": "standard" } } ] },
            { "model": "gpt-4o-2024-05-13", "prices": [
              { "label": "snapshot", "effectiveFrom": "2024-05-13", "checked": "2026-01-01", "source": "s", "currency": "USD", "perMillionTokens": { "input": 5, "output": 15 } } ] }
          ]
        }
        """;

    private static readonly Offer Gpt4O = new(ModelKey.Parse("openai:gpt-4o"));
    private static readonly TokenUsage Golden = new() { Input = 1_000, Output = 2_000 };
    private static readonly PriceCatalog Catalog = PriceFile.ParseAll([("openai.json", TwoRows)]);

    [Fact]
    public void CostOf_GivenTheGoldenCallOnADayOfTheOldPrice_Is0035()
    {
        var cost = Catalog.CostOf(Gpt4O, null, Golden, At("2024-06-01T12:00:00Z"));

        Assert.Equal(CallCost.Known(new Usd(0.035m), "old"), cost); // M048: 0.001 * 5 + 0.002 * 15
    }

    [Theory]
    [InlineData("2024-05-13T00:00:00Z", "old")]
    [InlineData("2024-09-30T23:59:59.9999999Z", "old")]
    [InlineData("2024-10-01T00:00:00Z", "new")]
    [InlineData("2024-10-01T01:00:00+02:00", "old")] // still 30 September in UTC
    [InlineData("2099-01-01T00:00:00Z", "new")]
    public void CostOf_GivenAnInstant_TakesTheRowOfItsDayInUtc(string started, string label) =>
        Assert.Equal(label, Catalog.CostOf(Gpt4O, null, Golden, At(started)).Label);

    [Fact]
    public void CostOf_GivenADayBeforeTheFirstRow_IsUnknownAndSaysWhy()
    {
        var cost = Catalog.CostOf(Gpt4O, null, Golden, At("2024-05-12T23:59:59Z"));

        Assert.Equal(CallCost.Unknown("No price for openai:gpt-4o on 2024-05-12; its prices begin on 2024-05-13."), cost);
    }

    [Fact]
    public void CostOf_GivenAnUnknownModel_IsUnknownAndNotZero()
    {
        var cost = Catalog.CostOf(new Offer(ModelKey.Parse("openai:gpt-x")), null, Golden, At("2026-05-01T00:00:00Z"));

        Assert.Equal((null, "No price for openai:gpt-x on 2026-05-01."), (cost.Amount, cost.UnpricedReason));
    }

    [Fact]
    public void Prices_GivenRowsInAnyOrder_AreByModelAndFirstDay() =>
        Assert.Equal(["old", "new", "half", "snapshot"], Catalog.Prices.Select(p => p.Label));

    [Fact]
    public void BuiltIn_GivenTheGoldenCall_Costs0035BeforeOctober2024And00225After()
    {
        var before = PriceCatalog.BuiltIn.CostOf(Gpt4O, null, Golden, At("2024-09-30T12:00:00Z"));
        var after = PriceCatalog.BuiltIn.CostOf(Gpt4O, null, Golden, At("2024-10-01T12:00:00Z"));

        Assert.Equal(new Usd(0.035m), before.Amount);
        Assert.Equal(new Usd(0.0225m), after.Amount); // 0.001 * 2.50 + 0.002 * 10
    }

    [Fact]
    public void BuiltIn_GivenTheMock_CostsAnExplicitZero()
    {
        var cost = PriceCatalog.BuiltIn.CostOf(new Offer(ModelKey.Parse("sim:mock")), null, new TokenUsage { Input = 9, Output = 9 }, At("2026-11-01T00:00:00Z"));

        Assert.Equal((Usd.Zero, null), (cost.Amount, cost.UnpricedReason)); // M049: a row that says 0
    }

    [Fact]
    public void BuiltIn_GivenEveryRow_IsDatedSourcedAndPricesBothWays() => Assert.All(PriceCatalog.BuiltIn.Prices, row =>
    {
        Assert.NotEmpty(row.Source);
        Assert.NotEmpty(row.Label);
        Assert.True(row.EffectiveTo is null || row.EffectiveTo > row.EffectiveFrom);
        Assert.True(row.PerMillionTokens[TokenClass.Input] is not null || row.PerHour is not null || row.PerImage is not null, row.ToString());
    });

    [Theory]
    [InlineData("openai:four-o", "new")] // an alias
    [InlineData("openai:gpt-4o-2024-08-06", "new")] // a dated version, by the pattern
    [InlineData("openai:gpt-4o-0806", "new")]
    [InlineData("openai:gpt-4o-2024-05-13", "snapshot")] // its own row goes before the pattern
    [InlineData("openai:gpt-4o-mini", null)] // the pattern takes dates only
    [InlineData("openai:gpt-4o-2024-08-06-x", null)]
    [InlineData("azure-openai:gpt-4o", null)] // another provider's list is never asked
    public void Find_GivenAName_TakesTheModelThatItMeans(string name, string? label) =>
        Assert.Equal(label, Catalog.Find(new Offer(ModelKey.Parse(name)), new DateOnly(2026, 1, 1))?.Label);

    [Theory]
    [InlineData("gpt-4o-2024-05-13", "snapshot")]
    [InlineData("gpt-4o-2024-08-06", "new")] // no row of its own: the name that was asked for
    [InlineData("no model at all", "new")]
    [InlineData(null, "new")]
    public void CostOf_GivenTheModelThatAnswered_GoesByItsOwnRow(string? answeredBy, string label) =>
        Assert.Equal(label, Catalog.CostOf(Gpt4O, answeredBy, Golden, At("2026-01-01T00:00:00Z")).Label);

    [Fact]
    public void CostOf_GivenTheBatchTier_TakesItsMultiple()
    {
        var cost = Catalog.CostOf(Gpt4O with { Tier = ServiceTier.Batch }, null, Golden, At("2026-01-01T00:00:00Z"));

        Assert.Equal(CallCost.Known(new Usd(0.01125m), "half"), cost); // 0.5 * (0.001 * 2.50 + 0.002 * 10)
    }

    [Fact]
    public void CostOf_GivenATierWithoutARow_IsUnknownAndNamesThoseThatThereAre()
    {
        var cost = Catalog.CostOf(Gpt4O with { Tier = ServiceTier.Priority }, null, Golden, At("2026-01-01T00:00:00Z"));

        Assert.Equal(
            "No price for openai:gpt-4o, priority on 2026-01-01; there is one for openai:gpt-4o and for openai:gpt-4o, batch.", cost.UnpricedReason);
    }

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture);
}
