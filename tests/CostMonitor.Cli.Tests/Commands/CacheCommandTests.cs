using System.Text.Json;

namespace CostMonitor.Cli.Tests.Commands;

public sealed class CacheCommandTests
{
    private const string Figures = """
        {"spanSeconds":86400,"lookups":2000,"hits":400,"hitRate":0.2,"memoryHits":390,"sharedHits":7,"inFlightHits":3,"staleHits":2,"nearHits":1,"idempotencyHits":5,
         "savedUsd":1.25,"unpricedHits":4,"notCacheable":6,"storeFailures":8,"entries":123,"bytes":2621440,
         "remark":"20 % of 2000 lookups a day were hits; expected is more than the 30 % for so many."}
        """;

    [Fact]
    public async Task Stats_GivenFigures_PrintsThemAndTheRemark()
    {
        await using var app = await AnsweringApp.StartAsync(Figures);

        var result = await Costmon.RunAsync("cache", "stats", "--app", app.Address);

        Assert.Equal(
            """
            ╭───────────────────────┬────────────────────────────╮
            │ hits                  │ 400 of 2000 (20 %)         │
            │ from memory           │ 390                        │
            │ from the shared cache │ 7                          │
            │ from a call in flight │ 3                          │
            │ stale                 │ 2                          │
            │ near                  │ 1                          │
            │ idempotent repeats    │ 5                          │
            │ saved                 │ at least $1.25, 4 unpriced │
            │ could not be cached   │ 6                          │
            │ failures of the store │ 8                          │
            │ answers in memory     │ 123 (2.5 MiB)              │
            ╰───────────────────────┴────────────────────────────╯

            """,
            result.Output);
        Assert.Equal("20 % of 2000 lookups a day were hits; expected is more than the 30 % for so many.", result.Words.Trim());
        Assert.Equal((0, "GET /api/cache"), (result.ExitCode, Assert.Single(app.Asked).Request));
    }

    [Fact]
    public async Task Stats_GivenJson_PrintsTheFiguresAsTheyAre()
    {
        await using var app = await AnsweringApp.StartAsync(Figures);

        var result = await Costmon.RunAsync("cache", "stats", "--json", "--app", app.Address);

        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(Figures), JsonElement.Parse(result.Output)));
    }

    [Theory]
    [InlineData("DELETE /api/cache?promptVersion=v%202", "--prompt-version", "v 2")]
    [InlineData("DELETE /api/cache?model=openai%3Agpt-4o", "--model", "openai:gpt-4o")]
    [InlineData("DELETE /api/cache?key=ab", "--key", "ab")]
    [InlineData("DELETE /api/cache?all=true", "--all")]
    public async Task Clear_GivenOneFilter_AsksForItAndPrintsHowManyWent(string expected, params string[] filter)
    {
        await using var app = await AnsweringApp.StartAsync("""{"memory":2,"shared":3}""");

        var result = await Costmon.RunAsync(["cache", "clear", "--app", app.Address, .. filter]);

        Assert.Equal(expected, Assert.Single(app.Asked).Request);
        Assert.Equal(
            """
            ╭───────────────────────────────┬───────╮
            │ removed from memory           │ 2     │
            │ removed from the shared cache │ 3     │
            ╰───────────────────────────────┴───────╯

            """,
            result.Output);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2, "--all", "--key", "ab")]
    public async Task Clear_GivenNoSingleFilter_AsksNothing(int count, params string[] filter)
    {
        await using var app = await AnsweringApp.StartAsync("{}");

        var result = await Costmon.RunAsync(["cache", "clear", "--app", app.Address, .. filter]);

        Assert.Equal((2, $"Give exactly one of --prompt-version, --model, --key and --all, got {count}."), (result.ExitCode, result.Words.Trim()));
        Assert.Empty(app.Asked);
    }

    [Fact]
    public async Task Warm_GivenAPromptSet_SubmitsABatchThatUsesTheCache()
    {
        using var folder = new TempFolder();
        var prompts = folder.Write("prompts.csv", "id,prompt,system\na,\"Name a town, please.\",Be brief.\nb,Name a river.,\n");
        await using var app = await AnsweringApp.StartAsync("""{"batch":"b1","state":"queued"}""", 202);

        var result = await Costmon.RunAsync(
            "cache", "warm", prompts, "--model", "sim:small-latest", "--model", "openai:gpt-4o", "--temperature", "0.2", "--max-output-tokens", "64", "--app", app.Address, "--json");

        var (request, body) = Assert.Single(app.Asked);
        Assert.Equal("POST /api/batches", request);
        Assert.Equal(
            """{"cache":true,"models":["sim:small-latest","openai:gpt-4o"],"parameters":{"temperature":0.2,"maxOutputTokens":64},"prompts":[{"id":"a","category":"default","prompt":"Name a town, please.","system":"Be brief."},{"id":"b","category":"default","prompt":"Name a river."}]}""",
            body);
        Assert.Equal(("b1", 0), (JsonElement.Parse(result.Output).GetProperty("batch").GetString(), result.ExitCode));
    }
}
