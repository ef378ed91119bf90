using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Import;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Tests.Pricing.Import;

public sealed class GenAiPricesTests
{
    private static readonly DateOnly Day = new(2026, 8, 21);

    [Fact]
    public void Read_GivenPricesPerMillionAndPerThousand_KeepsTheirUnits()
    {
        var row = Assert.Single(Single("""{"input_mtok":1,"output_mtok":2.5,"cache_read_mtok":0.1,"output_reasoning_mtok":3,"requests_kcount":12}""").Prices);

        Assert.Equal(TokenRates.Of((TokenClass.Input, 1m), (TokenClass.CachedInput, 0.1m), (TokenClass.Output, 2.5m), (TokenClass.Reasoning, 3m)), row.PerMillionTokens);
        Assert.Equal(0.012m, row.PerRequest); // 12 for a thousand requests
    }

    [Fact]
    public void Read_GivenTiers_ChargesTheWholeCallByThePromptsSize()
    {
        var row = Assert.Single(Single("""{"input_mtok":{"base":5,"tiers":[{"start":200000,"price":10}]},"output_mtok":{"base":25,"tiers":[{"start":200000,"price":37.5}]},"cache_read_mtok":0.5}""").Prices);

        var cost = row.CostOf(new TokenUsage { Input = 200_000, CachedInput = 1, Output = 1_000 });

        Assert.Equal(new Usd(2.0375005m), cost.Amount); // 0.2 * 10 + 10^-6 * 0.5 + 0.001 * 37.5
    }

    [Fact]
    public void Read_GivenAFutureFirstDay_MakesTwoRowsThatMeet()
    {
        var rows = Single("""[{"prices":{"input_mtok":2}},{"constraint":{"start_date":"2026-09-01"},"prices":{"input_mtok":3}}]""").Prices;

        Assert.Equal([(Day, (DateOnly?)new DateOnly(2026, 9, 1), (decimal?)2m), (new DateOnly(2026, 9, 1), null, 3m)], rows.Select(r => (r.EffectiveFrom, r.EffectiveTo, r.PerMillionTokens[TokenClass.Input])));
    }

    [Fact]
    public void Read_GivenAFirstDayInThePast_LeavesOutWhatHeldBeforeSinceItsStartIsNotKnown()
    {
        var imported = Read("""[{"prices":{"input_mtok":10}},{"constraint":{"start_date":"2025-06-10"},"prices":{"input_mtok":2}}]""");

        var row = Assert.Single(Assert.Single(imported.Models).Prices);
        Assert.Equal((new DateOnly(2025, 6, 10), "acme-2025-06-10"), (row.EffectiveFrom, row.Label));
        Assert.Equal([new("acme/m", "prices[0]", SkipReasons.Past)], imported.Skipped);
    }

    [Theory]
    [InlineData("""[{"prices":{"input_mtok":1}},{"constraint":{"start_time":"00:30:00Z","end_time":"16:30:00Z"},"prices":{"input_mtok":2}}]""", SkipReasons.TimeOfDay)]
    [InlineData("""[{"prices":{"input_mtok":1}},{"constraint":{"moon":"full"},"prices":{"input_mtok":2}}]""", SkipReasons.Condition)]
    [InlineData("""[{"constraint":{"start_date":"2026-09-01"},"prices":{"input_mtok":2}},{"prices":{"input_mtok":1}}]""", SkipReasons.Condition)]
    public void Read_GivenAConditionThatRowsDoNotHave_LeavesTheModelOut(string prices, string reason)
    {
        var imported = Read(prices);

        Assert.Empty(imported.Models);
        Assert.Equal([new("acme/m", "", SkipReasons.NoPrice), new("acme/m", "prices", reason)], imported.Skipped);
    }

    [Fact]
    public void Read_GivenFieldsThatCannotBeCharged_NamesThem()
    {
        var imported = Read("""{"input_mtok":1,"web_searches_kcount":10,"input_video_mtok":1,"output_citation_mtok":2,"hats_mtok":3}""");

        Assert.Equal("also billed, not priced here: hats_mtok, input_video_mtok, output_citation_mtok, web_searches_kcount", Assert.Single(Assert.Single(imported.Models).Prices).Note);
        Assert.Equal(
            [new("acme/m", "hats_mtok", SkipReasons.Unknown), new("acme/m", "input_video_mtok", SkipReasons.Video),
             new("acme/m", "output_citation_mtok", SkipReasons.Citation), new("acme/m", "web_searches_kcount", SkipReasons.Search)],
            imported.Skipped);
    }

