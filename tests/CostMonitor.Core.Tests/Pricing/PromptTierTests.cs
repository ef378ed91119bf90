using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Tests.Pricing;

public sealed class PromptTierTests
{
    /// <summary>USD per million: input 3, cached 0.30, output 15; above 200,000 prompt tokens 6, 0.60 and 22.50.</summary>
    private const string Rows = """
        "effectiveFrom": "2026-01-01", "checked": "2026-01-01", "source": "s", "currency": "USD",
        "perMillionTokens": { "input": 3, "cachedInput": { "times": 0.1, "of": "input" }, "output": 15 },
        "promptTiers": [ { "above": 200000, "perMillionTokens": { "input": 6, "output": 22.5 } } ]
        """;

    private static readonly PriceCatalog Catalog = PriceFile.ParseAll([("a.json", $$"""
        { "provider": "acme", "models": [
          { "model": "whole", "prices": [ { "label": "w", {{Rows}} } ] },
          { "model": "part", "prices": [ { "label": "p", "tierCharge": "part-above", {{Rows}} } ] } ] }
        """)]);

    [Theory]
    [InlineData(200_000, 0, 1_000, "0.615")] // at the limit: 0.2 * 3 + 0.001 * 15
    [InlineData(200_001, 0, 1_000, "1.222506")] // one above: all at the tier's price, 0.200001 * 6 + 0.001 * 22.5
    [InlineData(50_000, 150_001, 1_000, "0.4125006")] // cached tokens count for the size: 0.05 * 6 + 0.150001 * 0.6 + 0.0225
    public void CostOf_GivenATierForTheWholeCall_ChargesAllAtItsPrice(long input, long cached, long output, string expected) =>
        Assert.Equal(expected, Cost("whole", input, cached, output));

    [Theory]
    [InlineData(200_000, 0, 1_000, "0.615")]
    [InlineData(200_001, 0, 1_000, "0.615006")] // one token at 6: 0.6 + 0.000006 + 0.001 * 15
    [InlineData(50_000, 150_001, 1_000, "0.2100033")] // the cached beginning lies below: 0.150001 * 0.3 + 0.049999 * 3 + 0.000001 * 6 + 0.015
    public void CostOf_GivenATierForThePartAbove_ChargesThatPartAtItsPrice(long input, long cached, long output, string expected) =>
        Assert.Equal(expected, Cost("part", input, cached, output));

    [Theory]
    [InlineData("whole")]
    [InlineData("part")]
    public void Breakdown_GivenALongPrompt_AddsUpToTheCostAndTheTokens(string model)
    {
        var usage = new TokenUsage { Input = 150_000, CachedInput = 120_000, Output = 4_321 };

        var parts = Row(model).Breakdown(new BilledUsage(usage));

        Assert.Equal(usage.Total, parts.Sum(p => p.Quantity));
        Assert.Equal(Row(model).CostOf(usage).Amount?.Amount, parts.Sum(p => p.Cost?.Amount));
        Assert.Contains(parts, p => p.TierAbove == 200_000);
    }

    [Fact]
    public void CostOf_GivenFees_AddsThemOnceEach()
    {
        var row = Row("whole") with { PerRequest = 0.01m, PerImage = 0.04m, PerHour = 2m };

        var cost = row.CostOf(new BilledUsage(new TokenUsage { Output = 1_000_000 }, Requests: 1, Images: 2, Hours: 1.5m));

        Assert.Equal(new Usd(18.09m), cost.Amount); // 15 + 0.01 + 2 * 0.04 + 1.5 * 2
        Assert.Equal(["output", "request", "image", "hour"], row.Breakdown(new BilledUsage(new TokenUsage { Output = 1 }, 1, 2, 1.5m)).Select(p => p.Name));
    }

    [Theory]
    [InlineData(1, 0, "acme:whole has no image price in w.")]
    [InlineData(0, 1, "acme:whole has no hour price in w.")]
    public void CostOf_GivenAFeeWithoutAPrice_IsUnknown(long images, int hours, string reason) =>
        Assert.Equal(reason, Row("whole").CostOf(new BilledUsage(default, 1, images, hours)).UnpricedReason);

    [Fact]
    public void CostOf_GivenAnotherCurrency_IsUnknownAndNothingIsConverted() => Assert.Equal(
        "acme:whole is priced in EUR in w, and nothing is converted to USD.",
        (Row("whole") with { Currency = "EUR" }).CostOf(new TokenUsage { Input = 1 }).UnpricedReason);

    private static Price Row(string model) =>
        Catalog.Find(new Offer(new ModelKey("acme", model)), new DateOnly(2026, 1, 1)) ?? throw new InvalidOperationException("No row.");

    private static string? Cost(string model, long input, long cached, long output) =>
        Row(model).CostOf(new TokenUsage { Input = input, CachedInput = cached, Output = output }).Amount?.ToExactString();
}
