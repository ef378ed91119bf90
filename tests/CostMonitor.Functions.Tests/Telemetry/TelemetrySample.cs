using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CostMonitor.Functions.Tests.Running;
using CostMonitor.Testing.RetailPrices;

namespace CostMonitor.Functions.Tests.Telemetry;

/// <summary>A day of the app in a few seconds, and all that Application Insights is sent of it: a canary and a missed one, batches that are answered, cached, refused
/// and unpriced, a breaker, budgets, alerts, a price list.</summary>
public sealed class TelemetrySample : IAsyncLifetime
{
    /// <summary>What must never be sent.</summary>
    public const string Prompt = "Describe the mating habits of the zebrafish", User = "user-4711", Key = "sk-test-5f2b7c9d1e3a4b6c8d0e";

    private readonly AppFixture _fixture = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("costmon-telemetry-").FullName;
    private readonly List<string> _completions = [];
    private Ingestion? _ingestion;

    internal IReadOnlyList<SentItem> Items { get; private set; } = [];

    internal IReadOnlyList<string> Paths => _ingestion?.Paths ?? [];

    /// <summary>What the models answered.</summary>
    public IReadOnlyList<string> Completions => _completions;

    /// <summary>The ids of the invocations, as the host would have given them.</summary>
    public HashSet<string> Invocations { get; } = [];

    /// <summary>Runs that were sent when the canary's invocation was answered.</summary>
    public int RunsAtTheAnswer { get; private set; }

    public async Task InitializeAsync()
    {
        await _fixture.InitializeAsync();
        _ingestion = await Ingestion.StartAsync();
        await using var prices = await RetailPriceServer.StartAsync(RetailPages.Of(
            [RetailPages.Item("gpt 4.1 Inp glbl Tokens", "0.0022"), RetailPages.Item("gpt 4.1 cached Inp glbl Tokens", "0.0005"), RetailPages.Item("gpt 4.1 Outp glbl Tokens", "0.008")]));
        await using var app = await AppProcess.StartAsync(await SettingsAsync(prices.Address));
        await LiveAsync(app, TimeProvider.System.GetUtcNow());
        Items = _ingestion.Items;
    }

    public async Task DisposeAsync()
    {
        if (_ingestion is not null) await _ingestion.DisposeAsync();
        await _fixture.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task LiveAsync(AppProcess app, DateTimeOffset now)
    {
        await InvokeAsync(app, "CanaryTimer", Payloads.Timer(now.AddHours(-3).ToString("O", CultureInfo.InvariantCulture)));
        RunsAtTheAnswer = _ingestion?.Items.Count(static i => i.Name == "costmonitor.run") ?? 0;
        await RunBatchAsync(app, "answered", ["sim:small-latest", "sim:reasoning-latest"]);
        await RunBatchAsync(app, "cached", ["sim:small-latest"], isCached: true);
        await RunBatchAsync(app, "cached-again", ["sim:small-latest"], isCached: true);
        await RunBatchAsync(app, "failing", ["sim:down", "openai:unreachable"], prompts: 1); // of many at once each may meet the breaker before its last attempt, or not
        await RunBatchAsync(app, "down", ["sim:down", "openai:unreachable"], prompts: 6);
        await RunBatchAsync(app, "unpriced", ["sim:unpriced"]);
        await InvokeAsync(app, "PriceTimer", Payloads.Timer(now.ToString("O", CultureInfo.InvariantCulture)));
        await InvokeAsync(app, "MaintenanceTimer", Payloads.Timer(now.ToString("O", CultureInfo.InvariantCulture)));
        foreach (var message in await _fixture.Account.Queue("alerts").PeekMessagesAsync(32, CancellationToken.None)) await InvokeAsync(app, "AlertQueue", Payloads.Queue(message.Text));
    }

    private async Task RunBatchAsync(AppProcess app, string batch, string[] models, bool isCached = false, int prompts = 2)
    {
        var body = new JsonObject
        {
            ["batch"] = batch, ["models"] = new JsonArray([.. models]), ["cache"] = isCached, ["storeText"] = true, ["retries"] = batch == "down" ? 1 : 0,
            ["tags"] = new JsonObject { ["team"] = "search", ["app"] = "shop", ["feature"] = "answers", ["user"] = User, ["experiment"] = "blue" },
            ["prompts"] = new JsonArray([.. Enumerable.Range(1, prompts).Select(PromptOf)]),
        };
        using var submitted = await app.Http.PostAsync(new Uri("/api/batches", UriKind.Relative), new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
        var chunks = (await AppFixture.ReadAsync(submitted, HttpStatusCode.Accepted)).GetProperty("chunks").GetInt32();
        for (var chunk = 0; chunk < chunks; chunk++) await InvokeAsync(app, "BatchQueue", Payloads.Queue($$"""{"batch":"{{batch}}","chunk":{{chunk}}}"""));
        using var runs = await app.Http.GetAsync(new Uri($"/api/batches/{batch}/runs", UriKind.Relative));
        foreach (var run in (await AppFixture.ReadAsync(runs, HttpStatusCode.OK)).GetProperty("runs").EnumerateArray())
        {
            if (run.TryGetProperty("completion", out var text) && text.ValueKind == JsonValueKind.String && text.GetString() is { Length: > 15 } completion) _completions.Add(completion);
        }
    }

    /// <summary>The first one has a contract that no answer keeps.</summary>
    private static JsonObject PromptOf(int number)
    {
        var prompt = new JsonObject { ["id"] = $"p{number}", ["category"] = "qa", ["prompt"] = $"{Prompt}, part {number}." };
        if (number == 1) prompt["expected"] = "xyzzy";
        return prompt;
    }

    private async Task InvokeAsync(AppProcess app, string function, string payload)
    {
        var id = Guid.NewGuid().ToString();
        Invocations.Add(id);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/{function}", UriKind.Relative)) { Content = new StringContent(payload, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Azure-Functions-InvocationId", id);
        using var answer = await app.Http.SendAsync(request);
        if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"{function} failed: {string.Join('\n', app.Lines)}");
    }

