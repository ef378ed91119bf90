using System.Text.Json;

namespace CostMonitor.Cli.Tests.Commands;

/// <summary>Stored costs from the first preview to the way back, through the real command.</summary>
public sealed class PriceChangeCommandTests : IDisposable
{
    private const string Run = """
        {"id":"b.000000","attempt":"00000001-0000-0000-0000-000000000000","plan":"p","provider":"sim","model":"small-latest","prompt":"p1","category":"qa","repetition":0,"phase":"measured","started":"2026-05-01T12:00:00Z","status":"succeeded","latencyMs":1.5,"queueWaitMs":0,"gapsUs":[],"usage":{"input":1000000,"output":0,"estimated":false},"costUsd":null,"unpricedReason":"No price.","checks":[],"characters":0,"words":0,"distinctWords":0}

        """;

    private readonly TempFolder _folder = new();
    private readonly string _runs;

    public PriceChangeCommandTests() => _runs = _folder.Write("runs.jsonl", Run);

    [Fact]
    public async Task Fill_GivenNoApply_PreviewsAndChangesNothing()
    {
        var result = await Costmon.RunAsync("prices", "fill", "--runs", _runs, "--json");

        var report = JsonElement.Parse(result.Output);
        Assert.Equal((0, true, 1, 0.15m), // a million input tokens of sim:small-latest
            (result.ExitCode, report.GetProperty("preview").GetBoolean(), report.GetProperty("changed").GetInt32(), report.GetProperty("after").GetProperty("costUsd").GetDecimal()));
        Assert.Equal(Run, await File.ReadAllTextAsync(_runs));
        Assert.Equal([_runs], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Fill_GivenApply_ChangesTheFileKeepsAnAuditAndIsRevertedByItsId()
    {
        var filled = await Costmon.RunAsync("prices", "fill", "--runs", _runs, "--apply", "--by", "ann, ticket 7", "--json");
        var id = JsonElement.Parse(filled.Output).GetProperty("change").GetProperty("id").GetString() ?? "";
        var summary = await Costmon.RunAsync("summarize", _runs, "--fail-on-unpriced");
        var reverted = await Costmon.RunAsync("prices", "revert", id, "--runs", _runs, "--apply", "--by", "bob", "--json");
        var changes = await Costmon.RunAsync("prices", "changes", "--runs", _runs, "--json");

        Assert.Equal((0, 0, 0), (filled.ExitCode, summary.ExitCode, reverted.ExitCode));
        var run = JsonElement.Parse((await File.ReadAllTextAsync(_runs)).TrimEnd());
        Assert.Equal(JsonValueKind.Null, run.GetProperty("costUsd").ValueKind);
        Assert.Equal(["fill", "revert"], run.GetProperty("priceChanges").EnumerateArray().Select(c => c.GetProperty("kind").GetString()));
        Assert.Equal(
            [("reverted", "ann, ticket 7", "fill in the unpriced calls"), ("applied", "bob", $"revert {id}")],
            JsonElement.Parse(changes.Output).EnumerateArray().Select(c => (c.GetProperty("state").GetString(), c.GetProperty("by").GetString(), c.GetProperty("what").GetString())));
    }

    [Fact]
    public async Task Summarize_GivenAnUnpricedCallAndFailOnUnpriced_ExitsWithOne()
    {
        var (strict, lenient) = (await Costmon.RunAsync("summarize", _runs, "--fail-on-unpriced"), await Costmon.RunAsync("summarize", _runs));

        Assert.Equal((1, 0), (strict.ExitCode, lenient.ExitCode));
        Assert.Contains("1 calls without a price, 1000000 tokens: sim:small-latest (1)", strict.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reprice_GivenAnotherModel_PreviewsItAndRefusesToStoreIt()
    {
        var preview = await Costmon.RunAsync("prices", "reprice", "--runs", _runs, "--as", "sim:large-latest", "--json");
        var apply = await Costmon.RunAsync("prices", "reprice", "--runs", _runs, "--as", "sim:large-latest", "--apply", "--by", "ann");

        Assert.Equal(2.5m, JsonElement.Parse(preview.Output).GetProperty("after").GetProperty("costUsd").GetDecimal());
        Assert.Equal((2, ""), (apply.ExitCode, apply.Output));
        Assert.Equal(Run, await File.ReadAllTextAsync(_runs));
    }

    [Theory]
    [InlineData("Say where the runs are", "fill")]
    [InlineData("say --by who", "fill", "--runs", "RUNS", "--apply")]
    [InlineData("--from must be earlier than --to", "fill", "--runs", "RUNS", "--from", "2026-05-02", "--to", "2026-05-02")]
    [InlineData("Expected a day or a time", "fill", "--runs", "RUNS", "--from", "yesterday")]
    [InlineData("No price has the label 'x'", "reprice", "--runs", "RUNS", "--label", "x")]
    [InlineData("need --as", "reprice", "--runs", "RUNS", "--tier", "batch")]
    [InlineData("The catalog does not know sim:x", "reprice", "--runs", "RUNS", "--as", "sim:x")]
    [InlineData("Expected the id of a price change", "revert", "c1", "--runs", "RUNS")]
    [InlineData("There is no price change c20261121t093000a1b2c3d4 here", "revert", "c20261121t093000a1b2c3d4", "--runs", "RUNS")]
    [InlineData("There is no price change c20261121t093000a1b2c3d4 here", "fill", "--runs", "RUNS", "--resume", "c20261121t093000a1b2c3d4")]
    [InlineData("The file cannot be read", "fill", "--runs", "none.jsonl")]
    public async Task Prices_GivenWhatCannotBeDone_SaysWhyAndExitsWithTwo(string reason, params string[] arguments)
    {
        var result = await Costmon.RunAsync(["prices", .. arguments.Select(a => a == "RUNS" ? _runs : a)]);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(reason, result.Words, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
