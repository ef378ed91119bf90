using CostMonitor.Cli.Files;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;

namespace CostMonitor.Cli.Tests.Files;

public sealed class CsvRunFileTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"a\"", "\"say \"\"a\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("+1+1", "'+1+1")]
    [InlineData("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("\n=1", "\"'\n=1\"")]
    [InlineData("-1.5", "-1.5")]
    [InlineData("+2E3", "+2E3")]
    public void Write_GivenAField_QuotesItWhereASpreadsheetNeedsIt(string category, string expected)
    {
        using var folder = new TempFolder();

        CsvRunFile.Write(folder.Of("runs.csv"), [Run(category)]);

        var row = File.ReadAllText(folder.Of("runs.csv")).Split('\n', 2)[1];
        Assert.StartsWith($"b.000000,2026-11-21T09:00:00.0000000Z,sim,small,p1,{expected},0,measured,", row, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_GivenTagsAndAPriority_EndsTheRowWithThem()
    {
        using var folder = new TempFolder();

        CsvRunFile.Write(folder.Of("runs.csv"), [Run("qa") with { Tags = new CallTags { Team = "search", User = "=1,2" }, Priority = CallPriority.Critical }]);

        Assert.EndsWith(",saved_usd,team,app,feature,user,experiment,priority", File.ReadAllLines(folder.Of("runs.csv"))[0], StringComparison.Ordinal);
        Assert.EndsWith(",search,,,\"'=1,2\",,critical\n", File.ReadAllText(folder.Of("runs.csv")), StringComparison.Ordinal);
    }

    private static RunRecord Run(string category) => new()
    {
        Id = new RunId(new BatchId("b"), 0),
        Attempt = Guid.Empty,
        Plan = "plan",
        Model = new ModelKey("sim", "small"),
        PromptId = "p1",
        Category = category,
        Started = new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero),
        Timings = new CallTimings { EndToEnd = TimeSpan.FromMilliseconds(12.5) },
        Cost = CallCost.Unknown("test"),
    };
}
