using System.Net;
using System.Text;
using System.Text.Json;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Input;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Statistics;
using CostMonitor.Functions.Tests.Running;

namespace CostMonitor.Functions.Tests.Api;

public sealed class RunApiTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Run_GivenItsId_ShowsTheRecordAndRecomputesIt()
    {
        await app.RunBatchAsync("shown", 2);

        var review = await app.GetAsync("/api/runs/shown.000001");

        var (run, recomputed) = (review.GetProperty("run"), review.GetProperty("recomputed"));
        Assert.Equal("shown.000001", run.GetProperty("id").GetString());
        Assert.True(recomputed.GetProperty("agrees").GetBoolean());
        Assert.Equal(run.GetProperty("costUsd").GetDecimal(), recomputed.GetProperty("costUsd").GetDecimal());
        Assert.Equal(run.GetProperty("latencyMs").GetDecimal(), recomputed.GetProperty("latencyMs").GetDecimal());
        var parts = recomputed.GetProperty("costParts").EnumerateArray().ToArray();
        Assert.Equal(run.GetProperty("costUsd").GetDecimal(), parts.Sum(p => p.GetProperty("tokens").GetInt64() * p.GetProperty("usdPerUnit").GetDecimal() / 1_000_000));
    }

    [Theory]
    [InlineData("batch")]
    [InlineData("time")]
    public async Task Summary_GivenRuns_EqualsOneRecomputedFromThemToTheLastDigit(string chosenBy)
    {
        await app.RunBatchAsync("summed", 45);
        var runs = await RunsAsync("summed");
        // By time the window holds whatever other tests ran too, so it is cut to the batch's own. The emulator compares whole milliseconds.
        var (from, to) = (runs.Min(r => r.Started), runs.Max(r => r.Started).AddMilliseconds(2));
        var window = chosenBy == "batch" ? "batch=summed" : $"from={from.UtcDateTime:O}&to={to.UtcDateTime:O}";

        foreach (var by in Enum.GetValues<SummaryGrouping>())
        {
            var served = await app.GetAsync($"/api/summary?by={by.ToString().ToLowerInvariant()}&{window}");

            Assert.Equal(Json(Summary.Of(runs, by)), served.GetRawText());
        }
    }

    [Fact]
    public async Task Summary_GivenTaggedRuns_GroupsAndFiltersByTheirTags()
    {
        await app.PostAsync("/api/batches", """
            {"batch":"tagged","models":["sim:small-latest"],"tags":{"team":"search"},"priority":"background",
             "prompts":["Say 1.",{"prompt":"Say 2.","tags":{"team":"ads","user":"u1"}},{"prompt":"Say 3.","tags":{"feature":"rank"}}]}
            """);
        using (var answer = await app.InvokeAsync("BatchQueue", Payloads.Queue("""{"batch":"tagged","chunk":0}"""))) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        var byTeam = await app.GetAsync("/api/summary?batch=tagged&by=team");
        var byFeature = await app.GetAsync("/api/summary?batch=tagged&by=feature&team=search");
        var untagged = await app.GetAsync("/api/summary?batch=tagged&by=Priority&user=(none)&feature=rank");

        Assert.Equal(["ads 1", "search 2"], Rows(byTeam));
        Assert.Equal(["(none) 1", "rank 1"], Rows(byFeature));
        Assert.Equal(["background 1"], Rows(untagged));
        Assert.Equal(2, byFeature.GetProperty("total").GetProperty("runs").GetInt32());
    }

    [Fact]
    public async Task Summary_GivenAnUnknownGroupingOrNoTags_SaysWhatIsExpected()
    {
        var problem = await app.GetAsync("/api/summary?by=colour&team=a%7Cb&app=x&app=y", HttpStatusCode.BadRequest);

        Assert.Equal(
            [
                "app: Expected one value, got 2.",
                "by: Expected one of model, prompt, provider, category, day, team, app, feature, user, experiment, priority, got 'colour'.",
                "team: 'a|b' is no tag: expected 1 to 100 characters, without control characters and without / \\ # ? |.",
            ],
            problem.GetProperty("faults").EnumerateArray().Select(f => $"{f.GetProperty("at").GetString()}: {f.GetProperty("problem").GetString()}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task OpenApi_GivenTheSummary_NamesEveryGroupingAndEveryTag()
    {
        var parameters = (await app.GetAsync("/api/openapi.json")).GetProperty("paths").GetProperty("/api/summary").GetProperty("get").GetProperty("parameters").EnumerateArray().ToArray();

        var by = parameters.Single(p => p.GetProperty("name").GetString() == "by").GetProperty("schema").GetProperty("enum").EnumerateArray().Select(e => e.GetString());
        Assert.Equal(Enum.GetValues<SummaryGrouping>().Select(EnumNames.Of), by);
        Assert.Equal(["from", "to", "by", "batch", .. Enum.GetValues<TagDimension>().Select(EnumNames.Of)], parameters.Select(p => p.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Summary_GivenNoRuns_IsEmpty()
    {
        var summary = await app.GetAsync("/api/summary?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z");

        Assert.Empty(summary.GetProperty("rows").EnumerateArray());
        Assert.Equal(0, summary.GetProperty("total").GetProperty("runs").GetInt32());
    }

    [Fact]
    public async Task Summary_GivenSeveralFaultyParameters_NamesThemAll()
    {
        var problem = await app.GetAsync("/api/summary?from=yesterday&to=soon&by=colour&batch=NO", HttpStatusCode.BadRequest);

        Assert.Equal(["batch", "by", "from", "to"], Faulty(problem));
    }

    [Theory]
    [InlineData("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z")]
    [InlineData("from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z")]
    [InlineData("from=2026-01-01T00:00:00Z&to=2026-04-04T00:00:00Z")] // 93 days
    public async Task Summary_GivenAWindowThatCannotBe_NamesIt(string window) =>
        Assert.Equal(["from"], Faulty(await app.GetAsync($"/api/summary?{window}", HttpStatusCode.BadRequest)));

    private static IEnumerable<string> Rows(JsonElement summary) =>
        summary.GetProperty("rows").EnumerateArray().Select(r => $"{r.GetProperty("key").GetString()} {r.GetProperty("runs").GetInt32()}");

    private static string[] Faulty(JsonElement problem) =>
        [.. problem.GetProperty("faults").EnumerateArray().Select(f => f.GetProperty("at").GetString() ?? "").Order(StringComparer.Ordinal)];

    private async Task<RunRecord[]> RunsAsync(string batch)
    {
        var page = await app.GetAsync($"/api/batches/{batch}/runs?top=1000");
        return [.. page.GetProperty("runs").EnumerateArray().Select(RunJson.Read)];
    }

    private static string Json(Summary summary)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) SummaryJson.Write(json, summary);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
