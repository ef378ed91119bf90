using CostMonitor.Core.Input;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Pricing;

public sealed class PriceFileTests
{
    private const string Row =
        """{"label":"l","effectiveFrom":"2026-01-01","checked":"2026-01-02","source":"s","currency":"USD","perMillionTokens":{"input":1,"output":2}}""";

    [Fact]
    public void ParseAll_GivenFaultsInSeveralFiles_ReportsAllWithFileAndPath()
    {
        var thrown = Assert.Throws<InputException>(() => PriceFile.ParseAll(
        [
            ("a.json", """
                {"provider":"a","models":[{"model":"m","prices":[
                  {"label":"l","effectiveFrom":"2026-01-01","checked":"2026-01-02","source":"s","currency":"dollars","perMillionTokens":{"input":-1,"output":1}},
                  {"label":"l","effectiveFrom":"1 May","checked":"2026-01-02","source":"s","currency":"USD","tier":"cheap","output":1,
                   "perMillionTokens":{"inputt":1,"output":1e40}}
                ]}]}
                """),
            ("b.json", "{ \"provider\": "),
            ("c.json", "[]"),
        ]));

        Assert.Equal(
            ["a.json $.models[0].prices[0].currency", "a.json $.models[0].prices[0].perMillionTokens.input", "a.json $.models[0].prices[1]",
             "a.json $.models[0].prices[1].effectiveFrom", "a.json $.models[0].prices[1].output", "a.json $.models[0].prices[1].perMillionTokens.inputt",
             "a.json $.models[0].prices[1].perMillionTokens.output", "a.json $.models[0].prices[1].tier", "b.json line 1, byte 15"],
            thrown.Faults.Select(f => $"{f.File} {f.Path}").Where(f => !f.StartsWith('c')).Order(StringComparer.Ordinal));
        Assert.Contains(thrown.Faults, f => f is { File: "c.json", Path: "$", Problem: "Expected an object, got an array." });
    }

    [Theory]
    [InlineData("\"currency\":\"USD\",", "", "", "'currency' is missing; expected a currency, as in USD.")]
    [InlineData("\"input\":1", "\"input\":-1", ".perMillionTokens.input", "Expected a decimal from 0 to 100000, got -1.")]
    [InlineData("\"input\":1", "\"input\":100001", ".perMillionTokens.input", "Expected a decimal from 0 to 100000, got 100001.")]
    [InlineData("\"input\":1", "\"input\":1e400", ".perMillionTokens.input", "Expected a decimal from 0 to 100000, got 1e400.")]
    [InlineData("perMillionTokens", "per1kTokens", ".per1kTokens", "Unknown property; expected one of label, effectiveFrom, effectiveTo, checked, source, note, currency, tier, deployment, region, times, perMillionTokens, promptTiers, tierCharge, perRequest, perImage, perHour.")]
    [InlineData("\"label\":\"l\",", "\"label\":\"l\",\"input\":1,", ".input", "A price without a unit; put it into \"perMillionTokens\".")]
    [InlineData("\"label\":\"l\",", "", "", "'label' is missing; expected a pricing label, as in openai-2024-10-01.")]
    [InlineData("\"checked\":", "\"effectiveTo\":\"2026-01-01\",\"checked\":", "", "'effectiveTo' must be later than 'effectiveFrom'.")]
    [InlineData("\"input\":1", "\"input\":{\"times\":2,\"of\":\"reasoningg\"}", ".perMillionTokens.input.of", "Expected a class that has a figure of its own here, got 'reasoningg'.")]
    [InlineData("\"label\":\"l\",", "\"label\":\"l\",\"promptTiers\":[{\"above\":5,\"perMillionTokens\":{\"input\":2}},{\"above\":5,\"perMillionTokens\":{}}],", ".promptTiers[1]", "Tiers must be in ascending order.")]
    [InlineData("\"label\":\"l\",", "\"label\":\"l\",\"deployment\":\"moon\",", ".deployment", "Expected one of none, global, data-zone, regional, got \"moon\".")]
    [InlineData("\"label\":\"l\",", "\"label\":\"l\",\"times\":{\"factor\":0.5,\"of\":\"standard\"},", "", "A row that is a multiple of another tier's has no token prices of its own; leave out 'times' or the prices.")]
    public void ParseAll_GivenOneFault_SaysWhereAndWhatWasExpected(string sound, string faulty, string path, string problem)
    {
        var json = File(Row).Replace(sound, faulty, StringComparison.Ordinal);

        var faults = FaultsOf(json);

        Assert.Contains(new InputFault("a.json", "$.models[0].prices[0]" + path, problem), faults);
    }

    [Theory]
    [InlineData("\"model\":\"m\"", "\"model\":\"m m\"", "$.models[0].model", "'a:m m' is no model: expected provider:model, as in openai:gpt-4o.")]
    [InlineData("\"provider\":\"a\"", "\"provider\":\"Acme\"", "$.models[0].model", "'Acme:m' is no model: expected provider:model, as in openai:gpt-4o.")]
    [InlineData("\"model\":\"m\"", "\"model\":\"m\",\"patterns\":[\"m-1\"]", "$.models[0].patterns[0]", "Expected patterns with {date} or *, as in gpt-4o-{date}, got \"m-1\".")]
    [InlineData("\"model\":\"m\"", "\"model\":\"m\",\"aliases\":[\"n\",\"n\"]", "$.models[0]", "'a:n' names another model too: a.json $.models[0].")]
    public void ParseAll_GivenAFaultOfAModel_SaysWhere(string sound, string faulty, string path, string problem) =>
        Assert.Contains(new InputFault("a.json", path, problem), FaultsOf(File(Row).Replace(sound, faulty, StringComparison.Ordinal)));

