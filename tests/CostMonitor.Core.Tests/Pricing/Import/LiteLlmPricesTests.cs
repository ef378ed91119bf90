using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Import;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Tests.Pricing.Import;

public sealed class LiteLlmPricesTests
{
    private static readonly DateOnly Day = new(2026, 8, 1);

    [Fact]
    public void Read_GivenPricesPerToken_MakesARowPerTier()
    {
        var model = Assert.Single(Read("""
            {"gpt-x":{"litellm_provider":"openai","mode":"chat","input_cost_per_token":5e-06,"output_cost_per_token":3e-05,"cache_read_input_token_cost":5e-07,
             "cache_creation_input_token_cost":6.25e-06,"cache_creation_input_token_cost_above_1hr":1e-05,"input_cost_per_token_batches":2.5e-06,"output_cost_per_token_batches":1.5e-05,
             "input_cost_per_token_priority":1e-05,"output_cost_per_token_flex":1.5e-05}}
            """).Models);

        Assert.Equal("openai:gpt-x", model.Key.ToString());
        Assert.Equal([ServiceTier.Standard, ServiceTier.Batch, ServiceTier.Priority, ServiceTier.Flex], model.Prices.Select(p => p.Offer.Tier));
        Assert.Equal(
            TokenRates.Of((TokenClass.Input, 5m), (TokenClass.CachedInput, 0.5m), (TokenClass.CacheWrite, 6.25m), (TokenClass.CacheWriteOneHour, 10m), (TokenClass.Output, 30m)),
            model.Prices[0].PerMillionTokens);
        Assert.Equal(TokenRates.Of((TokenClass.Input, 2.5m), (TokenClass.Output, 15m)), model.Prices[1].PerMillionTokens);
        Assert.Equal(("openai-2026-08-01", Day, "https://github.com/BerriAI/litellm (MIT), prices.json, 2026-08-01"), (model.Prices[0].Label, model.Prices[0].EffectiveFrom, model.Prices[0].Source));
    }

    [Fact]
    public void Read_GivenPricesAboveLimits_ChargesTheWholeCallAndKeepsWhatATierDoesNotState()
    {
        var row = RowOf("""
            {"gemini/g":{"litellm_provider":"gemini","input_cost_per_token":1e-06,"output_cost_per_token":4e-06,"cache_read_input_token_cost":1e-07,
             "input_cost_per_token_above_200k_tokens":2e-06,"output_cost_per_token_above_200k_tokens":6e-06}}
            """);

        var cost = row.CostOf(new TokenUsage { Input = 150_000, CachedInput = 50_001, Output = 1_000 });

        Assert.Equal("google:g", row.Model.ToString());
        Assert.Equal(new Usd(0.3110001m), cost.Amount); // 0.15 * 2 + 0.050001 * 0.1 + 0.001 * 6
        Assert.Equal(new Usd(0.2m), row.CostOf(new TokenUsage { Input = 200_000 }).Amount); // at the limit, not above it
    }

    [Theory]
    [InlineData("azure/global/m", "azure", "azure-openai:m, global")]
    [InlineData("azure/global-standard/m", "azure", "azure-openai:m, global")]
    [InlineData("azure/m", "azure", "azure-openai:m, global")]
    [InlineData("azure/us/m", "azure", "azure-openai:m, data-zone, us")]
    [InlineData("azure/hd/1024-x-1024/m", "azure", "azure-openai:hd/1024-x-1024/m, global")]
    [InlineData("azure/m", "azure_text", "azure-openai:m, global")]
    [InlineData("azure_ai/m", "azure_ai", "azure-ai:m")]
    [InlineData("m", "text-completion-openai", "openai:m")]
    [InlineData("ft:m", "openai", "openai:ft:m")]
    [InlineData("gemini/m", "gemini", "google:m")]
    [InlineData("vertex_ai/m@1", "vertex_ai-anthropic_models", "vertex:m@1")]
    [InlineData("xai/m", "xai", "xai:m")]
    [InlineData("together_ai/org/M", "together_ai", "together-ai:org/M")]
    public void Read_GivenAKey_NamesTheOffer(string key, string provider, string offer) =>
        Assert.Equal(offer, RowOf($$$"""{"{{{key}}}":{"litellm_provider":"{{{provider}}}","input_cost_per_token":1e-06}}""").Offer.ToString());

    [Fact]
    public void Read_GivenBothDataZonesAtOnePrice_MakesOneRow()
    {
        var rows = Read("""
            {"azure/us/m":{"litellm_provider":"azure","input_cost_per_token":1.1e-06},"azure/eu/m":{"litellm_provider":"azure","input_cost_per_token":1.1e-06},
             "azure/us/n":{"litellm_provider":"azure","input_cost_per_token":1.1e-06},"azure/eu/n":{"litellm_provider":"azure","input_cost_per_token":1.2e-06}}
            """).Models.SelectMany(m => m.Prices);

        Assert.Equal(["azure-openai:m, data-zone", "azure-openai:n, data-zone, eu", "azure-openai:n, data-zone, us"], rows.Select(r => r.Offer.ToString()));
    }

