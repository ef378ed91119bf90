using System.Net;
using System.Text;
using System.Text.Json;
using CostMonitor.Core.Alerts;
using CostMonitor.Functions.Tests.AlertQueue;
using CostMonitor.Functions.Tests.AlertQueue.Sinks;
using CostMonitor.Functions.Tests.Running;
using CostMonitor.Storage.Records;

namespace CostMonitor.Functions.Tests.Api;

public sealed class AlertApiTests(AppFixture app) : IClassFixture<AppFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task AlertQueue_GivenAnAlertInTheRealQueue_DeliversItAndTheApiShowsIt()
    {
        await using var sink = await LoopbackSink.StartAsync();
        await using var process = await StartAsync(sink.Address);
        await app.Account.Queue("alerts").ClearMessagesAsync(None);
        await Table().RaiseAsync(AlertWorld.AlertOf("budget:a/b"), None);
        var message = Assert.Single(await app.Account.Queue("alerts").PeekMessagesAsync(32, None)).Text;

        using var delivered = await PostAsync(process, "/AlertQueue", Payloads.Queue(message));
        using var repeated = await PostAsync(process, "/AlertQueue", Payloads.Queue(message));
        using var acknowledged = await PostAsync(process, $"/api/alerts/{Uri.EscapeDataString("budget:a~002Fb|2026-11|threshold-80")}/acknowledge", """{"by":"ann"}""");
        var listed = Assert.Single((await GetAsync(process, "/api/alerts?state=firing")).GetProperty("alerts").EnumerateArray(), a => a.GetProperty("scope").GetString() == "budget:a/b");

        Assert.Equal("""{"alert":"budget:a~002Fb|2026-11|threshold-80","notice":"firing"}""", message);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK), (delivered.StatusCode, repeated.StatusCode, acknowledged.StatusCode));
        Assert.Equal("budget:a~002Fb|2026-11|threshold-80|firing", Assert.Single(sink.Taken).Headers["Idempotency-Key"]);
        Assert.Equal(["hook delivered 1", "monitor delivered 1"], listed.GetProperty("deliveries").EnumerateArray().Select(d => $"{d.GetProperty("sink")} {d.GetProperty("state")} {d.GetProperty("attempts")}").Order());
        Assert.Equal("ann", listed.GetProperty("acknowledged").GetProperty("by").GetString());
        Assert.Equal(1, await process.CountLinesAsync("CostMonitorAlert Firing Warning budget:a~002Fb|2026-11|threshold-80|firing {", 1));
    }

    [Fact]
    public async Task AlertQueue_GivenAMessageThatCannotBeRead_DropsIt()
    {
        using var answer = await app.InvokeAsync("AlertQueue", Payloads.Queue("""{"alert":"one"}"""));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Maintenance_GivenAnExternalSink_ProvesTheChannelOnceAWeek()
    {
        await using var sink = await LoopbackSink.StartAsync();
        await using var process = await StartAsync(sink.Address);
        using var first = await PostAsync(process, "/MaintenanceTimer", Payloads.Timer("2026-08-22T10:00:30.1Z"));
        using var second = await PostAsync(process, "/MaintenanceTimer", Payloads.Timer("2026-08-22T10:01:30.1Z"));

        var proofs = (await GetAsync(process, "/api/alerts")).GetProperty("alerts").EnumerateArray().Where(a => a.GetProperty("rule").GetString() == "proof");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(AlertProof.Weekly(TimeProvider.System.GetUtcNow()).Key.Id, Assert.Single(proofs).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Test_GivenOneSinkThatFailsAndOneNotConfigured_SaysSoOfEach()
    {
        await using var sink = await LoopbackSink.StartAsync(context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        await using var process = await StartAsync(sink.Address);

        using var answer = await PostAsync(process, "/api/alerts/test", "{}");
        var sinks = (await AppFixture.ReadAsync(answer, HttpStatusCode.OK)).GetProperty("sinks").EnumerateArray().Select(s => s.GetRawText());
        var health = (await GetAsync(process, "/api/health")).GetProperty("alerts");

        Assert.Equal(
            [
                """{"name":"hook","kind":"webhook","delivered":false,"error":"127.0.0.1 answered 500"}""", """{"name":"monitor","kind":"monitor","delivered":true}""",
                """{"name":"late","kind":"teams","delivered":false,"error":"Not configured: Setting NO_SUCH_HOOK is missing."}""",
            ],
            sinks);
        Assert.Equal(
            """{"undelivered":0,"sinks":[{"name":"hook","kind":"webhook","configured":true},{"name":"monitor","kind":"monitor","configured":true},{"name":"late","kind":"teams","configured":false,"missing":"Setting NO_SUCH_HOOK is missing."}]}""",
            health.GetRawText());
    }

    [Fact]
    public async Task Silences_GivenOne_ShowsItUntilItIsEnded()
    {
        var until = TimeProvider.System.GetUtcNow().AddHours(1);
        var made = await app.PostAsync("/api/alerts/silences", $$"""{"scope":"budget:x","until":"{{until:O}}","reason":"moving"}""", HttpStatusCode.Created);
        var during = await app.GetAsync("/api/alerts/silences");
        var id = made.GetProperty("id").GetString();
        using var ended = await app.Http.DeleteAsync(new Uri($"/api/alerts/silences/{id}", UriKind.Relative));
        using var endedAgain = await app.Http.DeleteAsync(new Uri($"/api/alerts/silences/{id}", UriKind.Relative));

        Assert.Equal("budget:x moving", Assert.Single(during.GetProperty("silences").EnumerateArray(), s => s.GetProperty("id").GetString() == id) is var s ? $"{s.GetProperty("scope")} {s.GetProperty("reason")}" : "");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (ended.StatusCode, endedAgain.StatusCode));
        Assert.DoesNotContain((await app.GetAsync("/api/alerts/silences")).GetProperty("silences").EnumerateArray(), s => s.GetProperty("id").GetString() == id);
    }

    [Fact]
    public async Task Silences_GivenFaults_SaysAllOfThem()
    {
        var problem = await app.PostAsync("/api/alerts/silences", """{"until":"2020-01-01T00:00:00Z","by":"me"}""", HttpStatusCode.BadRequest);

        Assert.Equal(["$.by", "$.until", "$", "$"], problem.GetProperty("faults").EnumerateArray().Select(f => f.GetProperty("at").GetString()));
    }

    [Theory]
    [InlineData("/api/alerts?state=loud", HttpStatusCode.BadRequest)]
    [InlineData("/api/alerts?top=0", HttpStatusCode.BadRequest)]
    [InlineData("/api/alerts?continuation=nonsense", HttpStatusCode.BadRequest)]
    public async Task List_GivenWhatItDoesNotKnow_Refuses(string path, HttpStatusCode expected) => await app.GetAsync(path, expected);

    [Theory]
    [InlineData("no-alert")]
    [InlineData("budget%3Anone%7C2026-11%7Cthreshold-80")]
    public async Task Acknowledge_GivenNoSuchAlert_IsNotFound(string id) => await app.PostAsync($"/api/alerts/{id}/acknowledge", """{"by":"ann"}""", HttpStatusCode.NotFound);

    private AlertTable Table() => new(app.Account, app.Account.Queue("alerts").SendMessageAsync, TimeProvider.System);

    private async Task<AppProcess> StartAsync(Uri hook)
    {
        var file = Path.Combine(Path.GetDirectoryName(app.Settings["ModelsFile"]) ?? "", "alert-sinks.json");
        await File.WriteAllTextAsync(file, """
            {"sinks":[{"name":"hook","kind":"webhook","url":{"setting":"HOOK"},"allowPrivate":true}, {"name":"late","kind":"teams","url":{"setting":"NO_SUCH_HOOK"}}]}
            """);
        return await AppProcess.StartAsync(new Dictionary<string, string>(app.Settings) { ["AlertSinksFile"] = file, ["HOOK"] = hook.AbsoluteUri });
    }

    private static async Task<JsonElement> GetAsync(AppProcess process, string path)
    {
        using var answer = await process.Http.GetAsync(new Uri(path, UriKind.Relative));
        return await AppFixture.ReadAsync(answer, HttpStatusCode.OK);
    }

    private static Task<HttpResponseMessage> PostAsync(AppProcess process, string path, string body) =>
        process.Http.PostAsync(new Uri(path, UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));
}
