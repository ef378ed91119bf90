using System.Net;
using System.Text;
using System.Text.Json;
using CostMonitor.Core.Runs;
using CostMonitor.Storage;
using CostMonitor.Storage.Queues;
using CostMonitor.Storage.Records;
using CostMonitor.Storage.Tables;
using CostMonitor.Testing.Azurite;

namespace CostMonitor.Functions.Tests.Running;

/// <summary>The app with an emulator, simulated models and a canary of its own, for the tests of a class.</summary>
public sealed class AppFixture : IAsyncLifetime
{
    /// <summary>A warm-up and two prompts for each of two models.</summary>
    public const int CanaryRuns = 2 + 2 * 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("costmon-functions-").FullName;
    private AzuriteServer? _azurite;
    private AppProcess? _app;

    public HttpClient Http => _app?.Http ?? throw NotStarted();

    public StorageAccount Account { get; private set; } = StorageAccount.FromConnectionString("UseDevelopmentStorage=true");

    public QueueClient Queue => Account.Queue("prompt-batches");

    /// <summary>The batches as they lie in storage.</summary>
    public BatchTable Batches => new(Account, new RunTable(Account, TimeProvider.System), TimeProvider.System);

    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["AzureWebJobsStorage"] = _azurite?.ConnectionString ?? throw NotStarted(),
        ["CanarySchedule"] = "0 0 * * * *",
        ["CanaryPlan"] = Path.Combine(_folder, "canary.json"),
        ["ModelsFile"] = Path.Combine(_folder, "models.json"),
        ["CallsInFlight"] = "16",
        ["ClaimLease"] = "00:00:02",
    };

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "models.json"), """
            {
              "capabilities": { "chat": { "maxTokensParameter": "max_tokens" } },
              "models": [
                { "model": "sim:small-latest", "api": "simulated", "simulated": { "ttftMs": { "median": 2 }, "tokensPerSecond": 20000, "outputTokens": { "median": 3 } } },
                { "model": "sim:large-latest", "api": "simulated", "simulated": { "ttftMs": { "median": 3, "p95": 6 }, "tokensPerSecond": 20000, "outputTokens": { "median": 4 }, "errorRate": 0.1 } },
                { "model": "openai:gpt-4.1-mini", "api": "openai", "endpoint": "https://api.openai.com/v1/", "keySetting": "NO_SUCH_KEY_IS_SET", "capabilities": "chat" }
              ]
            }
            """);
        await File.WriteAllTextAsync(Path.Combine(_folder, "canary.json"), """
            {
              "name": "little", "seed": 1, "models": ["sim:small-latest", "sim:large-latest", { "model": "openai:gpt-4.1-mini", "ifConfigured": true }],
              "prompts": ["Name a colour.", "Name a town."], "warmUps": 1
            }
            """);
        _azurite = await AzuriteServer.StartAsync(CancellationToken.None);
        Account = StorageAccount.FromConnectionString(_azurite.ConnectionString);
        await Queue.CreateIfNotExistsAsync(CancellationToken.None); // as the host does for its listener
        _app = await AppProcess.StartAsync(Settings);
    }

    public async Task DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        if (_azurite is not null) await _azurite.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Posts what the host posts to a function.</summary>
    internal Task<HttpResponseMessage> InvokeAsync(string function, string payload) =>
        Http.PostAsync(new Uri($"/{function}", UriKind.Relative), new StringContent(payload, Encoding.UTF8, "application/json"));

    internal async Task<JsonElement> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var answer = await Http.GetAsync(new Uri(path, UriKind.Relative));
        return await ReadAsync(answer, expected);
    }

    internal async Task<JsonElement> PostAsync(string path, string body, HttpStatusCode expected = HttpStatusCode.Accepted, string contentType = "application/json")
    {
        using var answer = await Http.PostAsync(new Uri(path, UriKind.Relative), new StringContent(body, Encoding.UTF8, contentType));
        return await ReadAsync(answer, expected);
    }

    /// <summary>Submits a batch of plain prompts for both models and hands its chunks to the app, as the host does.</summary>
    internal async Task<JsonElement> RunBatchAsync(string batch, int prompts)
    {
        var submitted = await PostAsync("/api/batches", BatchOf(batch, prompts));
        for (var chunk = 0; chunk < submitted.GetProperty("chunks").GetInt32(); chunk++)
        {
            using var answer = await InvokeAsync("BatchQueue", Payloads.Queue($$"""{"batch":"{{batch}}","chunk":{{chunk}}}"""));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        return await GetAsync($"/api/batches/{batch}");
    }

    internal static string BatchOf(string batch, int prompts) => $$"""
        {"batch":"{{batch}}","models":["sim:small-latest","sim:large-latest"],"prompts":[{{string.Join(',', Enumerable.Range(1, prompts).Select(i => $"\"Say {i}.\""))}}]}
        """;

    /// <summary>Every row of the table that is a run of the batch, in whatever partition.</summary>
    internal async Task<List<RunId>> StoredRunsAsync(string batch)
    {
        var runs = new List<RunId>();
        var (first, behind) = ($"{batch}.", $"{batch}/");
        await foreach (var row in Account.Table("Runs").QueryAsync(
            TableFilter.Create($"RowKey ge {first} and RowKey lt {behind}"), ["RowKey"], CancellationToken.None)) runs.Add(RunId.Parse(row.RowKey));
        return [.. runs.Order()];
    }

    internal static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == answer.StatusCode, $"Expected {expected}, got {answer.StatusCode}: {body}");
        return JsonElement.Parse(body);
    }

    private static InvalidOperationException NotStarted() => new("Not started.");
}