    private async Task<IReadOnlyDictionary<string, string>> SettingsAsync(Uri prices)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "models.json"), """
            {
              "capabilities": { "chat": { "maxTokensParameter": "max_tokens" } },
              "calling": { "backoffSeconds": 0.01, "longestBackoffSeconds": 0.02 },
              "models": [
                { "model": "sim:small-latest", "api": "simulated", "simulated": { "ttftMs": { "median": 2 }, "tokensPerSecond": 20000, "outputTokens": { "median": 30 } }, "facts": { "region": "swedencentral" } },
                { "model": "sim:large-latest", "api": "simulated", "simulated": { "ttftMs": { "median": 2 }, "tokensPerSecond": 20000, "outputTokens": { "median": 30 } } },
                { "model": "sim:reasoning-latest", "api": "simulated", "simulated": { "ttftMs": { "median": 2 }, "tokensPerSecond": 20000, "outputTokens": { "median": 30 } } },
                { "model": "sim:unpriced", "api": "simulated", "simulated": { "ttftMs": { "median": 2 }, "tokensPerSecond": 20000, "outputTokens": { "median": 30 } } },
                { "model": "sim:down", "api": "simulated", "simulated": { "ttftMs": { "median": 2 }, "tokensPerSecond": 20000, "outputTokens": { "median": 3 }, "errorRate": 1 }, "facts": { "region": "westeurope" } },
                { "model": "openai:unreachable", "api": "openai", "endpoint": "http://127.0.0.1:9/v1/", "keySetting": "TELEMETRY_TEST_KEY", "capabilities": "chat" }
              ]
            }
            """);
        // Of a forecast a twentieth of the period must be over: of one of these two it is at any hour.
        await File.WriteAllTextAsync(Path.Combine(_folder, "budgets.json"), """
            {
              "budgets": [
                { "id": "everything", "scope": "all", "period": "day", "limitUsd": 0.00001, "hard": false },
                { "id": "in-tokyo", "scope": "provider:sim", "period": "day", "timeZone": "Asia/Tokyo", "limitUsd": 1, "hard": false },
                { "id": "users", "scope": "user:each", "period": "day", "limitUsd": 0.00001, "hard": false }
              ]
            }
            """);
        return new Dictionary<string, string>(_fixture.Settings)
        {
            ["ModelsFile"] = Path.Combine(_folder, "models.json"),
            ["BudgetsFile"] = Path.Combine(_folder, "budgets.json"),
            ["AzurePrices"] = prices.ToString(),
            ["TELEMETRY_TEST_KEY"] = Key,
            ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = _ingestion?.ConnectionString ?? "",
        };
    }
}
