using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Tests.Pricing;

public sealed class ModelKeyTests
{
    [Theory]
    [InlineData("openai:gpt-4o", "openai", "gpt-4o")]
    [InlineData("azure-openai:my:deployment", "azure-openai", "my:deployment")]
    [InlineData("local-1:meta-llama/Llama-3.1-8B", "local-1", "meta-llama/Llama-3.1-8B")]
    public void Parse_GivenProviderAndModel_SplitsAtTheFirstColonAndFormatsBack(string text, string provider, string model)
    {
        var key = ModelKey.Parse(text);

        Assert.Equal((provider, model, text), (key.Provider, key.Model, key.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("gpt-4o")]
    [InlineData(":gpt-4o")]
    [InlineData("openai:")]
    [InlineData("OpenAI:gpt-4o")]
    [InlineData("openai:gpt 4o")]
    [InlineData("openai:gpt\u00004o")]
    public void TryParse_GivenAnythingElse_Refuses(string? text) => Assert.False(ModelKey.TryParse(text, out _));

    [Fact]
    public void TryParse_GivenTooLongNames_Refuses()
    {
        Assert.True(ModelKey.TryParse(new string('p', 60) + ":" + new string('m', 200), out _));
        Assert.False(ModelKey.TryParse(new string('p', 61) + ":m", out _));
        Assert.False(ModelKey.TryParse("p:" + new string('m', 201), out _));
    }

    [Fact]
    public void Parse_GivenNoModel_SaysWhatItGotAndWanted()
    {
        var thrown = Assert.Throws<FormatException>(() => ModelKey.Parse("gpt-4o"));

        Assert.Equal("'gpt-4o' is no model: expected provider:model, as in openai:gpt-4o.", thrown.Message);
    }

    [Theory]
    [InlineData("Open AI", "m")]
    [InlineData("openai", "a b")]
    public void Constructor_GivenABadName_Throws(string provider, string model) =>
        Assert.Throws<FormatException>(() => new ModelKey(provider, model));

    [Fact]
    public void Compare_GivenTwoKeys_OrdersByTheirText()
    {
        var (a, b) = (ModelKey.Parse("a:z"), ModelKey.Parse("b:a"));

        Assert.True(a < b && b > a && a <= b && b >= a);
    }
}
