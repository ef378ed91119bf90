using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Tests.Pricing;

public sealed class PriceFileTests
{
    private const string Row = """{"model":"m","label":"l","effectiveFrom":"2026-01-01","checked":"2026-01-02","source":"s","input":1}""";

    [Fact]
    public void ParseAll_GivenFaultsInSeveralFiles_ReportsAllWithFileAndPath()
    {
        var thrown = Assert.Throws<InputException>(() => PriceFile.ParseAll(
        [
            ("a.json", """
                {"provider":"a","currency":"EUR","unit":"per_1k_tokens","prices":[
                  {"model":"m","label":"l","effectiveFrom":"2026-01-01","checked":"2026-01-02","source":"s","input":-1,"output":1},
                  {"model":"n","label":"l","effectiveFrom":"1 May","checked":"2026-01-02","source":"s","inputt":1,"output":1e40}
                ]}
                """),
            ("b.json", "{ \"provider\": "),
            ("c.json", "[]"),
        ]));

        Assert.Equal(
            ["a.json $.currency", "a.json $.unit", "a.json $.prices[0].input", "a.json $.prices[1].inputt", "a.json $.prices[1].effectiveFrom",
             "a.json $.prices[1].output", "a.json $.prices[1]", "b.json line 1, byte 15"],
            thrown.Faults.Select(f => $"{f.File} {f.Path}").Where(f => !f.StartsWith('c')));
        Assert.Contains(thrown.Faults, f => f is { File: "c.json", Path: "$", Problem: "Expected an object, got an array." });
    }

    [Theory]
    [InlineData("\"currency\":\"USD\"", "\"currency\":\"EUR\"", "$.currency", "Expected 'USD', got 'EUR'.")]
    [InlineData("per_million_tokens", "per_1k_tokens", "$.unit", "Expected 'per_million_tokens', got 'per_1k_tokens'.")]
    [InlineData("\"input\":1", "\"input\":-1", "$.prices[0].input", "Expected a decimal from 0 to 100000, got -1.")]
    [InlineData("\"input\":1", "\"input\":100001", "$.prices[0].input", "Expected a decimal from 0 to 100000, got 100001.")]
    [InlineData("\"input\":1", "\"input\":1e400", "$.prices[0].input", "Expected a decimal from 0 to 100000, got 1e400.")]
    [InlineData("\"label\":\"l\",", "", "$.prices[0]", "'label' is missing; expected a pricing label, as in openai-2024-10-01.")]
    [InlineData("\"checked\":", "\"effectiveTo\":\"2026-01-01\",\"checked\":", "$.prices[0]", "'effectiveTo' must be later than 'effectiveFrom'.")]
    [InlineData("\"model\":\"m\"", "\"model\":\"m m\"", "$.prices[0].model", "'a:m m' is no model: expected provider:model, as in openai:gpt-4o.")]
    [InlineData("\"provider\":\"a\"", "\"provider\":\"Acme\"", "$.prices[0].model", "'Acme:m' is no model: expected provider:model, as in openai:gpt-4o.")]
    public void ParseAll_GivenOneFault_SaysWhereAndWhatWasExpected(string sound, string faulty, string path, string problem)
    {
        var json = File(Row).Replace(sound, faulty, StringComparison.Ordinal);

        var faults = FaultsOf(json);

        Assert.Contains(new InputFault("a.json", path, problem), faults);
    }

    [Fact]
    public void ParseAll_GivenARowWithoutAnyPrice_IsAFault()
    {
        var faults = FaultsOf(File(Row.Replace(",\"input\":1", "", StringComparison.Ordinal)));

        Assert.Equal([new InputFault("a.json", "$.prices[0]", "A price needs at least one class, as in \"input\": 2.50.")], faults);
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
            [new InputFault("a.json", "$.prices[1]", "a:m has two prices on 2026-02-01: end a.json $.prices[0] on that day.")], faults);
    }

    [Fact]
    public void ParseAll_GivenALongRowOverTwoShortOnes_ReportsBoth()
    {
        var faults = FaultsOf(File(Span("2026-01-01", null), Span("2026-02-01", "2026-03-01"), Span("2026-04-01", "2026-05-01")));

        Assert.Equal(["$.prices[1]", "$.prices[2]"], faults.Select(f => f.Path));
    }

    [Fact]
    public void ParseAll_GivenTheSameModelInTwoFiles_FindsTheOverlap()
    {
        var thrown = Assert.Throws<InputException>(() => PriceFile.ParseAll([("a.json", File(Row)), ("b.json", File(Row))]));

        Assert.Equal("b.json", Assert.Single(thrown.Faults).File);
    }

    private static string File(params string[] rows) =>
        $$"""{"provider":"a","currency":"USD","unit":"per_million_tokens","prices":[{{string.Join(',', rows)}}]}""";

    private static string Span(string from, string? to) =>
        Row.Replace("\"2026-01-01\"", to is null ? $"\"{from}\"" : $"\"{from}\",\"effectiveTo\":\"{to}\"", StringComparison.Ordinal);

    private static IReadOnlyList<InputFault> FaultsOf(string json) =>
        Assert.Throws<InputException>(() => PriceFile.ParseAll([("a.json", json)])).Faults;
}