    [Fact]
    public void Read_GivenRulesOfNames_MakesAliasesAndPatternsOfThoseThatMeanTheSame()
    {
        var model = Single("{\"input_mtok\":1}", """{"or":[{"equals":"m"},{"equals":"m-1"},{"starts_with":"m-2"},{"ends_with":"-m"},{"contains":"mm"},{"regex":"^m\\.5-\\d{4}-\\d{2}-\\d{2}$"},{"regex":"^m6-\\d{8}$"}]}""");

        Assert.Equal(["m-1"], model.Aliases);
        Assert.Equal(["*-m", "*mm*", "m-2*", "m.5-{date}", "m6-{date}"], model.Patterns.Select(p => p.Text));
    }

    [Theory]
    [InlineData("""{"regex":"^m-\\d"}""", "match regex ^m-\\d")]
    [InlineData("""{"and":[{"contains":"a"},{"contains":"b"}]}""", "match and an array")]
    public void Read_GivenARuleThatNoPatternIs_NotesIt(string rule, string field) =>
        Assert.Equal([new("acme/m", field, SkipReasons.Rule)], Read("{\"input_mtok\":1}", rule).Skipped);

    [Fact]
    public void Read_GivenANameThatAnEarlierModelTakes_LeavesItThere()
    {
        var imported = ImportFiles.GenAiPricesOf("""
            [{"id":"acme","models":[
              {"id":"wide","match":{"starts_with":"m-"},"prices":{"input_mtok":1}},
              {"id":"narrow","match":{"or":[{"equals":"m-1"},{"starts_with":"m-2"},{"equals":"n"}]},"prices":{"input_mtok":2}}]}]
            """, Day);

        Assert.Equal([new("acme/narrow", "match m-1", SkipReasons.NameTaken), new("acme/narrow", "match m-2*", SkipReasons.NameTaken)], imported.Skipped);
        Assert.Equal(["n"], imported.Models[0].Aliases);
    }

    [Theory]
    [InlineData("azure", "m", "azure-openai:m, global")]
    [InlineData("x-ai", "m", "xai:m")]
    [InlineData("google", "gemini-1", "google:gemini-1")]
    [InlineData("google", "claude-4", "vertex:claude-4")]
    [InlineData("huggingface_fireworks-ai", "Org/M", "huggingface-fireworks-ai:Org/M")]
    public void Read_GivenAProvider_NamesTheOffer(string provider, string model, string offer)
    {
        var json = $$$"""[{"id":"{{{provider}}}","models":[{"id":"{{{model}}}","match":{"equals":"x"},"prices":{"input_mtok":1}}]}]""";

        Assert.Equal(offer, Assert.Single(Assert.Single(ImportFiles.GenAiPricesOf(json, Day).Models).Prices).Offer.ToString());
    }

    [Fact]
    public void Read_GivenFaults_NamesThemAllWithTheirPaths()
    {
        var thrown = Assert.Throws<InputException>(() => ImportFiles.GenAiPricesOf("""
            [{"models":[]},{"id":"a","models":[{"id":"m","match":{"equals":"m"},"prices":{"input_mtok":"1","output_mtok":{"base":1,"tiers":[{"start":-1,"price":2}]}}},{"id":"n","prices":{}}]}]
            """, Day));

        Assert.Equal(
            [("$[0]", "'id' is missing; expected the provider's id."), ("$[1].models[0].prices.input_mtok", "Expected a price as a number, got \"1\"."),
             ("$[1].models[0].prices.output_mtok.tiers[0].start", "Expected a whole number from 1 to 100000000, got -1."), ("$[1].models[1]", "'match' is missing; expected a rule of names.")],
            thrown.Faults.Select(f => (f.Path, f.Problem)));
    }

    private static ImportedPrices Read(string prices, string match = """{"equals":"m"}""") =>
        ImportFiles.GenAiPricesOf($$"""[{"id":"acme","models":[{"id":"m","match":{{match}},"prices":{{prices}}}]}]""", Day);

    private static PricedModel Single(string prices, string match = """{"equals":"m"}""") => Assert.Single(Read(prices, match).Models);
}
