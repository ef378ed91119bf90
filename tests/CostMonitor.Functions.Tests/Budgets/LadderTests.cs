using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using CostMonitor.Functions.Tests.Running;

namespace CostMonitor.Functions.Tests.Budgets;

/// <summary>A team's budget from its first cent to its last and beyond, with real processes: told, throttled, blocked, served from the cache, raised.</summary>
public sealed class LadderTests(AppFixture app) : IClassFixture<AppFixture>
{
    private const int AffordableCalls = 200;
    private const int PerStep = 8;

    [Fact]
    public async Task Ladder_GivenATeamThatSpendsItsBudget_TellsThrottlesBlocksAndOpensAgain()
    {
        var limit = AffordableCalls * await PriceOfACallAsync();
        await PutBudgetAsync(limit);
        var kept = await RunAsync(app.Http, "kept", 1, cache: true);
        var throttled = await ClimbAsync();
        var critical = await RunAsync(app.Http, "critical", 30, priority: "critical");
        var blocked = await StateAsync();
        var known = await RunAsync(app.Http, "kept-again", 1, cache: true, text: "kept");

        Assert.Equal("succeeded", Named(kept.Single(), "status"));
        Assert.Equal("budget ladder throttles: asked instead of sim:large-latest", throttled.GetProperty("route").GetProperty("reason").GetString());
        Assert.Equal("sim:small-latest", throttled.GetProperty("route").GetProperty("target").GetString());
        Assert.Contains(critical, static r => IsRefused(r));
        Assert.DoesNotContain(critical, static r => r.TryGetProperty("route", out _)); // nobody puts a critical call to a cheaper model
        Assert.Equal(("block", 100m), (Named(blocked, "action"), blocked.GetProperty("percent").GetDecimal()));
        Assert.InRange(Usd(blocked, "settledUsd"), 0.95m * limit, limit);
        Assert.Equal(("succeeded", 0m), (Named(known.Single(), "status"), Usd(known.Single(), "costUsd")));

        await using (var second = await AppProcess.StartAsync(app.Settings))
        {
            var refused = await RunAsync(second.Http, "second", 3, priority: "critical");
            var served = await RunAsync(second.Http, "second-kept", 1, cache: true, text: "kept");
            Assert.All(refused, static r => Assert.True(IsRefused(r), r.GetRawText()));
            Assert.Equal(("succeeded", 0m), (Named(served.Single(), "status"), Usd(served.Single(), "costUsd")));
        }

        Assert.Equal(Usd(blocked, "settledUsd"), Usd(await StateAsync(), "settledUsd"));
        await AssertToldAsync("firing");

        await PutBudgetAsync(10 * limit);
        var raised = await RunAsync(app.Http, "raised", 2);
        await MaintainAsync(); // twice, as after a restart
        await MaintainAsync();

        Assert.All(raised, static r => Assert.Equal("succeeded", Named(r, "status")));
        Assert.Equal(JsonValueKind.Null, (await StateAsync()).GetProperty("action").ValueKind);
        await AssertToldAsync("recovered");
    }

    /// <summary>Spends on until a call is put to the cheaper model, in steps small enough that each is known before the next.</summary>
    private async Task<JsonElement> ClimbAsync()
    {
        for (var step = 0; step < AffordableCalls; step++)
        {
            var runs = await RunAsync(app.Http, $"climb-{step}", PerStep);
            Assert.All(runs, static r => Assert.Equal("succeeded", Named(r, "status")));
            if (runs.Find(static r => r.TryGetProperty("route", out _)) is { ValueKind: JsonValueKind.Object } throttled) return throttled;
        }

        throw new InvalidOperationException($"No call was throttled: {await StateAsync()}");
    }

    /// <summary>Each step of the ladder once, however often and by whom it was reached.</summary>
    private async Task AssertToldAsync(string state)
    {
        var alerts = (await app.GetAsync("/api/alerts")).GetProperty("alerts").EnumerateArray().Where(static a => Named(a, "id").StartsWith("budget:ladder|", StringComparison.Ordinal)).ToList();
        Assert.Equal(["threshold-100", "threshold-80", "threshold-90", "threshold-95"], alerts.Select(static a => Named(a, "id").Split('|')[^1]).Order(StringComparer.Ordinal));
        Assert.All(alerts, a => Assert.Equal(state, Named(a, "state")));
    }

    private async Task<decimal> PriceOfACallAsync()
    {
        var runs = await RunAsync(app.Http, "price", 10, tags: """{"team":"others"}""");
        return runs.Where(static r => Named(r, "status") == "succeeded").Average(static r => Usd(r, "costUsd"));
    }

    private Task PutBudgetAsync(decimal limit) => SendAsync(app.Http, HttpMethod.Put, "/api/budgets/ladder", string.Create(CultureInfo.InvariantCulture, $$"""
        {"id":"ladder","scope":"team:ladder","period":"month","limitUsd":{{limit}},"throttling":{"share":1,"cheaper":{"sim:large-latest":"sim:small-latest"} } }
        """));

    private async Task<JsonElement> StateAsync()
    {
        await app.PostAsync("/api/ledgers/reconcile", "{}", HttpStatusCode.OK); // what is settled is written within half a second else
        return (await app.GetAsync("/api/ledgers")).GetProperty("ledgers").EnumerateArray().Single(static l => Named(l, "budget") == "ladder");
    }

    private async Task MaintainAsync()
    {
        using var answer = await app.InvokeAsync("MaintenanceTimer", Payloads.Timer("2026-11-21T12:00:00Z"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>Runs a batch of one chunk in one process and flushes its ledger.</summary>
    private static async Task<List<JsonElement>> RunAsync(
        HttpClient http, string batch, int prompts, string priority = "normal", bool cache = false, string? text = null, string tags = """{"team":"ladder"}""")
    {
        await SendAsync(http, HttpMethod.Post, "/api/batches", $$"""
            {"batch":"{{batch}}","models":["sim:large-latest"],"parameters":{"maxOutputTokens":8},"retries":5,"tags":{{tags}},"priority":"{{priority}}","cache":{{(cache ? "true" : "false")}},
             "prompts":[{{string.Join(',', Enumerable.Range(1, prompts).Select(i => $"\"Say {text ?? batch} {i}.\""))}}]}
            """);
        await SendAsync(http, HttpMethod.Post, "/BatchQueue", Payloads.Queue($$"""{"batch":"{{batch}}","chunk":0}"""));
        await SendAsync(http, HttpMethod.Post, "/api/ledgers/reconcile", "{}");
        return [.. (await SendAsync(http, HttpMethod.Get, $"/api/batches/{batch}/runs?top=1000", null)).GetProperty("runs").EnumerateArray()];
    }

    private static async Task<JsonElement> SendAsync(HttpClient http, HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {answer.StatusCode} {text}");
        return JsonElement.Parse(text);
    }

    private static bool IsRefused(JsonElement run) => Named(run, "status") == "failed" && Named(run.GetProperty("failure"), "type") == "budget_exhausted";

    private static decimal Usd(JsonElement json, string name) => json.GetProperty(name).GetDecimal();

    private static string Named(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";
}
