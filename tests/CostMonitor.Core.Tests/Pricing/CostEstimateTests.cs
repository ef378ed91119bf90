using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Estimates;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Tests.Pricing;

/// <summary>The worked examples of the requirements: $0.009 and $0.045 per thousand tokens, 500 tokens a request, half of them generated.</summary>
public sealed class CostEstimateTests
{
    private static readonly Workload Base = new()
    {
        ConversationsPerDay = 1000, PerTurn = new TokenUsage { Input = 250, Output = 250 }, MonthlyBudget = new Usd(5000),
    };

    [Fact]
    public void Of_GivenTheBaseModel_Is405AMonth() // M057
    {
        var estimate = Estimate(Base);

        Assert.Equal((0.0135m, 0.027m, 13.50m, 405m), (estimate.PerConversation.Amount, estimate.BlendPerThousandTokens.Amount, estimate.PerDay.Amount, estimate.PerMonth.Amount));
        Assert.Equal(0.081m, estimate.ShareOfBudget); // 405 / 5,000
    }

    [Fact]
    public void Of_GivenThirtyPercentCacheHits_Is283AndAHalf() // M058, M103
    {
        var estimate = Estimate(Base with { CacheHits = 0.3m });

        Assert.Equal((283.50m, 121.50m, 0.0567m), (estimate.PerMonth.Amount, estimate.SavedPerMonth.Amount, estimate.ShareOfBudget));
    }

    [Fact]
    public void Of_GivenTenThousandRequestsAndHalfOfThemCached_Is2025() // M104: 4,050 without the cache
    {
        var estimate = Estimate(Base with { ConversationsPerDay = 10_000, CacheHits = 0.5m });

        Assert.Equal((2025m, 2025m), (estimate.PerMonth.Amount, estimate.SavedPerMonth.Amount));
    }

    [Fact]
    public void DailyCap_GivenFiveThousandAMonth_Is166And67Cents() => // M113
        Assert.Equal(166.67m, Math.Round(Estimate(Base).DailyCap?.Amount ?? 0, 2));

    [Fact]
    public void Of_GivenFiveTurns_SendsWhatWasSaidBeforeAgain() // M051
    {
        var estimate = Estimate(Base with { Turns = 5 });

        // Input 250 * (1 + 3 + 5 + 7 + 9) = 6,250 tokens at 9, output 5 * 250 = 1,250 at 45, per million.
        Assert.Equal(0.1125m, estimate.PerConversation.Amount);
        Assert.Equal(3375m, estimate.PerMonth.Amount);
    }

    [Theory]
    [InlineData("0.2", 14)] // M061: 405 * 1.2^13 = 4,333, * 1.2^14 = 5,200
    [InlineData("0", null)]
    [InlineData("-0.5", null)]
    public void MonthsUntilBudgetIsExceeded_GivenAGrowth_CountsThem(string growth, int? months) =>
        Assert.Equal(months, Estimate(Base with { MonthlyGrowth = decimal.Parse(growth, System.Globalization.CultureInfo.InvariantCulture) }).MonthsUntilBudgetIsExceeded);

    [Fact]
    public void MonthsUntilBudgetIsExceeded_GivenTooMuchAlready_IsThisMonth() =>
        Assert.Equal(0, Estimate(Base with { MonthlyBudget = new Usd(400) }).MonthsUntilBudgetIsExceeded);

    [Fact]
    public void Of_GivenAClassWithoutAPrice_IsUnknownAndSaysWhy()
    {
        var estimate = CostEstimate.Of(Base with { PerTurn = new TokenUsage { AudioInput = 1 } }, Price, out var reason);

        Assert.Null(estimate);
        Assert.Equal("acme:one has no audioInput price in l.", reason);
    }

    private static CostEstimate Estimate(Workload workload) => CostEstimate.Of(workload, Price, out var reason) ?? throw new InvalidOperationException(reason);

    private static readonly Price Price = new()
    {
        Offer = new Offer(ModelKey.Parse("acme:one")), Label = "l", EffectiveFrom = new DateOnly(2026, 1, 1), Source = "s", Checked = new DateOnly(2026, 1, 1),
        PerMillionTokens = TokenRates.Of((TokenClass.Input, 9m), (TokenClass.Output, 45m)),
    };
}
