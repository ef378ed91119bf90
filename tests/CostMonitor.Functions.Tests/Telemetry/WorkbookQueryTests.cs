using System.Text.RegularExpressions;
using CostMonitor.Functions.Telemetry;
using CostMonitor.Testing;

namespace CostMonitor.Functions.Tests.Telemetry;

/// <summary>The workbooks ask for what is sent, and what is sent is asked for; that the app sends what the registry says is for <see cref="TelemetrySampleTests"/>.</summary>
public sealed class WorkbookQueryTests
{
    private static readonly IReadOnlyList<WorkbookQuery> Queries = WorkbookQuery.All(Repository.Root);

    /// <summary>What no workbook shows, and why it is sent all the same.</summary>
    private static readonly Dictionary<(string Name, string Part), string> Unshown = [];

    public static TheoryData<string> Files => [.. Queries.Select(static q => q.File)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Query_AsksForWhatIsSent(string file)
    {
        var query = Queries.Single(q => q.File == file);
        if (query.IsOfAll)
        {
            Assert.Empty(query.Names.Concat(query.Dimensions).Concat(query.Numbers));
            return;
        }

        var entries = query.Names.Select(name => Assert.Single(TelemetryNames.All, e => e.Name == name)).ToArray();

        Assert.NotEmpty(entries);
        Assert.All(entries, e => Assert.Equal(query.Kind, e.Kind));
        Assert.Empty(query.Dimensions.Except(entries.SelectMany(static e => e.Dimensions).Append(TelemetryNames.InvocationId)));
        Assert.Empty(query.Numbers.Except(entries.SelectMany(static e => e.Numbers)));
    }

    [Fact]
    public void Query_NamesWhatItReadsInOneWay() => Assert.All(Queries, static q =>
    {
        Assert.DoesNotMatch(@"customDimensions\.|customMeasurements\.|customDimensions\['|name (in|=~|startswith|has)", q.Text);
        Assert.Equal(Regex.Count(q.Text, "costmonitor\\."), Regex.Count(q.Text, "name == \"costmonitor\\."));
    });

    [Fact]
    public void Sent_IsAskedForByAWorkbook()
    {
        var asked = Queries.SelectMany(static q => q.Names.SelectMany(name => q.Dimensions.Concat(q.Numbers).Append("").Select(part => (name, part)))).ToHashSet();

        var sent = TelemetryNames.All.SelectMany(static e => e.Dimensions.Concat(e.Numbers).Append("").Select(part => (e.Name, part)));

        Assert.Equal(Unshown.Keys.Order(), sent.Where(s => !asked.Contains(s)).Order());
    }

    [Fact]
    public void Names_AreValidForOpenTelemetry() => Assert.All(TelemetryNames.All, static e => Assert.Matches(@"^[A-Za-z][A-Za-z0-9_.\-/]{0,254}$", e.Name));

    [Fact]
    public void Docs_HoldEveryNameWithAllThatGoesWithIt()
    {
        var docs = Repository.Read("docs/telemetry.md");

        Assert.All(TelemetryNames.All, e =>
        {
            var line = Assert.Single(docs.Split('\n'), l => l.StartsWith($"| `{e.Name}` |", StringComparison.Ordinal));
            Assert.Contains(e.Tells, line, StringComparison.Ordinal);
            Assert.Equal(e.Dimensions.Concat(e.Numbers), Regex.Matches(line, "`([^`]+)`").Skip(1).Select(static m => m.Groups[1].Value));
        });
    }
}
