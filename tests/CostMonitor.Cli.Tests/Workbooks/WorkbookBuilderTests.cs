using System.Text.Json.Nodes;
using CostMonitor.Cli.Workbooks;
using CostMonitor.Core.Input;

namespace CostMonitor.Cli.Tests.Workbooks;

public sealed class WorkbookBuilderTests
{
    [Fact]
    public void Build_GivenAReference_PutsTheQuery()
    {
        var content = ContentOf(Build("""{"items":[{"type":3,"name":"a","content":{"query":"@spend/a.kql","size":4}}]}"""));

        Assert.Equal(("requests\n| count", 4, 0, "microsoft.insights/components", "{App}", "TimeRange"),
            ((string?)content["query"], (int?)content["size"], (int?)content["queryType"], (string?)content["resourceType"], (string?)content["crossComponentResources"]?[0], (string?)content["timeContextFromParameter"]));
    }

    [Fact]
    public void Build_GivenAQueryWithATimeOfItsOwn_LeavesIt() =>
        Assert.False(ContentOf(Build("""{"items":[{"type":3,"name":"a","content":{"query":"@spend/a.kql","timeContext":{"durationMs":1}}}]}""")).ContainsKey("timeContextFromParameter"));

    [Fact]
    public void Build_GivenParametersInAGroup_GivesEachAnIdThatStays()
    {
        const string template = """{"items":[{"type":12,"name":"g","content":{"items":[{"type":9,"name":"p","content":{"parameters":[{"name":"A"},{"name":"B"}]}}]}}]}""";

        var parameters = ContentOf(Build(template))["items"]?[0]?["content"]?["parameters"];

        var (a, b) = ((string?)parameters?[0]?["id"], (string?)parameters?[1]?["id"]);
        Assert.True(Guid.TryParse(a, out _) && a != b);
        Assert.Equal(Build(template), Build(template));
    }

    [Theory]
    [InlineData("[]", "test.json $.items: Expected an object with the array items.")]
    [InlineData("""{"items":[{"type":3,"name":"a","content":{"query":"@spend/none.kql"}}]}""", "test.json $.items[0]: There is no query 'spend/none.kql'.")]
    [InlineData("""{"items":[{"type":7,"name":"a","content":{}}]}""", "test.json $.items[0]: Expected a text (1), query (3), parameters (9), links (11) or a group (12), got type 7.")]
    [InlineData("""{"items":[{"type":12,"name":"g","content":{"items":[{"name":"a"}]}}]}""", "test.json $.items[0].content.items[0]: Expected an item with a type and its content.")]
    public void Build_GivenAFault_SaysWhere(string template, string fault) =>
        Assert.Equal(fault, Assert.Single(Assert.Throws<InputException>(() => Build(template)).Faults).ToString());

    private static string Build(string template) => new WorkbookBuilder("test", static path => path == "spend/a.kql" ? "requests\n| count\n" : null).Build(template);

    private static JsonObject ContentOf(string built) => JsonNode.Parse(built)?["items"]?[0]?["content"]?.AsObject() ?? [];
}
