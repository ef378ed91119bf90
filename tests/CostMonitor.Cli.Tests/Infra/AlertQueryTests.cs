namespace CostMonitor.Cli.Tests.Infra;

/// <summary>The rules over logs and the queries that they run.</summary>
public sealed class AlertQueryTests
{
    private static readonly string[] Known = ["alert-raised", "app-errors", "no-canary"];

    public static TheoryData<string> Keys { get; } = [.. Known];

    [Fact]
    public void LogRules_InTheTemplate_AreTheseThree() => Assert.Equal(Known, Rules().Select(r => r.At("key").Literal ?? ""));

    [Theory]
    [MemberData(nameof(Keys))]
    public void Query_OfARule_GivesTheColumnsThatItSplitsAndMeasuresBy(string key)
    {
        var rule = Rule(key);
        var columns = (rule.At("dimensions").Items.Select(i => i.Literal).OfType<string>()).Concat(rule.At("measure").Literal is { } measure ? [measure] : []);

        Assert.All(columns, c => Assert.Matches($@"(project|summarize)\b[^|]*\b{c}\b", Query(key)));
        Assert.Equal(rule.At("aggregation").Literal != "Count", rule.At("measure").Literal is not null);
    }

    /// <summary>The rules are scoped to the component, where the tables have their classic names and <c>timestamp</c>.</summary>
    [Theory]
    [MemberData(nameof(Keys))]
    public void Query_OfARule_UsesClassicTables(string key)
    {
        Assert.Equal(["componentId"], BicepFile.Read("modules/alerts.bicep").The("resource", "queryAlerts").Value.At("properties", "scopes").Uses);
        Assert.DoesNotMatch(@"\bApp(Events|Traces|Requests|Exceptions|Metrics|Dependencies)\b|TimeGenerated", Query(key));
        Assert.Matches(@"\b(customEvents|traces|requests|exceptions)\b", Query(key));
    }

    /// <summary>The line that the rule looks for is the one that the app writes.</summary>
    [Fact]
    public void AlertRaised_LooksForWhatTheAppWrites()
    {
        var written = string.Join('\n', InfraFiles.Source("CostMonitor.Functions"));

        Assert.Contains("\"CostMonitorAlert {Notice}", written, StringComparison.Ordinal);
        Assert.Contains("message has \"CostMonitorAlert firing\"", Query("alert-raised"), StringComparison.Ordinal);
        Assert.Contains("name == \"costmonitor.alert.sent\"", Query("alert-raised"), StringComparison.Ordinal);
    }

    private static IReadOnlyList<BicepExpression> Rules() => BicepFile.Read("modules/alerts.bicep").The("var", "logRules").Value.Items;

    private static BicepExpression Rule(string key) => Rules().Single(r => r.At("key").Literal == key);

    private static string Query(string key) =>
        File.ReadAllText(Path.Combine(BicepFile.Folder, "modules", Rule(key).At("query").ArgumentsOf("loadTextContent").Single()));
}
