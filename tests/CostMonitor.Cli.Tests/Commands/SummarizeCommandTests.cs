using System.Text.Json;

namespace CostMonitor.Cli.Tests.Commands;

/// <summary>Runs by their tags, from a file.</summary>
public sealed class SummarizeCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Summarize_GivenByTeam_HasARowForThoseWithoutOne()
    {
        var result = await Costmon.RunAsync("summarize", Runs(), "--by", "team", "--json");

        Assert.Equal(("team", "(none) 0.1, ads 0.2, search 0.7", 1.0m), Of(result.Output));
    }

    [Fact]
    public async Task Summarize_GivenTags_KeepsTheirRunsAlone()
    {
        var search = await Costmon.RunAsync("summarize", Runs(), "--by", "feature", "--team", "search", "--json");
        var none = await Costmon.RunAsync("summarize", Runs(), "--by", "team", "--feature", "(none)", "--csv", _folder.Of("runs.csv"), "--json");

        Assert.Equal(("feature", "(none) 0.3, rank 0.4", 0.7m), Of(search.Output));
        Assert.Equal(("team", "(none) 0.1, ads 0.2, search 0.3", 0.6m), Of(none.Output));
        Assert.Equal(1 + 3, (await File.ReadAllLinesAsync(_folder.Of("runs.csv"))).Length);
    }

    public void Dispose() => _folder.Dispose();

    private string Runs() => _folder.Write("runs.jsonl", string.Join('\n', Run(0, 0.1m, ""), Run(1, 0.2m, "\"team\":\"ads\""), Run(2, 0.3m, "\"team\":\"search\""),
        Run(3, 0.4m, "\"team\":\"search\",\"feature\":\"rank\"")) + "\n");

    private static string Run(int ordinal, decimal cost, string tags) => FormattableString.Invariant($$"""
        {"id":"b.{{ordinal:D6}}","attempt":"00000001-0000-0000-0000-00000000000{{ordinal}}","plan":"p","provider":"sim","model":"a","prompt":"p1","category":"qa","repetition":0,"phase":"measured","tags":{{{tags}}},"started":"2026-05-01T12:00:00Z","latencyMs":10,"gapsUs":[],"costUsd":{{cost}},"pricingLabel":"l","checks":[],"characters":0,"words":0,"distinctWords":0}
        """);

    private static (string? By, string Rows, decimal Total) Of(string output)
    {
        var summary = JsonElement.Parse(output);
        return (
            summary.GetProperty("by").GetString(),
            string.Join(", ", summary.GetProperty("rows").EnumerateArray().Select(r => $"{r.GetProperty("key").GetString()} {r.GetProperty("costUsd").GetRawText()}")),
            summary.GetProperty("total").GetProperty("costUsd").GetDecimal());
    }
}
