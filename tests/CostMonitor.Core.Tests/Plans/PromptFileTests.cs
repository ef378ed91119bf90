using CostMonitor.Core.Calling;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Input;
using CostMonitor.Core.Plans;
using CostMonitor.Testing;

namespace CostMonitor.Core.Tests.Plans;

public sealed class PromptFileTests
{
    [Fact]
    public void ParseCsv_GivenEveryColumn_ReadsEach()
    {
        const string csv = """
            id,category,prompt,system,format,schema,sections,min_chars,max_chars,expected
            p-1,qa,"What, exactly?",Be brief.,JSON,"{""type"":""object""}",,5,300,/a+/
            """;

        var prompt = Assert.Single(PromptFile.ParseCsv(csv, "set.csv"));

        Assert.Equal(("p-1", "qa", "What, exactly?", "Be brief."), (prompt.Id, prompt.Category, prompt.Text, prompt.System));
        Assert.Equal(new ContractText("JSON", """{"type":"object"}""", null, 5, 300, "/a+/"), prompt.Contract.Source);
        Assert.Equal(OutputFormat.Json, prompt.Contract.Format);
    }

    [Fact]
    public void ParseCsv_GivenOnlyPrompts_NumbersThem()
    {
        var prompts = PromptFile.ParseCsv("Prompt\nOne?\nTwo?\n", "set.csv");

        Assert.Equal(["p0001 default One?", "p0002 default Two?"], prompts.Select(p => $"{p.Id} {p.Category} {p.Text}"));
    }

    [Fact]
    public void ParseCsv_GivenManyFaults_ReportsAllWithTheirLines()
    {
        const string csv = """
            id,category,prompt,format,schema,min_chars,expected
            a b,qa,"two
            lines",text,,,
            c,qa,,text,,,
            d,qa,x,xml,,many,
            e,qa,x,json,{,,/(/
            e,qa,x
            """;

        var faults = FaultsOf(csv);

        Assert.Equal(
            ["line 2", "line 4", "line 5", "line 5, format", "line 6, schema", "line 6, expected", "line 7", "e"], faults.Select(f => f.Path));
        Assert.All(faults, f => Assert.Equal("set.csv", f.File));
    }

    [Theory]
    [InlineData("", "line 1", "Expected a header with some of id,category,prompt,system,format,schema,sections,min_chars,max_chars,expected,team,app,feature,user,experiment.")]
    [InlineData("prompt\n", "line 2", "The set holds no prompt.")]
    [InlineData("id,prompt\na,x,y\n", "line 2", "Expected 2 fields as in the header, got 3.")]
    [InlineData("id,prompt\na\n", "line 2", "Expected 2 fields as in the header, got 1.")]
    [InlineData("prompt,PROMPT\na,b\n", "line 1", "The column 'PROMPT' stands twice.")]
    [InlineData("prompt,min_chars\na,-5\n", "line 2", "'min_chars' must be a whole number of characters, got '-5'.")]
    public void ParseCsv_GivenAFault_NamesItsLine(string csv, string path, string problem) =>
        Assert.Contains(new InputFault("set.csv", path, problem), FaultsOf(csv));

    [Fact]
    public void ParseCsv_GivenTagColumns_TagsEachPromptWhereItSaysSo()
    {
        var prompts = PromptFile.ParseCsv("prompt,Team,user,feature\nOne?,search,u1,\nTwo?,,,\n", "set.csv");

        Assert.Equal([new CallTags { Team = "search", User = "u1" }, CallTags.None], prompts.Select(p => p.Tags));
    }

    [Fact]
    public void ParseCsv_GivenNoTags_NamesTheirLineAndColumn()
    {
        var faults = FaultsOf($"prompt,team,app\nOne?,a/b,x|y\nTwo?,{new string('x', 101)},\n");

        Assert.Equal(
            [
                new InputFault("set.csv", "line 2, team", "'a/b' is no tag: expected 1 to 100 characters, without control characters and without / \\ # ? |."),
                new InputFault("set.csv", "line 2, app", "'x|y' is no tag: expected 1 to 100 characters, without control characters and without / \\ # ? |."),
                new InputFault("set.csv", "line 3, team", $"'{new string('x', 60)}...' is no tag: expected 1 to 100 characters, without control characters and without / \\ # ? |."),
            ],
            faults);
    }

