using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Tests.Pricing;

public sealed class PriceCatalogTests
{
    private const string TwoRows = """
        {
          "provider": "openai", "currency": "USD", "unit": "per_million_tokens",
          "prices": [
            { "model": "gpt-4o", "label": "new", "effectiveFrom": "2024-10-01", "checked": "2026-01-01", "source": "s", "input": 2.50, "output": 10 },
            { "model": "gpt-4o", "label": "old", "effectiveFrom": "2024-05-13", "effectiveTo": "2024-10-01", "checked": "2026-01-01",
              "source": "s", "input": 5.00, "output": 15.00 }
          ]
        }
        """;

    private static readonly ModelKey Gpt4O = ModelKey.Parse("openai:gpt-4o");
    private static readonly TokenUsage Golden = new() { Input = 1_000, Output = 2_000 };
    private static readonly PriceCatalog Catalog = PriceFile.ParseAll([("openai.json", TwoRows)]);

    [Fact]
    public void CostOf_GivenTheGoldenCallOnADayOfTheOldPrice_Is0035()
    {
        var cost = Catalog.CostOf(Gpt4O, Golden, At("2024-06-01T12:00:00Z"));

        Assert.Equal(CallCost.Known(new Usd(0.035m), "old"), cost); // M048: 0.001 * 5 + 0.002 * 15
    }

    [Theory]
    [InlineData("2024-05-13T00:00:00Z", "old")]
    [InlineData("2024-09-30T23:59:59.9999999Z", "old")]
    [InlineData("2024-10-01T00:00:00Z", "new")]
    [InlineData("2024-10-01T01:00:00+02:00", "old")] // still 30 September in UTC
    [InlineData("2099-01-01T00:00:00Z", "new")]
    public void CostOf_GivenAnInstant_TakesTheRowOfItsDayInUtc(string started, string label) =>
        Assert.Equal(label, Catalog.CostOf(Gpt4O, Golden, At(started)).Label);

    [Fact]
    public void CostOf_GivenADayBeforeTheFirstRow_IsUnknownAndSaysWhy()
    {
        var cost = Catalog.CostOf(Gpt4O, Golden, At("2024-05-12T23:59:59Z"));

        Assert.Equal(CallCost.Unknown("No price for openai:gpt-4o on 2024-05-12."), cost);
    }

    [Fact]
    public void CostOf_GivenAnUnknownModel_IsUnknownAndNotZero()
    {
        var cost = Catalog.CostOf(ModelKey.Parse("openai:gpt-x"), Golden, At("2026-05-01T00:00:00Z"));

        Assert.Equal((null, "No price for openai:gpt-x on 2026-05-01."), (cost.Amount, cost.UnpricedReason));
    }

    [Fact]
    public void Prices_GivenRowsInAnyOrder_AreByModelAndFirstDay() =>
        Assert.Equal(["old", "new"], Catalog.Prices.Select(p => p.Label));

    [Fact]
    public void BuiltIn_GivenTheGoldenCall_Costs0035BeforeOctober2024And00225After()
    {
        var before = PriceCatalog.BuiltIn.CostOf(Gpt4O, Golden, At("2024-09-30T12:00:00Z"));
        var after = PriceCatalog.BuiltIn.CostOf(Gpt4O, Golden, At("2024-10-01T12:00:00Z"));

        Assert.Equal(new Usd(0.035m), before.Amount);
        Assert.Equal(new Usd(0.0225m), after.Amount); // 0.001 * 2.50 + 0.002 * 10
    }

    [Fact]
    public void BuiltIn_GivenTheMock_CostsAnExplicitZero()
    {
        var cost = PriceCatalog.BuiltIn.CostOf(ModelKey.Parse("sim:mock"), new TokenUsage { Input = 9, Output = 9 }, At("2026-11-01T00:00:00Z"));

        Assert.Equal((Usd.Zero, null), (cost.Amount, cost.UnpricedReason)); // M049: a row that says 0
    }

    [Fact]
    public void BuiltIn_GivenEveryRow_IsDatedSourcedAndPricesBothWays() => Assert.All(PriceCatalog.BuiltIn.Prices, row =>
    {
        Assert.NotEmpty(row.Source);
        Assert.NotEmpty(row.Label);
        Assert.True(row.EffectiveTo is null || row.EffectiveTo > row.EffectiveFrom);
        Assert.Contains(TokenClass.Input, row.PerMillionTokens.Keys);
    });

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture);
}
