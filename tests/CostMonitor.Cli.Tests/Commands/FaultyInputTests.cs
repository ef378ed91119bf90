namespace CostMonitor.Cli.Tests.Commands;

/// <summary>What cannot be used ends with 2, nothing on stdout, and all faults on stderr, each with its place and what was expected.</summary>
public sealed class FaultyInputTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Plan_GivenManyFaults_NamesThemAll()
    {
        _folder.Write("prompts.csv", "id,prompt,min_chars,colour\na,Say a,few,red\na,Say b,,\n");
        var plan = _folder.Write("plan.json", """
            {
              "name": "Not A Name", "seed": -1, "models": ["nonsense", "sim:small-latest", "sim:small-latest"],
              "prompts": "prompts.csv", "repetitions": 0, "warmups": 2, "timeoutSeconds": "long", "dependentVariables": ["beauty"]
            }
            """);

        await AssertRefusedAsync(
            ["plan", plan, "--models", Input("models.json")],
            $"{plan} $.warmups: Unknown property; expected one of name, seed",
            $"{plan} $.name: 'Not A Name' is no plan name: expected",
            $"{plan} $.seed: Expected a whole number from 0",
            $"{plan} $.models[0]: 'nonsense' is no model: expected provider:model",
            $"{plan} $.models[2]: sim:small-latest stands twice",
            $"{plan} $.repetitions: Expected a whole number from 1 to 10000, got 0",
            $"{plan} $.timeoutSeconds: Expected a number from 1 to 600, got \"long\"",
            $"{plan} $.dependentVariables[0]: Unknown variable 'beauty'; expected",
            "prompts.csv line 1: Unknown column 'colour'; expected id",
            "prompts.csv line 2: 'min_chars' must be a whole number of characters, got 'few'",
            "prompts.csv a: The id stands 2 times");
    }

    [Fact]
    public async Task Plan_GivenBrokenJson_NamesTheLine()
    {
        var plan = _folder.Write("plan.json", "{\n  \"name\": \"a\",\n  \"seed\" 1\n}");

        await AssertRefusedAsync(["plan", plan, "--models", Input("models.json")], $"{plan} line 3, byte 10: This is not valid JSON:");
    }

    [Fact]
    public async Task Plan_GivenNoSuchFile_NamesIt() =>
        await AssertRefusedAsync(["plan", _folder.Of("none.json"), "--models", Input("models.json")], $"{_folder.Of("none.json")}: The file cannot be read:");

    [Fact]
    public async Task Plan_GivenAMissingPromptFile_NamesIt()
    {
        var plan = _folder.Write("plan.json", """{"name":"a","models":["sim:small-latest"],"prompts":"none.csv"}""");

        await AssertRefusedAsync(["plan", plan, "--models", Input("models.json")], "none.csv: The file cannot be read:");
    }

    [Fact]
    public async Task Bench_GivenFaultyModels_NamesThemAll()
    {
        var models = _folder.Write("models.json", """{"models":[{"model":"sim:a","api":"magic"},{"model":"nonsense","api":"simulated"},{"model":"sim:b","api":"simulated","simulated":{"tokensPerSecond":0,"tempo":1}}]}""");

        await AssertRefusedAsync(
            ["bench", Input("plan.json"), "--models", models, "--out", _folder.Of("runs.jsonl")],
            "$.models[0].api: Expected openai, azure-openai",
            "$.models[1].model: Expected provider:model",
            "$.models[2].simulated.tokensPerSecond: Expected a number from 0.01",
            "$.models[2].simulated.tempo: Unknown property");
        Assert.False(File.Exists(_folder.Of("runs.jsonl")));
    }

    [Fact]
    public async Task Summarize_GivenFaultyLines_NamesEach()
    {
        var file = _folder.Write("runs.jsonl", "{\"id\":\"b.000000\"}\nnonsense\n{}\n");

        await AssertRefusedAsync(["summarize", file], $"{file} line 1: This is no run record:", $"{file} line 2: ", $"{file} line 3: '' is no run id: expected a batch id");
    }

    [Fact]
    public async Task Summarize_GivenNoTags_NamesEach() => await AssertRefusedAsync(
        ["summarize", _folder.Write("runs.jsonl", ""), "--team", "a/b", "--user", "x|y"],
        "arguments --team: 'a/b' is no tag: expected 1 to 100 characters, without control characters and without / \\ # ? |.",
        "arguments --user: 'x|y' is no tag: expected 1 to 100 characters");

    [Fact]
    public async Task Summarize_GivenNothing_SaysWhatToName() => await AssertRefusedAsync(["summarize"], "Name JSONL files, or --storage-setting.");

    [Fact]
    public async Task Batch_GivenNoApp_SaysSo() => await AssertRefusedAsync(["batch", "status", "some-batch", "--app", "http://127.0.0.1:1"], "127.0.0.1:1");

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("bench")]
    [InlineData("bench", "plan.json", "--concurrency", "many")]
    [InlineData("summarize", "--by", "beauty")]
    [InlineData("summarize", "--from", "yesterday")]
    public async Task CommandLine_GivenWhatItDoesNotKnow_IsNotMistakenForAFailedCheck(params string[] arguments) => await AssertRefusedAsync(arguments, "");

    public void Dispose() => _folder.Dispose();

    private static async Task AssertRefusedAsync(string[] arguments, params string[] expected)
    {
        var result = await Costmon.RunAsync(arguments);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.NotEmpty(result.Words);
        Assert.All(expected, e => Assert.Contains(e, result.Words, StringComparison.Ordinal));
    }

    private static string Input(string name) => Path.Combine(AppContext.BaseDirectory, "Commands", "Expected", name);
}
