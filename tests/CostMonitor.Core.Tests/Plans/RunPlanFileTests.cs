using CostMonitor.Core.Calling;
using CostMonitor.Core.Input;
using CostMonitor.Core.Plans;
using CostMonitor.Testing;

namespace CostMonitor.Core.Tests.Plans;

public sealed class RunPlanFileTests
{
    private static readonly IReadOnlyList<Prompt> Set =
    [
        new() { Id = "a", Category = "qa", Text = "A?" }, new() { Id = "b", Category = "qa", Text = "B?" }, new() { Id = "c", Category = "qa", Text = "C?" },
    ];

    [Fact]
    public void Parse_GivenEveryProperty_ReadsEach()
    {
        const string json = """
            {
              "name": "hourly", "seed": 42, "models": ["sim:a", { "model": "openai:gpt-4o", "ifConfigured": true }, { "model": "sim:b" }],
              "prompts": "prompts.csv", "promptIds": ["c", "a"], "repetitions": 3, "warmUps": 2, "randomRuns": 50,
              "parameters": { "maxOutputTokens": 256, "temperature": 0, "topP": 1, "seed": 7 },
              "timeoutSeconds": 30, "storeText": true, "tags": { "team": "search", "user": null }, "priority": "critical", "dependentVariables": ["latency_e2e", "cost"]
            }
            """;

        var plan = Parse(json);

        Assert.Equal(("hourly", 42UL, 3, 2, 50), (plan.Name, plan.Seed, plan.Repetitions, plan.WarmUps, plan.RandomRuns));
        Assert.Equal(["sim:a", "sim:b"], plan.Models.Select(m => m.ToString())); // openai is not configured here
        Assert.Equal(["c", "a"], plan.Prompts.Select(p => p.Id));
        Assert.Equal(new GenerationParameters(256, 0, 1, 7), plan.Parameters);
        Assert.Equal((TimeSpan.FromSeconds(30), true), (plan.Timeout, plan.StoreText));
        Assert.Equal((new CallTags { Team = "search" }, CallPriority.Critical), (plan.Tags, plan.Priority));
        Assert.Equal(["latency_e2e", "cost"], plan.DependentVariables);
    }

    [Fact]
    public void Parse_GivenTheLeast_TakesTheDefaults()
    {
        var plan = Parse("""{"name":"p","models":["sim:a"],"prompts":["Hi?"]}""");

        Assert.Equal((0UL, 1, 0, null), (plan.Seed, plan.Repetitions, plan.WarmUps, plan.RandomRuns));
        Assert.Equal((new GenerationParameters(), TimeSpan.FromSeconds(100), false), (plan.Parameters, plan.Timeout, plan.StoreText));
        Assert.Equal((CallTags.None, CallPriority.Normal), (plan.Tags, plan.Priority));
        Assert.Equal(Variables.All, plan.DependentVariables);
    }

    [Fact]
    public void Parse_GivenFaultyTagsAndPriority_NamesEach()
    {
        var faults = FaultsOf("""{"name":"p","models":["sim:a"],"prompts":["Hi?"],"tags":{"team":"a#b","squad":"x","app":5,"user":" "},"priority":"urgent"}""");

        Assert.Equal(
            [
                new InputFault("plan.json", "$.tags.squad", "Unknown property; expected one of team, app, feature, user, experiment."),
                new InputFault("plan.json", "$.tags.team", "\"a#b\" is no tag: expected 1 to 100 characters, without control characters and without / \\ # ? |."),
                new InputFault("plan.json", "$.tags.app", "Expected a tag of 1 to 100 characters, without control characters and without / \\ # ? |, got 5."),
                new InputFault("plan.json", "$.tags.user", "Expected a tag of 1 to 100 characters, without control characters and without / \\ # ? |, got \" \"."),
                new InputFault("plan.json", "$.priority", "Expected one of normal, critical, background, got \"urgent\"."),
            ],
            faults);
    }

