using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Tests.Usage;

public sealed class TokenUsageTests
{
    private static readonly TokenUsage Every = new()
    {
        Input = 1, CachedInput = 2, CacheWrite = 4, CacheWriteOneHour = 8, AudioInput = 16, CachedAudioInput = 32, ImageInput = 64, CachedImageInput = 128,
        Output = 256, Reasoning = 512, AudioOutput = 1024, ImageOutput = 2048,
    };

    [Fact]
    public void Totals_GivenEveryClass_AddUpEachClassOnce()
    {
        Assert.Equal((255, 3840, 4095), (Every.TotalInput, Every.TotalOutput, Every.Total));
    }

    [Fact]
    public void Indexer_GivenEveryClass_PartitionsTheTotal()
    {
        var byClass = Enum.GetValues<TokenClass>().Select(c => Every[c]);

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048], byClass);
    }

    [Fact]
    public void Indexer_GivenNoClass_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => Every[(TokenClass)12]);

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

    [Fact]
    public void TokenClasses_GivenEveryClass_ReadWhatTheyWrite()
    {
        var json = $"{{{string.Join(',', TokenClasses.All.Select(c => $"\"{TokenClasses.NameOf(c)}\":{Every[c]}"))}}}";

        Assert.Equal(Every, TokenClasses.Read(System.Text.Json.JsonDocument.Parse(json).RootElement));
    }

    [Theory]
    [InlineData("cacheWriteOneHour", TokenClass.CacheWriteOneHour)]
    [InlineData("input", TokenClass.Input)]
    public void TryParse_GivenAName_GivesItsClass(string name, TokenClass expected) =>
        Assert.Equal((true, expected), (TokenClasses.TryParse(name, out var tokenClass), tokenClass));

    [Theory]
    [InlineData("Input")]
    [InlineData("")]
    [InlineData(null)]
    public void TryParse_GivenNoClass_SaysNo(string? name) => Assert.False(TokenClasses.TryParse(name, out _));
}
