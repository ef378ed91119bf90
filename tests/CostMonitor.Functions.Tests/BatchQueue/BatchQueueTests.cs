using System.Net;
using System.Text.Json;
using CostMonitor.Functions.Tests.Running;

namespace CostMonitor.Functions.Tests.BatchQueue;

public sealed class BatchQueueTests(AppFixture app) : IClassFixture<AppFixture>
{
    /// <summary>The host's own conversion code wrote this, with our message as the queue's text.</summary>
    private const string Literal =
        """{"Data":{"job":"\"{\\\"batch\\\":\\\"literal\\\",\\\"chunk\\\":0}\""},"Metadata":{"DequeueCount":"1","ExpirationTime":"2026-08-29T10:00:00+00:00","Id":"\"800ae4b3-bdd2-4c08-badd-f08e5a34b865\"","InsertionTime":"2026-08-22T10:00:00+00:00","NextVisibleTime":"9999-12-31T23:59:59+00:00","PopReceipt":"\"AgAAAAMAAAAAAAAAAgtnj8x+1QE=\"","batch":"\"literal\"","chunk":"\"0\"","sys":{"MethodName":"BatchQueue","UtcNow":"2026-08-22T10:00:01.1234567Z","RandGuid":"24ad4c06-24ad-4e5b-8294-3da9714877e9"}}}""";

    [Fact]
    public async Task BatchQueue_GivenTheHostsLiteralPayload_RunsTheChunk()
    {
        await app.PostAsync("/api/batches", AppFixture.BatchOf("literal", 3));

        using var answer = await app.InvokeAsync("BatchQueue", Literal);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("{}", await answer.Content.ReadAsStringAsync());
        var state = await app.GetAsync("/api/batches/literal");
        Assert.Equal(("running", 6, 3, 1), (Text(state, "state"), Number(state, "runs"), Number(state, "recorded"), Number(state, "chunksDone")));
    }

    [Fact]
    public async Task BatchQueue_GivenThePayloadAsAnObject_RunsTheChunk()
    {
        await app.PostAsync("/api/batches", AppFixture.BatchOf("object", 2));

        using var first = await app.InvokeAsync("BatchQueue", """{"Data":{"message":{"batch":"object","chunk":0}},"Metadata":{}}""");
        using var second = await app.InvokeAsync("BatchQueue", """{"Data":{"message":"{\"batch\":\"object\",\"chunk\":1}"}}""");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        var state = await app.GetAsync("/api/batches/object");
        Assert.Equal(("done", 4), (Text(state, "state"), Number(state, "recorded")));
    }

    [Theory]
    [InlineData("not JSON at all")]
    [InlineData("""{"batch":"b","chunk":"one"}""")]
    [InlineData("""{"batch":"b","chunk":0,"more":1}""")]
    [InlineData("""{"chunk":0}""")]
    [InlineData("""{"batch":"no-such-batch","chunk":0}""")]
    public async Task BatchQueue_GivenAMessageThatCannotBeUsed_Fails(string message)
    {
        using var answer = await app.InvokeAsync("BatchQueue", Payloads.Queue(message));

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode); // so the host counts it, and poisons it at last
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"Data":{}}""")]
    public async Task BatchQueue_GivenNoInvocation_Fails(string payload)
    {
        using var answer = await app.InvokeAsync("BatchQueue", payload);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
    }

    [Fact]
    public async Task BatchQueue_GivenEachMessageAgainAfterwards_RunsEachOnce()
    {
        await app.RunBatchAsync("twice", 70);

        for (var chunk = 0; chunk < 4; chunk++)
        {
            using var again = await app.InvokeAsync("BatchQueue", Payloads.Queue($$"""{"batch":"twice","chunk":{{chunk}}}"""));
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        }

        Assert.Equal(Enumerable.Range(0, 140), (await app.StoredRunsAsync("twice")).Select(r => r.Ordinal));
        var state = await app.GetAsync("/api/batches/twice");
        Assert.Equal(("done", 140, 4), (Text(state, "state"), Number(state, "recorded"), Number(state, "chunksDone")));
    }

    [Fact]
    public async Task BatchQueue_GivenEachMessageManyTimesAtOnce_RunsEachOnce()
    {
        await app.PostAsync("/api/batches", AppFixture.BatchOf("at-once", 70));

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i =>
            app.InvokeAsync("BatchQueue", Payloads.Queue($$"""{"batch":"at-once","chunk":{{i % 4}}}"""))));

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.Equal(Enumerable.Range(0, 140), (await app.StoredRunsAsync("at-once")).Select(r => r.Ordinal));
        foreach (var answer in answers) answer.Dispose();
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();
}