    [Fact]
    public void Parse_GivenManyFaults_ReportsAllAtOnce()
    {
        const string json = """
            {
              "name": "Hourly Plan", "seed": -1, "models": ["gpt-4o", "sim:a", "sim:a"], "prompts": "broken.csv", "repetitions": 0,
              "parameters": { "temperature": 3, "top_p": 1 }, "timeoutSeconds": 0, "storeText": "yes", "dependentVariables": ["speed"], "extra": 1
            }
            """;

        var faults = FaultsOf(json);

        Assert.Equal(
            ["$.extra", "$.name", "$.seed", "$.models[0]", "$.models[2]", "line 3", "$.repetitions", "$.parameters.top_p",
             "$.parameters.temperature", "$.timeoutSeconds", "$.storeText", "$.dependentVariables[0]"],
            faults.Select(f => f.Path));
        Assert.Equal(["broken.csv", "plan.json"], faults.Select(f => f.File).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Parse_GivenAPromptIdThatIsNoText_ReportsItOnce()
    {
        var faults = FaultsOf("""{"name":"p","models":["sim:a"],"prompts":"prompts.csv","promptIds":[5]}""");

        Assert.Equal(["$.promptIds[0]"], faults.Select(f => f.Path));
    }

    [Fact]
    public void Parse_GivenNoPromptId_IsAFault()
    {
        var faults = FaultsOf("""{"name":"p","models":["sim:a"],"prompts":"prompts.csv","promptIds":[]}""");

        Assert.Equal(["$.promptIds"], faults.Select(f => f.Path)); // a plan without prompts cannot be scheduled
    }

    [Theory]
    [InlineData("\"promptIds\":[\"x\"]", "$.promptIds[0]", "The prompt set holds no \"x\".")]
    [InlineData("\"promptIds\":[\"a\",\"a\"]", "$.promptIds[1]", "\"a\" stands twice.")]
    [InlineData("\"repetitions\":10000,\"warmUps\":100,\"randomRuns\":1000000", "$", "The plan has more than 1000000 runs, warm-ups included; split it.")]
    public void Parse_GivenAPlanThatCannotRun_IsAFault(string property, string path, string problem)
    {
        var faults = FaultsOf($$"""{"name":"p","models":["sim:a"],"prompts":"prompts.csv",{{property}}}""");

        Assert.Equal([new InputFault("plan.json", path, problem)], faults);
    }

    [Theory]
    [InlineData("[]", "$.models", "Expected at least one model.")]
    [InlineData("[{\"model\":\"openai:x\",\"ifConfigured\":true}]", "$.models", "No model is left: none of those marked ifConfigured is configured here.")]
    [InlineData("\"sim:a\"", "$.models", "Expected an array of provider:model, got \"sim:a\".")]
    [InlineData("[\"gpt-4o\"]", "$.models[0]", "'gpt-4o' is no model: expected provider:model, as in openai:gpt-4o.")]
    public void Parse_GivenNoUsableModel_SaysWhyAndNothingElse(string models, string path, string problem)
    {
        var faults = FaultsOf($$"""{"name":"p","models":{{models}},"prompts":["Hi?"]}""");

        Assert.Equal([new InputFault("plan.json", path, problem)], faults);
    }

    [Fact]
    public void Parse_GivenAPromptFileThatIsMissing_SaysSo()
    {
        var fault = Assert.Single(FaultsOf("""{"name":"p","models":["sim:a"],"prompts":"missing.csv"}"""));

        Assert.Equal("$.prompts", fault.Path);
        Assert.StartsWith("The prompt file 'missing.csv' cannot be read: ", fault.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("samples/bench.json")]
    [InlineData("samples/canary.json")]
    public void Parse_GivenAShippedPlan_Accepts(string path)
    {
        var plan = RunPlanFile.Parse(Repository.Read(path), path, name => PromptFile.ParseCsv(Repository.Read($"samples/{name}"), name), _ => true);

        Assert.NotEmpty(plan.Models);
        Assert.NotEmpty(plan.Prompts);
    }

    private static RunPlan Parse(string json) => RunPlanFile.Parse(json, "plan.json", ReadPrompts, m => m.Provider == "sim");

    private static IReadOnlyList<InputFault> FaultsOf(string json) => Assert.Throws<InputException>(() => Parse(json)).Faults;

    private static IReadOnlyList<Prompt> ReadPrompts(string name) => name switch
    {
        "prompts.csv" => Set,
        "broken.csv" => throw new InputException("broken.csv", "line 3", "'prompt' is empty."),
        _ => throw new FileNotFoundException($"{name} is not there."),
    };
}
