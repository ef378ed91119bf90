using System.Net;
using System.Text;
using System.Text.Json;
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
