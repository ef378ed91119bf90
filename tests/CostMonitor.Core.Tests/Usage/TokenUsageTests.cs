using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Tests.Usage;

public sealed class TokenUsageTests
{
    private static readonly TokenUsage Every = new()
    {
        Input = 1, CachedInput = 20, CacheWrite = 300, Output = 4_000, Reasoning = 50_000, AudioInput = 600_000, AudioOutput = 7_000_000,
    };

    [Fact]
    public void Totals_GivenEveryClass_AddUpEachClassOnce()
    {
        Assert.Equal((600_321, 7_054_000, 7_654_321), (Every.TotalInput, Every.TotalOutput, Every.Total));
    }

    [Fact]
    public void Indexer_GivenEveryClass_PartitionsTheTotal()
    {
        var byClass = Enum.GetValues<TokenClass>().Select(c => Every[c]);

        Assert.Equal([1, 20, 300, 4_000, 50_000, 600_000, 7_000_000], byClass);
    }

    [Fact]
    public void Indexer_GivenNoClass_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => Every[(TokenClass)7]);

    [Fact]
    public void Sum_GivenTwoCalls_AddsClassByClass()
    {
        var sum = Every + Every;

        Assert.All(Enum.GetValues<TokenClass>(), c => Assert.Equal(2 * Every[c], sum[c]));
    }

    [Fact]
    public void Init_GivenANegativeCount_NamesTheClass()
    {
        var thrown = Assert.Throws<ArgumentOutOfRangeException>(() => new TokenUsage { CacheWrite = -1 });

        Assert.Equal("CacheWrite", thrown.ParamName);
    }
}
