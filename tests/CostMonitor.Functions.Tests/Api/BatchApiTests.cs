using System.Net;
using System.Text;
using System.Text.Json;
using CostMonitor.Core.Batches;
using CostMonitor.Core.Runs;
using CostMonitor.Functions.Tests.Running;

namespace CostMonitor.Functions.Tests.Api;

public sealed class BatchApiTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Submit_GivenJson_StoresTheBatchAndQueuesItsChunks()
    {
        await app.Queue.ClearMessagesAsync(CancellationToken.None);
        using var answer = await app.Http.PostAsync(Path("/api/batches"), Content(AppFixture.BatchOf("json", 65)));

        var state = await AppFixture.ReadAsync(answer, HttpStatusCode.Accepted);
        Assert.Equal("/api/batches/json", answer.Headers.Location?.OriginalString);
        Assert.Equal(("queued", 130, 4, 0), (Text(state, "state"), Number(state, "runs"), Number(state, "chunks"), Number(state, "recorded")));
        Assert.Equal([0, 1, 2, 3], await QueuedChunksAsync("json"));
    }

    [Fact]
    public async Task Submit_GivenNoId_MakesOne()
    {
        var first = await app.PostAsync("/api/batches", """{"models":["sim:small-latest"],"prompts":["Hello"]}""");
        var second = await app.PostAsync("/api/batches", """{"models":["sim:small-latest"],"prompts":["Hello"]}""");

        Assert.NotEqual(Text(first, "batch"), Text(second, "batch"));
    }

    [Fact]
    public async Task Submit_GivenCsv_StoresTheBatchAndQueuesItsChunks()
    {
        const string csv = "id,prompt,expected\r\none,\"Say \"\"one\"\", please\",one\r\ntwo,\"Say\r\ntwo\",\r\n";
        await app.Queue.ClearMessagesAsync(CancellationToken.None);

        var state = await app.PostAsync("/api/batches?models=sim:small-latest,sim:large-latest&batch=from-csv", csv, contentType: "text/csv");

        Assert.Equal(("queued", 4), (Text(state, "state"), Number(state, "runs")));
        Assert.Equal([0, 1], await QueuedChunksAsync("from-csv"));
        var stored = await app.Batches.FindAsync(new BatchId("from-csv"), CancellationToken.None);
        Assert.Equal(["Say \"one\", please", "Say\r\ntwo"], stored?.Plan.Prompts.Select(p => p.Text));
    }

    [Fact]
    public async Task Submit_GivenManyFaults_NamesThemAllAtOnce()
    {
        const string body = """
            {"batch":"Not An Id","models":["sim:nobody","nonsense","sim:small-latest"],"surprise":true,"timeoutSeconds":0,"repetitions":"two",
             "prompts":[{"id":"a","prompt":"x"},{"id":"a","prompt":"y"},{"prompt":"z","colour":"red"},{"format":"json"}]}
            """;
        using var answer = await app.Http.PostAsync(Path("/api/batches"), Content(body));

        var problem = await AppFixture.ReadAsync(answer, HttpStatusCode.BadRequest);

        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal((400, "/api/batches"), (Number(problem, "status"), Text(problem, "instance")));
        var faults = problem.GetProperty("faults").EnumerateArray().Select(f => $"{Text(f, "at")} {Text(f, "problem")}").ToArray();
        string[] expected =
        [
            "$.surprise Unknown property", "$.batch 'Not An Id' is no batch id", "$.models sim:nobody is not in models.json",
            "$.models[1] 'nonsense' is no model", "$.timeoutSeconds Expected a number from 1 to 600, got 0", "$.repetitions Expected a whole number",
            "a The id stands 2 times", "$.prompts[2].colour Unknown property", "$.prompts[3] 'prompt' is missing",
        ];
        Assert.All(expected, e => Assert.Contains(faults, f => f.StartsWith(e, StringComparison.Ordinal)));
        Assert.Equal(expected.Length, faults.Length);
    }

    [Fact]
    public async Task Submit_GivenBrokenJson_NamesTheLine()
    {
        var problem = await app.PostAsync("/api/batches", "{\n  \"models\": [\n", HttpStatusCode.BadRequest);

        var fault = Assert.Single(problem.GetProperty("faults").EnumerateArray());
        Assert.StartsWith("line 3", Text(fault, "at"), StringComparison.Ordinal);
        Assert.Contains("not valid JSON", Text(fault, "problem"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_GivenFaultyCsv_NamesTheLines()
    {
        const string csv = "id,prompt,min_chars\none,Say one,few\ntwo,,\nthree,Say three\n";

        var problem = await app.PostAsync("/api/batches?models=sim:small-latest", csv, HttpStatusCode.BadRequest, "text/csv");

        var faults = problem.GetProperty("faults").EnumerateArray().Select(f => $"{Text(f, "in")} {Text(f, "at")}").ToArray();
        Assert.Equal(["prompts.csv line 2", "prompts.csv line 3", "prompts.csv line 4"], faults);
    }

    [Fact]
    public async Task Submit_GivenCsvWithFaultyQuery_NamesEachParameter()
    {
        var problem = await app.PostAsync("/api/batches?models=sim:nobody,nonsense&batch=Not+Good", "prompt\nHello\n", HttpStatusCode.BadRequest, "text/csv");

        var faults = problem.GetProperty("faults").EnumerateArray().Select(f => $"{Text(f, "in")} {Text(f, "at")}").Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(["query batch", "query models", "query models"], faults);
    }

    [Fact]
    public async Task Submit_GivenTheSameBatchAgain_RunsNothingNew()
    {
        var first = await app.RunBatchAsync("again", 3);
        await app.Queue.ClearMessagesAsync(CancellationToken.None);

        var second = await app.PostAsync("/api/batches", AppFixture.BatchOf("again", 3));

        Assert.Equal(first.GetRawText(), second.GetRawText());
        Assert.Equal("done", Text(second, "state"));
        Assert.Empty(await QueuedChunksAsync("again"));
    }

    [Fact]
    public async Task Submit_GivenAnotherBatchUnderAUsedId_Conflicts()
    {
        await app.PostAsync("/api/batches", AppFixture.BatchOf("taken", 3));

        var problem = await app.PostAsync("/api/batches", AppFixture.BatchOf("taken", 4), HttpStatusCode.Conflict);

        Assert.Contains("'taken'", Text(problem, "title"), StringComparison.Ordinal);
        Assert.Equal(6, Number(await app.GetAsync("/api/batches/taken"), "runs"));
    }

    [Fact]
    public async Task Batch_GivenOneModelThatCannotBeCalled_IsDoneWithThoseRunsFailed()
    {
        await app.PostAsync("/api/batches", """{"batch":"no-key","models":["openai:gpt-4.1-mini","sim:small-latest"],"prompts":["One","Two"]}""");

        foreach (var chunk in new[] { 0, 1 })
        {
            using var answer = await app.InvokeAsync("BatchQueue", Payloads.Queue($$"""{"batch":"no-key","chunk":{{chunk}}}"""));
        }

        var state = await app.GetAsync("/api/batches/no-key");
        Assert.Equal(("done", 2, 2), (Text(state, "state"), Number(state, "succeeded"), Number(state, "failed")));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(45)]
    [InlineData(1000)]
    public async Task Runs_GivenPages_HoldEachRunOnce(int top)
    {
        await app.RunBatchAsync("paged", 45);

        var (ids, pages) = (new List<string?>(), 0);
        for (var continuation = ""; ; pages++)
        {
            var page = await app.GetAsync($"/api/batches/paged/runs?top={top}{continuation}");
            Assert.InRange(page.GetProperty("runs").GetArrayLength(), 0, top);
            ids.AddRange(page.GetProperty("runs").EnumerateArray().Select(r => Text(r, "id")));
            if (Text(page, "continuation") is not { } next) break;
            continuation = $"&continuation={Uri.EscapeDataString(next)}";
        }

        Assert.Equal(Enumerable.Range(0, 90).Select(i => $"paged.{i:D6}"), ids.Order(StringComparer.Ordinal));
        Assert.InRange(pages + 1, 90 / top, 90 / top + 2);
    }

    [Theory]
    [InlineData("/api/batches/{0}/runs?top=0")]
    [InlineData("/api/batches/{0}/runs?top=1001")]
    [InlineData("/api/batches/{0}/runs?top=many")]
    [InlineData("/api/batches/{0}/runs?continuation=nonsense")]
    [InlineData("/api/batches/{0}/runs?continuation=0.nonsense")]
    public async Task Runs_GivenAFaultyQuery_Answers400(string path)
    {
        await app.PostAsync("/api/batches", AppFixture.BatchOf("faulty-pages", 1));
        using var ran = await app.InvokeAsync("BatchQueue", Payloads.Queue("""{"batch":"faulty-pages","chunk":0}"""));

        await app.GetAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, path, "faulty-pages"), HttpStatusCode.BadRequest);
    }

    private async Task<IReadOnlyList<int>> QueuedChunksAsync(string batch) =>
    [
        .. (await app.Queue.PeekMessagesAsync(32, CancellationToken.None)).Select(m => ChunkMessage.Parse(m.Text))
            .Where(m => m.Batch == new BatchId(batch)).Select(m => m.Chunk).Order(),
    ];

    private static Uri Path(string path) => new(path, UriKind.Relative);

    private static StringContent Content(string json) => new(json, Encoding.UTF8, "application/json");

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();
}