    [Fact]
    public void Read_GivenAPlainAzureKeyThatDiffersFromTheGlobalOne_TakesItForRegional()
    {
        var rows = Assert.Single(Read("""
            {"azure/m":{"litellm_provider":"azure","input_cost_per_token":2.75e-06},"azure/global/m":{"litellm_provider":"azure","input_cost_per_token":2.5e-06}}
            """).Models).Prices;

        Assert.Equal([("azure-openai:m, global", (decimal?)2.5m), ("azure-openai:m, regional", 2.75m)], rows.Select(r => (r.Offer.ToString(), r.PerMillionTokens[TokenClass.Input])));
    }

    [Fact]
    public void Read_GivenTwoEntriesThatContradictEachOther_TakesNeither()
    {
        var imported = Read("""
            {"m":{"litellm_provider":"deepseek","input_cost_per_token":1e-06},"deepseek/m":{"litellm_provider":"deepseek","input_cost_per_token":2e-06}}
            """);

        Assert.Empty(imported.Models);
        var conflict = Assert.Single(imported.Conflicts);
        Assert.Equal(("deepseek/m", 2m, "m", 1m), (conflict.FirstEntry, conflict.First.PerMillionTokens[TokenClass.Input], conflict.SecondEntry, conflict.Second.PerMillionTokens[TokenClass.Input]));
    }

    [Fact]
    public void Read_GivenFieldsThatCannotBeCharged_ImportsTheRestAndNamesThem()
    {
        var imported = Read("""
            {"m":{"litellm_provider":"openai","mode":"chat","input_cost_per_token":1e-06,"output_cost_per_second":0.1,"odd_fee":3,"max_tokens":5,"supports_vision":true,
             "output_cost_per_token":-1,"input_cost_per_audio_token":0.2}}
            """);

        var row = Assert.Single(Assert.Single(imported.Models).Prices);
        Assert.Equal(TokenRates.Of((TokenClass.Input, 1m)), row.PerMillionTokens);
        Assert.Equal("also billed, not priced here: input_cost_per_audio_token, odd_fee, output_cost_per_second, output_cost_per_token", row.Note);
        Assert.Equal(
            [new("m", "input_cost_per_audio_token", SkipReasons.TooHigh), new("m", "odd_fee", SkipReasons.Unknown),
             new("m", "output_cost_per_second", SkipReasons.PerSecond), new("m", "output_cost_per_token", SkipReasons.Negative)],
            imported.Skipped);
    }

    [Fact]
    public void Read_GivenAModelWithoutAPriceThatCanBeCharged_SaysSo() =>
        Assert.Equal(
            [new("sample_spec", "", SkipReasons.Sample), new("w", "", SkipReasons.NoPrice), new("w", "input_cost_per_second", SkipReasons.PerSecond), new("x", "", SkipReasons.NoProvider)],
            Read("""{"sample_spec":{"litellm_provider":"one of ..."},"w":{"litellm_provider":"openai","input_cost_per_second":0.1},"x":{"rules":[]}}""").Skipped);

    [Fact]
    public void Read_GivenPricesOfImages_ChargesAnImageOnce()
    {
        var imported = Read("""
            {"a":{"litellm_provider":"openai","mode":"image_generation","input_cost_per_image":0.04},
             "b":{"litellm_provider":"openai","mode":"chat","output_cost_per_image":0.039,"output_cost_per_image_token":3e-05},
             "c":{"litellm_provider":"openai","mode":"chat","input_cost_per_image":0.01,"input_cost_per_request":0.005}}
            """);

        var rows = imported.Models.SelectMany(m => m.Prices).ToArray();
        Assert.Equal([0.04m, null, null], rows.Select(r => r.PerImage));
        Assert.Equal([null, null, 0.005m], rows.Select(r => r.PerRequest));
        Assert.Equal(30m, rows[1].PerMillionTokens[TokenClass.ImageOutput]);
        Assert.Equal([new("b", "output_cost_per_image", SkipReasons.ImageTwice), new("c", "input_cost_per_image", SkipReasons.PromptImage)], imported.Skipped);
    }

    [Fact]
    public void Read_GivenFaults_NamesThemAllWithTheirPaths()
    {
        var thrown = Assert.Throws<InputException>(() => Read("""{"a":{"litellm_provider":"openai","input_cost_per_token":"1e-6"},"b":3,"c":{"litellm_provider":7}}"""));

        Assert.Equal(
            [new("litellm.json", "$.a.input_cost_per_token", "Expected a price as a number, got \"1e-6\"."),
             new("litellm.json", "$.b", "Expected an object, got 3."),
             new("litellm.json", "$.c.litellm_provider", "Expected the name of a provider, got 7.")],
            thrown.Faults);
    }

    [Theory]
    [InlineData("[]", "$", "Expected an object, got an array.")]
    [InlineData("{", "line 1, byte 2", "This is not valid JSON: ")]
    public void Read_GivenNoObject_IsRefused(string json, string path, string problem)
    {
        var fault = Assert.Single(Assert.Throws<InputException>(() => Read(json)).Faults);

        Assert.Equal(path, fault.Path);
        Assert.StartsWith(problem, fault.Problem, StringComparison.Ordinal);
    }

    private static ImportedPrices Read(string json) => ImportFiles.LiteLlm(json, Day);

    private static Price RowOf(string json) => Assert.Single(Assert.Single(Read(json).Models).Prices);
}
