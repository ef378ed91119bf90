namespace CostMonitor.Cli.Tests.Workbooks;

public sealed class WorkbooksCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public WorkbooksCommandTests()
    {
        Directory.CreateDirectory(_folder.Of("workbooks"));
        Directory.CreateDirectory(_folder.Of("queries"));
        _folder.Write("workbooks/mine.json", """{"items":[{"type":3,"name":"all","content":{"title":"All","query":"@all.kql"}}]}""");
        _folder.Write("queries/all.kql", "requests\n| count\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Workbooks_GivenATemplate_WritesTheWorkbookOnce()
    {
        var first = await Costmon.RunAsync("workbooks", "--folder", _folder.Path, "--json");
        var second = await Costmon.RunAsync("workbooks", "--folder", _folder.Path, "--json");

        Assert.Equal((0, "written", 0, "as it is to be"), (first.ExitCode, State(first), second.ExitCode, State(second)));
        Assert.Contains("\"query\": \"requests\\n| count\"", await File.ReadAllTextAsync(_folder.Of("workbooks/mine.workbook.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_GivenAQueryThatChanged_ExitsWithOneAndWritesNothing()
    {
        await Costmon.RunAsync("workbooks", "--folder", _folder.Path);
        var before = await File.ReadAllTextAsync(_folder.Of("workbooks/mine.workbook.json"));
        _folder.Write("queries/all.kql", "requests\n| take 1\n");

        var result = await Costmon.RunAsync("workbooks", "--check", "--folder", _folder.Path, "--json");

        Assert.Equal((1, "differs"), (result.ExitCode, State(result)));
        Assert.Equal(before, await File.ReadAllTextAsync(_folder.Of("workbooks/mine.workbook.json")));
    }

    [Fact]
    public async Task Workbooks_GivenNoSuchFolder_SaysWhatItExpected()
    {
        var result = await Costmon.RunAsync("workbooks", "--folder", _folder.Of("none"));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Expected a folder with workbooks/*.json and queries/*/*.kql", result.Words, StringComparison.Ordinal);
    }

    private static string? State(Costmon.Result result) => System.Text.Json.JsonElement.Parse(result.Output)[0].GetProperty("state").GetString();
}
