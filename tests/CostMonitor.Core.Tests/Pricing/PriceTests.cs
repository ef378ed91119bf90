using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Pricing;

public sealed class PriceTests
{
    private static readonly Price Price = PriceOf(
        (TokenClass.Input, 2.50m), (TokenClass.CachedInput, 1.25m), (TokenClass.CacheWrite, 3.125m), (TokenClass.Output, 10m),
        (TokenClass.Reasoning, 10m), (TokenClass.AudioInput, 40m), (TokenClass.AudioOutput, 80m),
        (TokenClass.CacheWriteOneHour, 5m), (TokenClass.CachedAudioInput, 2.5m), (TokenClass.ImageInput, 8m), (TokenClass.CachedImageInput, 2m), (TokenClass.ImageOutput, 32m));

    private static readonly Arbitrary<TokenUsage> Calls = (
        from n in Gen.Choose(0, 1_000_000).ArrayOf(12)
        select TokenClasses.From(c => n[(int)c])).ToArbitrary();

    [Fact]
    public void CostOf_GivenCachedInput_ChargesThatPartAtTheCachedPrice()
    {
        var usage = new TokenUsage { Input = 600_000, CachedInput = 400_000 };

        var cost = Price.CostOf(usage);

        Assert.Equal(CallCost.Known(new Usd(2.00m), "list-1"), cost); // 0.6 * 2.50 + 0.4 * 1.25
    }

    [Fact]
    public void CostOf_GivenOneTokenOfEachClass_ChargesEachAtItsOwnPrice()
    {
        var usage = new TokenUsage { Input = 1, CachedInput = 1, CacheWrite = 1, Output = 1, Reasoning = 1, AudioInput = 1, AudioOutput = 1 };

        var cost = Price.CostOf(usage);

        Assert.Equal(new Usd(0.000146875m), cost.Amount); // (2.5 + 1.25 + 3.125 + 10 + 10 + 40 + 80) / 10^6
    }

    [Fact]
    public void CostOf_GivenATinyCall_IsExact()
    {
        var mini = PriceOf((TokenClass.Input, 0.15m), (TokenClass.Output, 0.60m));

        var cost = mini.CostOf(new TokenUsage { Input = 9, Output = 9 });

        Assert.Equal(new Usd(0.00000675m), cost.Amount); // 9 * 0.15 / 10^6 + 9 * 0.60 / 10^6: not 0.000007
    }

    [Fact]
    public void CostOf_GivenTokensOfAClassWithoutAPrice_IsUnknownAndSaysWhy()
    {
        var price = PriceOf((TokenClass.Input, 5m), (TokenClass.Output, 15m));

        var cost = price.CostOf(new TokenUsage { Input = 10, AudioInput = 1 });

        Assert.Equal(CallCost.Unknown("acme:one has no audioInput price in list-1.", "list-1"), cost);
    }

    [Fact]
    public void CostOf_GivenNoTokensOfAClassWithoutAPrice_IsKnown()
    {
        var price = PriceOf((TokenClass.Input, 5m));

        var cost = price.CostOf(new TokenUsage { Input = 2_000_000 });

        Assert.Equal(new Usd(10m), cost.Amount);
    }

    [Fact]
    public void CostOf_GivenTheMostTokens_DoesNotOverflow()
    {
        var dearest = PriceOf((TokenClass.Input, 100_000m));

        var cost = dearest.CostOf(new TokenUsage { Input = long.MaxValue });

        Assert.Equal(new Usd(922_337_203_685_477_580.7m), cost.Amount); // 9223372036854775807 * 0.1
    }

    [Fact]
    public void CostOf_GivenAnyTwoCalls_CostsTheSameTogetherAsApart() =>
        Prop.ForAll(Calls, Calls, (a, b) => Price.CostOf(a + b).Amount == Price.CostOf(a).Amount + Price.CostOf(b).Amount)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Breakdown_GivenAnyCall_PartitionsItsTokensAndItsCost() =>
        Prop.ForAll(Calls, usage =>
        {
            var parts = Price.Breakdown(new BilledUsage(usage));
            return parts.Sum(p => p.Quantity) == usage.Total
                && parts.Select(p => p.TokenClass).Distinct().Count() == parts.Count
                && parts.Sum(p => p.Cost?.Amount) == Price.CostOf(usage).Amount?.Amount;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void CostOf_GivenMoreTokens_CostsNoLess() =>
        Prop.ForAll(Calls, Calls, (a, more) => (Price.CostOf(a + more).Amount ?? Usd.Zero) >= (Price.CostOf(a).Amount ?? Usd.Zero)).QuickCheckThrowOnFailure();

    [Fact]
    public void CostOf_GivenMoreTokensAcrossAPromptTier_CostsNoLess()
    {
        var tiered = Price with { PromptTiers = [new PromptTier(1_500_000, Price.PerMillionTokens.Times(2))] };

        Prop.ForAll(Calls, Calls, (a, more) => (tiered.CostOf(a + more).Amount ?? Usd.Zero) >= (tiered.CostOf(a).Amount ?? Usd.Zero)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Breakdown_GivenAClassWithoutAPrice_LeavesItsCostNull()
    {
        var price = PriceOf((TokenClass.Input, 5m));

        var parts = price.Breakdown(new BilledUsage(new TokenUsage { Input = 1_000, Output = 7 }));

        Assert.Equal([("input", 1_000m, 5m, new Usd(0.005m)), ("output", 7m, null, (Usd?)null)], parts.Select(p => (p.Name, p.Quantity, p.Rate, p.Cost)));
    }

    [Theory]
    [InlineData("2024-05-12", false)]
    [InlineData("2024-05-13", true)]
    [InlineData("2024-09-30", true)]
    [InlineData("2024-10-01", false)]
    public void HoldsOn_GivenASpan_IncludesItsFirstDayAndNotItsEnd(string day, bool holds)
    {
        var price = Price with { EffectiveFrom = new DateOnly(2024, 5, 13), EffectiveTo = new DateOnly(2024, 10, 1) };

        Assert.Equal(holds, price.HoldsOn(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture)));
    }

    private static Price PriceOf(params (TokenClass Class, decimal PerMillion)[] prices) => new()
    {
        Offer = new Offer(ModelKey.Parse("acme:one")),
        Label = "list-1",
        EffectiveFrom = new DateOnly(2026, 1, 1),
        Source = "https://example.com/prices",
        Checked = new DateOnly(2026, 1, 1),
        PerMillionTokens = TokenRates.Of(prices),
    };
}
