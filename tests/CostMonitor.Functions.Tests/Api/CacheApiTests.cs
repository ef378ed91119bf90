using System.Net;
using System.Text.Json;
using CostMonitor.Functions.Tests.Running;

namespace CostMonitor.Functions.Tests.Api;

public sealed class CacheApiTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Cache_GivenABatchTwiceThatUsesIt_AnswersTheSecondFromMemoryUntilItIsCleared()
    {
        await RunAsync("cached-one");
        await RunAsync("cached-two");
        var figures = await app.GetAsync("/api/cache");
        var cleared = await DeleteAsync("?model=sim:small-latest", HttpStatusCode.OK);
        await RunAsync("cached-three");
        var after = await app.GetAsync("/api/cache");

        Assert.Equal((6, 3, 3), (Number(figures, "lookups"), Number(figures, "memoryHits"), Number(figures, "entries")));
        Assert.Equal(0.5, figures.GetProperty("hitRate").GetDouble());
        Assert.Equal((3, 3), (Number(cleared, "memory"), Number(cleared, "shared"))); // the shared cache had them when the batch was done
        Assert.Equal((9, 3, 3), (Number(after, "lookups"), Number(after, "hits"), Number(after, "entries")));
    }

    [Theory]
    [InlineData("", "Expected exactly one of promptVersion, model, key or all=true, got none.")]
    [InlineData("?all=true&promptVersion=1", "Expected exactly one of promptVersion, model, key or all=true, got several.")]
    [InlineData("?all=yes", "Expected true, got 'yes'.")]
    [InlineData("?model=small", "'small' is no model: expected provider:model, as in openai:gpt-4o.")]
    [InlineData("?key=12", "'12' is no key: expected 64 hex digits.")]
    public async Task Delete_GivenNoSingleFilter_SaysWhatWasExpected(string query, string expected)
    {
        var problem = await DeleteAsync(query, HttpStatusCode.BadRequest);

        Assert.Equal(expected, Assert.Single(problem.GetProperty("faults").EnumerateArray()).GetProperty("problem").GetString());
    }

    private async Task RunAsync(string batch)
    {
        await app.PostAsync("/api/batches", $$"""{"batch":"{{batch}}","cache":true,"models":["sim:small-latest"],"prompts":["One.","Two.","Three."]}""");
        using var answer = await app.InvokeAsync("BatchQueue", Payloads.Queue($$"""{"batch":"{{batch}}","chunk":0}"""));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("done", (await app.GetAsync($"/api/batches/{batch}")).GetProperty("state").GetString());
    }

    private async Task<JsonElement> DeleteAsync(string query, HttpStatusCode expected)
    {
        using var answer = await app.Http.DeleteAsync(new Uri($"/api/cache{query}", UriKind.Relative));
        return await AppFixture.ReadAsync(answer, expected);
    }

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