    [Fact]
    public void ParseAll_GivenARowWithoutAnyPrice_IsAFault()
    {
        var faults = FaultsOf(File(Row.Replace(",\"perMillionTokens\":{\"input\":1,\"output\":2}", "", StringComparison.Ordinal)));

        Assert.Equal(
            [new InputFault("a.json", "$.models[0].prices[0]", "A price needs at least one figure, as in \"perMillionTokens\": {\"input\": 2.50}.")], faults);
    }

    [Fact]
    public void ParseAll_GivenRowsThatMeet_Accepts()
    {
        var catalog = PriceFile.ParseAll([("a.json", File(Span("2026-01-01", "2026-02-01"), Span("2026-02-01", null)))]);

        Assert.Equal(2, catalog.Prices.Count());
    }

    [Fact]
    public void ParseAll_GivenOverlappingRows_NamesBoth()
    {
        var faults = FaultsOf(File(Span("2026-01-01", null), Span("2026-02-01", null)));

        Assert.Equal(
            [new InputFault("a.json", "$.models[0].prices[1]", "a:m has two prices on 2026-02-01: end a.json $.models[0].prices[0] on that day.")], faults);
    }

    [Fact]
    public void ParseAll_GivenALongRowOverTwoShortOnes_ReportsBoth()
    {
        var faults = FaultsOf(File(Span("2026-01-01", null), Span("2026-02-01", "2026-03-01"), Span("2026-04-01", "2026-05-01")));

        Assert.Equal(["$.models[0].prices[1]", "$.models[0].prices[2]"], faults.Select(f => f.Path));
    }

    [Fact]
    public void ParseAll_GivenTheSameModelInTwoFiles_NamesBothPlaces()
    {
        var thrown = Assert.Throws<InputException>(() => PriceFile.ParseAll([("a.json", File(Row)), ("b.json", File(Row))]));

        Assert.Contains(new InputFault("b.json", "$.models[0]", "'a:m' names another model too: a.json $.models[0]."), thrown.Faults);
    }

    [Fact]
    public void ParseAll_GivenAMultipleOfARowThatEndsEarlier_IsAFault()
    {
        const string Half = """{"label":"h","tier":"batch","effectiveFrom":"2026-01-01","checked":"2026-01-02","source":"s","currency":"USD","times":{"factor":0.5,"of":"standard"}}""";

        var faults = FaultsOf(File(Span("2026-01-01", "2026-06-01"), Half));

        Assert.Equal("There is no standard row with stated prices in USD that holds from 2026-01-01 on for as long as this row; write one row for each.", Assert.Single(faults).Problem);
    }

    [Fact]
    public void Write_GivenTheBuiltInCatalog_IsReadBackAsTheSameRowsAndWrittenAsTheSameText()
    {
        foreach (var provider in PriceCatalog.BuiltIn.Models.GroupBy(m => m.Key.Provider))
        {
            var text = PriceFileWriter.Write(provider.Key, provider);

            var read = PriceFile.ParseAll([("x.json", text)]);

            Assert.Equal(provider.SelectMany(m => m.Prices).Select(Flat), read.Prices.Select(Flat));
            Assert.Equal(text, PriceFileWriter.Write(provider.Key, read.Models));
        }
    }

    [Fact]
    public void ParseAll_GivenFilesModelsAndRowsInAnyOrder_GivesTheSameCatalog()
    {
        var files = PriceCatalog.BuiltIn.Models.GroupBy(m => m.Key.Provider).Select(g => (g.Key, Models: g.ToArray())).ToArray();
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new SeededRandom((ulong)seed);
            var shuffled = files.OrderBy(_ => random.Next()).Select(f => (f.Key + ".json", PriceFileWriter.Write(
                f.Key, f.Models.OrderBy(_ => random.Next()).Select(m => m with { Prices = [.. m.Prices.OrderBy(_ => random.Next())] }))));
            return PriceFile.ParseAll(shuffled).Fingerprint() == PriceCatalog.BuiltIn.Fingerprint();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10));
    }

    private static string Flat(Price price) =>
        $"{price with { PromptTiers = [] }} {string.Join(' ', price.PerMillionTokens.Stated)} {string.Join(' ', price.PromptTiers.SelectMany(t => t.PerMillionTokens.Stated.Select(s => (t.Above, s))))}";

    private static string File(params string[] rows) => $$"""{"provider":"a","models":[{"model":"m","prices":[{{string.Join(',', rows)}}]}]}""";

    private static string Span(string from, string? to) =>
        Row.Replace("\"2026-01-01\"", to is null ? $"\"{from}\"" : $"\"{from}\",\"effectiveTo\":\"{to}\"", StringComparison.Ordinal);

    private static IReadOnlyList<InputFault> FaultsOf(string json) =>
        Assert.Throws<InputException>(() => PriceFile.ParseAll([("a.json", json)])).Faults;
}
