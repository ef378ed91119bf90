using System.Text;
using CostMonitor.Cli.Files;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Repricing;

namespace CostMonitor.Cli.Tests.Files;

public sealed class JsonlRunCostsTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly RepricingRequest Fill = new() { Kind = PriceChangeKind.Fill };
    private static readonly RepricingRequest Reprice = new() { Kind = PriceChangeKind.Reprice };

    // sim:a: 100 USD in, 200 out a million tokens, so 10 in and 20 out cost 0.005 USD.
    private static readonly PriceCatalog Catalog = PriceFile.ParseAll([("sim.json", """
        {"provider":"sim","models":[{"model":"a","prices":[{"label":"now","effectiveFrom":"2026-01-01","checked":"2026-01-01","source":"s","currency":"USD","perMillionTokens":{"input":100,"output":200}}]}]}
        """)]);

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task ChangeAsync_GivenAFill_ChangesTheUnpricedLineAndKeepsEveryOtherByte()
    {
        var file = _folder.Write("runs.jsonl", $"{Line(0, Priced)}\n\n{Line(1, Unpriced)}\n{Line(2, Unpriced, model: "gone")}\n{{\"id\":\"cut");

        var report = await ChangeAsync(file, Fill, 1);

        const string filled = """
            "costUsd":0.005000,"pricingLabel":"now","priceChanges":[{"id":"c20261121t09300000000001","at":"2026-11-21T09:30:00Z","kind":"fill","by":"ann","before":{"costUsd":null,"unpricedReason":"No price."}}]
            """;
        Assert.Equal($"{Line(0, Priced)}\n\n{Line(1, filled)}\n{Line(2, Unpriced, model: "gone")}\n{{\"id\":\"cut", File.ReadAllText(file));
        Assert.Equal((3L, 1L, 1L), (report.Total.Runs, report.Total.Changed, report.Total.After.Unpriced));
        Assert.Equal([("No price for sim:gone on 2026-05-01.", 1L)], report.UnpricedReasons);
    }

    [Fact]
    public async Task ChangeAsync_GivenTheSameInputTwice_WritesTheSameBytes()
    {
        var (one, two) = (_folder.Write("one.jsonl", Many(3_000)), _folder.Write("two.jsonl", Many(3_000)));

        await ChangeAsync(one, Reprice, 1);
        await ChangeAsync(two, Reprice, 1);

        Assert.Equal(File.ReadAllBytes(one), File.ReadAllBytes(two));
        Assert.Equal(3_000, File.ReadLines(one).Count(l => l.Contains("\"id\":\"c20261121t09300000000001\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ChangeAsync_GivenARevert_GivesTheBytesBackButForTheHistory()
    {
        var file = _folder.Write("runs.jsonl", Many(3_000)); // more than a block of a megabyte
        await ChangeAsync(file, Reprice, 1);

        var report = await ChangeAsync(file, Reprice with { Kind = PriceChangeKind.Revert, Reverts = Id(1) }, 2);

        Assert.Equal(Many(3_000), string.Concat(File.ReadLines(file).Select(l => WithoutHistory(l) + "\n")));
        Assert.Equal((3_000L, 3_000L), (report.Total.Runs, report.Total.Changed));
    }

    [Fact]
    public async Task ChangeAsync_GivenTheSameChangeAgain_LeavesTheFileAndReportsTheSame()
    {
        var file = _folder.Write("runs.jsonl", Many(20));
        var first = await ChangeAsync(file, Reprice, 1);
        var bytes = File.ReadAllBytes(file);

        var again = await ChangeAsync(file, Reprice, 1);

        Assert.Equal(bytes, File.ReadAllBytes(file));
        Assert.Equal(first.Total, again.Total);
    }

    [Fact]
    public async Task ChangeAsync_GivenAPreview_LeavesTheFile()
    {
        var file = _folder.Write("runs.jsonl", Many(20));

        var report = await new JsonlRunCosts(file).ChangeAsync(new CostChange(new Repricer(Catalog, Reprice), Reprice, null), None);

        Assert.Equal((20L, Many(20)), (report.Total.Changed, File.ReadAllText(file)));
    }

    [Fact]
    public async Task ChangeAsync_GivenFaultyLines_NamesThemAllAndLeavesTheFile()
    {
        var text = $"{Line(0, Unpriced)}\nnonsense\n{Line(1, Unpriced)}\n{{}}\n";
        var file = _folder.Write("runs.jsonl", text);

        var refused = await Assert.ThrowsAsync<InputException>(() => ChangeAsync(file, Fill, 1));

        Assert.Equal(["line 2", "line 4"], refused.Faults.Select(f => f.Path));
        Assert.Equal(text, File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task ListAsync_GivenALineThatAKillCutOff_PassesItOverAndWritesTheNextInItsPlace()
    {
        var log = new JsonlPriceChanges(_folder.Write("changes.jsonl", ""));
        await log.WriteAsync(Head(Fill, 1), None);
        await File.AppendAllTextAsync(_folder.Of("changes.jsonl"), "{\"id\":\"c2026");

        var before = await log.ListAsync(None);
        await log.WriteAsync(Head(Fill, 2), None);
        await log.WriteAsync(Head(Fill, 1) with { State = PriceChangeState.Applied }, None);

        Assert.Equal([Id(1)], before.Select(c => c.Id));
        Assert.Equal([(Id(1), PriceChangeState.Applied), (Id(2), PriceChangeState.Applying)], (await log.ListAsync(None)).Select(c => (c.Id, c.State)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task ReadAsync_GivenAnyBlockSize_GivesWholeLinesInOrder(int blockBytes)
    {
        const string text = "a\nbb\n\na line that is longer than a block\nlast, without an end";
        var (blocks, read) = (new LineBlocks(new MemoryStream(Encoding.UTF8.GetBytes(text)), blockBytes), new StringBuilder());

        while (await blocks.ReadAsync(None) is var (bytes, before))
        {
            Assert.Equal(read.ToString().Count(c => c == '\n'), before);
            read.Append(Encoding.UTF8.GetString(bytes.Span));
            Assert.True(read[^1] == '\n' || read.Length == text.Length);
        }

        Assert.Equal(text, read.ToString());
    }

    public void Dispose() => _folder.Dispose();

    private const string Priced = "\"costUsd\":0.0010,\"pricingLabel\":\"old\"";
    private const string Unpriced = "\"costUsd\":null,\"unpricedReason\":\"No price.\"";

    private static Task<RepricingReport> ChangeAsync(string file, RepricingRequest request, uint number)
    {
        ICostRule rule = request.Reverts is { } id ? new Reverter(id) : new Repricer(Catalog, request);
        return new JsonlRunCosts(file).ChangeAsync(new CostChange(rule, request, Head(request, number)), None);
    }

    private static PriceChangeHead Head(RepricingRequest request, uint number) =>
        new() { Id = Id(number), At = new DateTimeOffset(2026, 11, 21, 9, 30, 0, TimeSpan.Zero), By = "ann", Request = request };

    private static PriceChangeId Id(uint number) => new(new DateTimeOffset(2026, 11, 21, 9, 30, 0, TimeSpan.Zero), number);

    private static string Many(int runs) => string.Concat(Enumerable.Range(0, runs).Select(i => Line(i, i % 3 == 0 ? Unpriced : Priced) + "\n"));

    private static string WithoutHistory(string line)
    {
        var start = line.IndexOf(",\"priceChanges\":[", StringComparison.Ordinal);
        return line.Remove(start, line.IndexOf(']', start) + 1 - start);
    }

    /// <summary>A line as another writer may have left it, with a property that this version does not know and numbers in forms of their own.</summary>
    private static string Line(int ordinal, string cost, string model = "a") =>
        $$"""
        {"id":"b.{{ordinal:D6}}","attempt":"00000001-0000-0000-0000-000000000000","plan":"p","provider":"sim","model":"{{model}}","prompt":"p1","category":"qa","repetition":0,"phase":"measured","started":"2026-05-01T12:00:00Z","status":"succeeded","latencyMs":1.50,"colour":"\u0072ed","gapsUs":[1, 2],"usage":{"input":10,"output":20,"estimated":false},{{cost}},"checks":[],"characters":5,"words":1,"distinctWords":1,"diversityProxy":5.0125E-1}
        """;
}
