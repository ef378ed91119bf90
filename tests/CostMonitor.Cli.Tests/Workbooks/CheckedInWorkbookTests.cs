using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CostMonitor.Cli.Workbooks;
using CostMonitor.Testing;

namespace CostMonitor.Cli.Tests.Workbooks;

/// <summary>The workbooks as they are deployed: made of their templates and queries, and with what the published schema and the portal ask for.</summary>
public sealed partial class CheckedInWorkbookTests
{
    private const int Text = 1, Query = 3, Parameters = 9, Links = 11, Group = 12;

    private static readonly Dictionary<int, string> Versions = new() { [Query] = "KqlItem/1.0", [Parameters] = "KqlParameterItem/1.0", [Links] = "LinkItem/1.0", [Group] = "NotebookGroup/1.0" };

    private static readonly HashSet<string> Visualizations = ["table", "tiles", "timechart", "areachart", "barchart", "scatterchart"];

    private static readonly string[] Workbooks = ["spend", "latency", "quality", "operations"];

    public static TheoryData<string> Names => [.. Workbooks];

    [Fact]
    public void Workbooks_AreWhatTheirTemplatesAndQueriesMake()
    {
        var built = new WorkbookFolder(Path.Combine(Repository.Root, "infra")).Build();

        Assert.Equal(Workbooks.Select(static n => $"{n}.workbook.json").Order(), built.Select(static b => Path.GetFileName(b.Path)).Order());
        Assert.All(built, static b => Assert.True(File.ReadAllText(b.Path) == b.Text, $"{b.Path} is not what 'costmon workbooks' makes."));
    }

