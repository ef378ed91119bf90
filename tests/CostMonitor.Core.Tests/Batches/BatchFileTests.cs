using System.Text;
using System.Text.Json;
using CostMonitor.Core.Batches;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Input;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Tests.Runs;
using CostMonitor.Testing;

namespace CostMonitor.Core.Tests.Batches;

public sealed class BatchFileTests
{
    private static readonly BatchId Fallback = new("b-given");

    [Fact]
    public void Parse_GivenEveryProperty_ReadsEach()
    {
        var batch = Parse("""
            {"batch":"nightly-1","models":["sim:a","sim:b"],"prompts":["One?",{"id":"x","prompt":"Two?","format":"json"}],"repetitions":3,
             "parameters":{"maxOutputTokens":64,"temperature":0.5,"topP":0.9,"seed":-7},"timeoutSeconds":20,"storeText":true,
             "tags":{"team":"search","experiment":"x-1"},"priority":"background"}
            """);

        Assert.Equal(("nightly-1", BatchKind.Prompts, Records.Start, 12), (batch.Id.ToString(), batch.Kind, batch.Submitted, batch.RunCount));
        Assert.Equal(["p0001", "x"], batch.Plan.Prompts.Select(p => p.Id));
        Assert.Equal(new GenerationParameters(64, 0.5, 0.9, -7), batch.Plan.Parameters);
        Assert.Equal((TimeSpan.FromSeconds(20), true), (batch.Plan.Timeout, batch.Plan.StoreText));
        Assert.Equal((new CallTags { Team = "search", Experiment = "x-1" }, CallPriority.Background), (batch.Plan.Tags, batch.Plan.Priority));
    }

    [Fact]
    public void Parse_GivenNoId_TakesTheOneGiven() => Assert.Equal(Fallback, Parse("""{"models":["sim:a"],"prompts":["Hi?"]}""").Id);

    [Fact]
    public void Parse_GivenManyFaults_ReportsAllAtOnce()
    {
        var faults = FaultsOf("""
            {"batch":"Nightly","models":["gpt","openai:x","sim:a"],"prompts":[{"prompt":""},5],"repetitions":0,"parameters":{"top":1},"extra":1}
            """);

        Assert.Equal(
            ["$.extra", "$.batch", "$.models[0]", "$.models", "$.prompts[0].prompt", "$.prompts[1]", "$.repetitions", "$.parameters.top"],
            faults.Select(f => f.Path).Distinct());
        Assert.Contains(new InputFault("batch", "$.models", "openai:x is not in models.json."), faults);
    }

    [Theory]
    [InlineData("", "line 1, byte 1")]
    [InlineData("[]", "$")]
    [InlineData("{}", "$")]
    [InlineData("""{"models":[],"prompts":["Hi?"]}""", "$.models")]
    [InlineData("""{"models":["sim:a"],"prompts":[]}""", "$.prompts")]
    [InlineData("""{"models":["sim:a"],"prompts":"prompts.csv"}""", "$.prompts")]
    public void Parse_GivenAFault_NamesItsPath(string json, string path) =>
        Assert.All(FaultsOf(json), f => Assert.Equal(("batch", path), (f.File, f.Path)));

    [Fact]
    public void Parse_GivenMoreThanAMillionRuns_IsAFault()
    {
        var prompts = string.Join(',', Enumerable.Repeat("\"Hi?\"", 101));

        var fault = Assert.Single(FaultsOf($$"""{"models":["sim:a"],"repetitions":10000,"prompts":[{{prompts}}]}"""));

        Assert.Equal("The batch has more than 1000000 runs; split it.", fault.Problem);
    }

    [Fact]
    public void OfCsv_GivenTheStandardSet_AsksEachModelEachPrompt()
    {
        var batch = BatchFile.OfCsv(Repository.Read("samples/prompts.csv"), [ModelKey.Parse("sim:a"), ModelKey.Parse("sim:b")], Fallback, Records.Start);

        Assert.Equal(100, batch.RunCount);
    }

    [Fact]
    public void WritePlan_GivenAPlan_IsReadBackByThePlanFile()
    {
        var plan = Parse("""{"models":["sim:a"],"prompts":["Hi?"],"repetitions":2,"parameters":{"temperature":0.1,"seed":5},"storeText":true,"retries":7,"cache":true,"tags":{"team":"search"},"priority":"critical"}""").Plan;

        using var written = JsonDocument.Parse(Written(json => BatchFile.WritePlan(json, plan)));
        var read = RunPlanFile.Parse(
            written.RootElement.GetRawText()[..^1] + ",\"prompts\":\"kept apart\"}", "stored", _ => plan.Prompts, _ => true);

        Assert.Equal(plan with { Models = read.Models, DependentVariables = read.DependentVariables, Lane = read.Lane }, read); // the lane follows from the kind of batch
        Assert.Equal(plan.Models, read.Models);
        Assert.Equal(plan.DependentVariables, read.DependentVariables);
    }

    [Fact]
    public void WritePrompt_GivenEveryColumn_IsReadBack()
    {
        const string prompt = """
            {"id":"x","category":"qa","prompt":"Two?","system":"Be brief.","format":"json","schema":"{}","min_chars":1,"max_chars":9,"expected":"/a/","tags":{"app":"shop","user":"u1"}}
            """;
        var read = Parse($$"""{"models":["sim:a"],"prompts":[{{prompt}}]}""").Plan.Prompts[0];

        Assert.Equal(prompt.Trim(), Written(json => BatchFile.WritePrompt(json, read)));
    }

    [Fact]
    public void AsksForTheSame_GivenTwoBatches_ComparesWhatTheyAskAndNotWhen()
    {
        const string json = """{"models":["sim:a"],"prompts":["Hi?"]}""";
        var batch = Parse(json);

        Assert.True(BatchFile.AsksForTheSame(batch, Parse(json) with { Submitted = Records.Start.AddDays(1) }));
        Assert.False(BatchFile.AsksForTheSame(batch, Parse(json.Replace("Hi?", "Ho?", StringComparison.Ordinal))));
        Assert.False(BatchFile.AsksForTheSame(batch, Parse(json.Replace("sim:a", "sim:b", StringComparison.Ordinal))));
        Assert.False(BatchFile.AsksForTheSame(batch, Parse(json.Replace("}", ",\"tags\":{\"team\":\"search\"}}", StringComparison.Ordinal))));
        Assert.False(BatchFile.AsksForTheSame(batch, Parse(json.Replace("}", ",\"priority\":\"critical\"}", StringComparison.Ordinal))));
        Assert.False(BatchFile.AsksForTheSame(batch, Parse(json.Replace("\"Hi?\"", "{\"prompt\":\"Hi?\",\"tags\":{\"user\":\"u1\"}}", StringComparison.Ordinal))));
    }

    [Fact]
    public void WritePlan_GivenNoTagsAndTheUsualPriority_WritesNeither()
    {
        var written = Written(json => BatchFile.WritePlan(json, Parse("""{"models":["sim:a"],"prompts":["Hi?"],"tags":{},"priority":"normal"}""").Plan));

        Assert.DoesNotContain("tags", written, StringComparison.Ordinal); // as batches are stored that were sent before there were tags
        Assert.DoesNotContain("priority", written, StringComparison.Ordinal);
    }

    private static PromptBatch Parse(string json) => BatchFile.Parse(json, Fallback, Records.Start, m => m.Provider == "sim");

    private static IReadOnlyList<InputFault> FaultsOf(string json) => Assert.Throws<InputException>(() => Parse(json)).Faults;

    private static string Written(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) write(json);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