    [Fact]
    public void ReadArray_GivenTags_TagsThatPrompt()
    {
        var prompts = Read("""["One?", {"prompt":"Two?","tags":{"feature":"rank","experiment":"x-1"}}]""");

        Assert.Equal([CallTags.None, new CallTags { Feature = "rank", Experiment = "x-1" }], prompts.Select(p => p.Tags));
    }

    [Fact]
    public void ParseCsv_GivenAnUnknownColumn_BlamesTheHeaderAndNotEveryRecord()
    {
        var faults = FaultsOf("id,prompt,colour\na,x,red\nb,y,blue\n");

        Assert.Equal(["line 1"], faults.Select(f => f.Path));
    }

    [Fact]
    public void ParseCsv_GivenTheStandardSet_HasFiftyPromptsInFiveCategoriesOfTen()
    {
        var prompts = PromptFile.ParseCsv(Repository.Read("samples/prompts.csv"), "prompts.csv");

        Assert.Equal(50, prompts.Count); // M010
        Assert.Equal(
            ["coding 10", "extraction 10", "longform 10", "qa 10", "reasoning 10"],
            prompts.GroupBy(p => p.Category).Select(g => $"{g.Key} {g.Count()}").Order(StringComparer.Ordinal));
        Assert.Equal([OutputFormat.Text, OutputFormat.Sections, OutputFormat.Json], prompts.Select(p => p.Contract.Format).Distinct().Order());
    }

    [Fact]
    public void ReadArray_GivenTextsAndObjects_ReadsBoth()
    {
        var prompts = Read("""["One?", {"id":"x","prompt":"Two?","format":"json","schema":{"type":"object"},"max_chars":9}]""");

        Assert.Equal(["p0001 One?", "x Two?"], prompts.Select(p => $"{p.Id} {p.Text}"));
        Assert.Equal(new ContractText("json", """{"type":"object"}""", null, null, 9, null), prompts[1].Contract.Source);
    }

    [Theory]
    [InlineData("[]", "$", "The set holds no prompt.")]
    [InlineData("[5]", "$[0]", "Expected an object, got 5.")]
    [InlineData("[\" \"]", "$[0]", "Expected a prompt, got \" \".")]
    [InlineData("""[{"prompt":"a","colour":1}]""", "$[0].colour", null)]
    [InlineData("""[{"prompt":"a","id":"b c"}]""", "$[0]", null)]
    [InlineData("""[{"prompt":"a","team":"search"}]""", "$[0].team", null)]
    [InlineData("""[{"prompt":"a","tags":"search"}]""", "$[0].tags", "Expected an object, got \"search\".")]
    [InlineData("""[{"prompt":"a","tags":{"team":"a/b"}}]""", "$[0].tags.team", "\"a/b\" is no tag: expected 1 to 100 characters, without control characters and without / \\ # ? |.")]
    [InlineData("""[{"prompt":"a","format":"json","schema":{"oneOf":[]}}]""", "$[0]", null)]
    [InlineData("""[{"id":"a","prompt":"a"},{"id":"a","prompt":"b"}]""", "a", "The id stands 2 times; each must be unique.")]
    public void ReadArray_GivenAFault_NamesItsPath(string json, string path, string? problem)
    {
        var faults = Assert.Throws<InputException>(() => Read(json)).Faults;

        Assert.Contains(faults, f => f.Path == path && (problem is null || f.Problem == problem));
    }

    [Theory]
    [InlineData("[\"{0}\"]")]
    [InlineData("[{{\"prompt\":\"{0}\"}}]")]
    public void ReadArray_GivenAPromptOfOverAMillionCharacters_IsAFault(string json)
    {
        var text = string.Format(System.Globalization.CultureInfo.InvariantCulture, json, new string('x', 1_000_001));

        var faults = Assert.Throws<InputException>(() => Read(text)).Faults;

        Assert.Equal("'prompt' has 1000001 characters; at most 1000000 are taken.", Assert.Single(faults).Problem);
    }

    private static IReadOnlyList<Prompt> Read(string json)
    {
        var faults = new InputFaults();
        var prompts = faults.TryReadJson(json, "set.json", root => PromptFile.ReadArray(root, faults));
        faults.ThrowIfAny();
        return prompts ?? [];
    }

    private static IReadOnlyList<InputFault> FaultsOf(string csv) =>
        Assert.Throws<InputException>(() => PromptFile.ParseCsv(csv, "set.csv")).Faults;
}