    [Fact]
    public void Queries_AreUsedByATemplate()
    {
        var folder = Path.Combine(Repository.Root, "infra/queries");
        var templates = string.Concat(Workbooks.Select(static n => Repository.Read($"infra/workbooks/{n}.json")));

        var files = Workbooks.SelectMany(n => Directory.EnumerateFiles(Path.Combine(folder, n), "*.kql")).Select(f => Path.GetRelativePath(folder, f)).ToArray();

        Assert.NotEmpty(files);
        Assert.All(files, f => Assert.Contains($"\"@{f}\"", templates, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Workbook_HasTheMembersThatTheSchemaRequires(string name)
    {
        var root = Read(name);

        Assert.Equal("Notebook/1.0", (string?)root["version"]);
        Assert.NotEmpty(root["items"]?.AsArray() ?? []);
        Assert.All(Items(root), static item =>
        {
            var type = (int?)item["type"] ?? 0;
            Assert.True(type == Text || Versions.ContainsKey(type), $"Type {type}");
            Assert.False(string.IsNullOrEmpty((string?)item["name"]));
            if (type != Text) Assert.Equal(Versions[type], (string?)item["content"]?["version"]);
            else Assert.False(string.IsNullOrEmpty((string?)item["content"]?["json"]));
        });
        var names = Items(root).Select(static i => (string?)i["name"]).ToArray();
        Assert.Equal(names.Distinct(), names);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Workbook_OfAQuery_SaysWhereItLooksAndWhatNothingMeans(string name) => Assert.All(Items(Read(name)).Where(static i => (int?)i["type"] == Query), static item =>
    {
        var content = item["content"];
        Assert.False(string.IsNullOrEmpty((string?)content?["title"]));
        Assert.False(string.IsNullOrEmpty((string?)content?["noDataMessage"]));
        Assert.Contains((string?)content?["visualization"] ?? "", Visualizations);
        Assert.Equal((0, "microsoft.insights/components", "{App}"), ((int?)content?["queryType"], (string?)content?["resourceType"], (string?)content?["crossComponentResources"]?[0]));
        Assert.True((string?)content?["timeContextFromParameter"] == "TimeRange" || content?["timeContext"]?["durationMs"] is not null);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void Workbook_HasParametersWithIdsOfTheirOwn(string name)
    {
        var parameters = ParametersOf(Read(name)).ToArray();

        Assert.Superset(new HashSet<string> { "App", "TimeRange" }, parameters.Select(static p => (string?)p["name"] ?? "").ToHashSet());
        Assert.All(parameters, static p =>
        {
            Assert.True(Guid.TryParse((string?)p["id"], out _), $"{p["name"]}: {p["id"]}");
            Assert.NotNull((int?)p["type"]);
            Assert.False(string.IsNullOrEmpty((string?)p["label"]));
        });
        var ids = Workbooks.SelectMany(n => ParametersOf(Read(n))).Select(static p => (string?)p["id"]).ToArray();
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Workbook_UsesNoParameterThatItDoesNotHave(string name)
    {
        var root = Read(name);
        var known = ParametersOf(root).Select(static p => (string?)p["name"] ?? "")
            .Concat(Items(root).Select(static i => (string?)i["content"]?["exportParameterName"] ?? ""))
            .Concat(Items(root).Where(static i => (int?)i["type"] == Links).SelectMany(static i => (i["content"]?["links"]?.AsArray() ?? []).Where(static l => (string?)l?["linkTarget"] == "parameter").Select(static l => (string?)l?["cellValue"] ?? "")))
            .ToHashSet();

        var used = UsedParameter().Matches(root.ToJsonString()).Select(static m => m.Groups[1].Value)
            .Concat(Items(root).Select(static i => (string?)i["conditionalVisibility"]?["parameterName"] ?? "App")).Distinct().ToArray();

        Assert.Contains("TimeRange", used);
        Assert.Empty(used.Except(known));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Workbook_NamesNoResourceOfAnybody(string name)
    {
        var root = Read(name);
        foreach (var owner in Descendants(root).OfType<JsonObject>().ToArray())
        {
            if (owner["id"] is JsonValue) owner.Remove("id");
        }

        Assert.DoesNotMatch("(?i)/subscriptions/|resourcegroups/|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", root.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Workbook_HasQueriesWhoseBracketsClose(string name) => Assert.All(Queries(Read(name)), static kql =>
    {
        var open = new Stack<char>();
        foreach (var c in Quoted().Replace(kql, "\"\""))
        {
            if (c is '(' or '[' or '{') open.Push(c);
            else if (c is ')' or ']' or '}') Assert.True(open.TryPop(out var begin) && (begin, c) is ('(', ')') or ('[', ']') or ('{', '}'), kql);
        }

        Assert.True(open.Count == 0 && kql.Count(static c => c == '"') % 2 == 0, kql);
        Assert.Matches(@"^(let [^;]+;\n)*(customEvents|customMetrics|dependencies|requests|union |resources )", kql);
    });

    [Theory]
    [InlineData("latency", "percentiles-by-model", "percentiles(latencyMs, 50, 95, 99)")]
    [InlineData("latency", "production", "where lane != \"Canary\"")] // M035
    [InlineData("latency", "trend-by-provider", "strcat(provider")] // M036
    [InlineData("latency", "by-provider-region", "Provider = provider, Region = region")]
    [InlineData("latency", "by-hour", "hourofday(timestamp)")]
    [InlineData("latency", "by-prompt-length", "PromptTokensUpTo")] // M037
    [InlineData("latency", "prompt-length-slope", "TtftMsPerThousandPromptTokens")]
    [InlineData("spend", "burn-down", "limit - settled")]
    [InlineData("quality", "against-baseline", "{BaselineDays}")]
    public void Workbook_AnswersWhatItIsFor(string name, string panel, string query) =>
        Assert.Contains(query, (string?)Items(Read(name)).Single(i => (string?)i["name"] == panel)["content"]?["query"] ?? "", StringComparison.Ordinal);

    private static JsonObject Read(string name) => JsonNode.Parse(Repository.Read($"infra/workbooks/{name}.workbook.json"))!.AsObject();

    private static IEnumerable<JsonObject> Items(JsonObject owner) => (owner["items"]?.AsArray() ?? []).OfType<JsonObject>()
        .SelectMany(static item => item["content"] is JsonObject content ? Items(content).Prepend(item) : [item]);

    private static IEnumerable<JsonObject> ParametersOf(JsonObject root) =>
        Items(root).Where(static i => (int?)i["type"] == Parameters).SelectMany(static i => i["content"]?["parameters"]?.AsArray().OfType<JsonObject>() ?? []);

    private static IEnumerable<string> Queries(JsonObject root) =>
        Items(root).Where(static i => (int?)i["type"] == Query).Select(static i => (string?)i["content"]?["query"] ?? "").Concat(ParametersOf(root).Select(static p => (string?)p["query"]).OfType<string>());

    private static IEnumerable<JsonNode> Descendants(JsonNode node) => (node switch
    {
        JsonObject o => o.Select(static p => p.Value),
        JsonArray a => a.AsEnumerable(),
        _ => [],
    }).OfType<JsonNode>().SelectMany(Descendants).Prepend(node);

    [GeneratedRegex(@"\{([A-Z][A-Za-z]+)(:[A-Za-z]+)?\}")]
    private static partial Regex UsedParameter();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();
}
