using System.Diagnostics;
using System.Text.Json;
using CostMonitor.Cli.Api;
using CostMonitor.Cli.StandIn;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Statistics;
using CostMonitor.Storage.Tables;
using Xunit.Abstractions;

namespace CostMonitor.Cli.Tests.EndToEnd;

/// <summary>The promise of the whole: whatever dies and whatever comes twice, each run has one record.</summary>
[Collection(PublishedAppGroup.Name)]
public sealed class KilledAppTests(PublishedApp published, ITestOutputHelper output) : IDisposable
{
    private const int Kills = 20;
    private const int Prompts = 200;
    private const int Seed = 20261121;
    private const string Batch = "killed-batch";

    private static readonly string[] Models = ["sim:small-latest", "sim:large-latest", "sim:reasoning-latest"];
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(30);

    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(6));
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Batch_GivenTwentyKillsAndMessagesTwice_RecordsEachRunOnce()
    {
        var watch = Stopwatch.StartNew();
        await using var running = await published.StartAsync(
            _folder.Write("simulated.json", SimulatedModels()), Settings(), int.MaxValue, new DuplicateDeliveries(0.3, Seed), _patience.Token);
        using var client = new AppClient(running.Host.Address, key: null);

        var slot = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        var canary = running.Host.InvokeTimerAsync("CanaryTimer", _patience.Token); // in the midst of which the first kills come
        await client.PostAsync("/api/batches", BatchJson(), "application/json", _patience.Token);
        await KillAsync(running);
        await canary;
        output.WriteLine($"Kills done after {watch.Elapsed:c}.");
        var state = await DoneAsync(client, Batch);
        var canaryState = await CanaryDoneAsync(running, client, BatchId.ForSlot("canary", slot));
        output.WriteLine($"All done after {watch.Elapsed:c}: {state}");

        var stored = await StoredRunsAsync(running, Batch);
        var runs = await PagedRunsAsync(client, Batch);
        Assert.Equal(Enumerable.Range(0, Prompts * Models.Length), stored.Select(r => RunId.Parse(r).Ordinal).Order());
        Assert.Equal(stored.Order(StringComparer.Ordinal), runs.Select(r => r.GetProperty("id").GetString() ?? "").Order(StringComparer.Ordinal));
        AssertCounted(state, runs);
        await AssertSummariesAsync(client, runs);
        await AssertCanaryAsync(running, canaryState);
        await AssertNothingPoisonedAsync(running, client);
        await AssertLedgerAsync(running, client, runs);
        Assert.True(state.GetProperty("takeovers").GetInt32() > 0, "No kill hit a chunk.");
    }

    public void Dispose()
    {
        _patience.Dispose();
        _folder.Dispose();
    }

    /// <summary>Each kill waits for a random number of new records, or a random while: so it hits calls, writes, waits and starts alike.</summary>
    private async Task KillAsync(PublishedApp.RunningHost running)
    {
        var random = new SeededRandom(Seed);
        for (var kill = 0; kill < Kills; kill++)
        {
            await running.Host.WaitForAppAsync(_patience.Token);
            var target = await RecordedAsync(running) + 1 + random.NextBelow(24);
            var latest = Stopwatch.StartNew();
            var patience = TimeSpan.FromMilliseconds(100 + random.NextBelow(2900));
            int recorded;
            while ((recorded = await RecordedAsync(running)) < target && latest.Elapsed < patience) await Task.Delay(Poll, _patience.Token);
            Assert.InRange(recorded, 0, Prompts * Models.Length - 1); // a kill after the end would prove nothing
            await KillOnceAsync(running.Host);
        }
    }

    private async Task KillOnceAsync(FunctionsHost host)
    {
        int id;
        while ((id = host.AppProcessId) == 0) await Task.Delay(Poll, _patience.Token);
        using var app = Process.GetProcessById(id);
        app.Kill(); // SIGKILL
        await app.WaitForExitAsync(_patience.Token);
        while (host.AppProcessId == id) await Task.Delay(Poll, _patience.Token);
    }

    private async Task<int> RecordedAsync(PublishedApp.RunningHost running) =>
        await running.Batches.ProgressAsync(new BatchId(Batch), _patience.Token) is { } progress ? progress.Recorded : 0;

    private async Task<JsonElement> DoneAsync(AppClient client, string batch)
    {
        while (true)
        {
            var state = await client.GetAsync($"/api/batches/{batch}", _patience.Token);
            if (state.GetProperty("state").GetString() is not ("queued" or "running")) return state;
            await Task.Delay(Poll, _patience.Token);
        }
    }

    /// <summary>What a kill left of the slot is finished by maintenance, which the host fires each minute; here it is fired at once.</summary>
    private async Task<JsonElement> CanaryDoneAsync(PublishedApp.RunningHost running, AppClient client, BatchId slot)
    {
        while (true)
        {
            if (await running.Batches.FindAsync(slot, _patience.Token) is null) await running.Host.InvokeTimerAsync("CanaryTimer", _patience.Token);
            await running.Host.InvokeTimerAsync("MaintenanceTimer", _patience.Token);
            var state = await client.GetAsync($"/api/batches/{slot}", _patience.Token);
            if (state.GetProperty("state").GetString() == "done") return state;
            await Task.Delay(Poll, _patience.Token);
        }
    }

    /// <summary>Every row of the table that is a run of the batch, in whatever partition: a doubled run would show here.</summary>
    private async Task<List<string>> StoredRunsAsync(PublishedApp.RunningHost running, string batch)
    {
        var rows = new List<string>();
        var (first, behind) = ($"{batch}.", $"{batch}/");
        await foreach (var row in running.Account.Table("Runs").QueryAsync(
            TableFilter.Create($"RowKey ge {first} and RowKey lt {behind}"), ["RowKey"], _patience.Token)) rows.Add(row.RowKey);
        return rows;
    }

    private async Task<List<JsonElement>> PagedRunsAsync(AppClient client, string batch)
    {
        var runs = new List<JsonElement>();
        for (var continuation = ""; ;)
        {
            var page = await client.GetAsync($"/api/batches/{batch}/runs?top=97{continuation}", _patience.Token);
            runs.AddRange(page.GetProperty("runs").EnumerateArray());
            if (page.GetProperty("continuation").GetString() is not { } next) return runs;
            continuation = $"&continuation={Uri.EscapeDataString(next)}";
        }
    }

    private static void AssertCounted(JsonElement state, List<JsonElement> runs)
    {
        Assert.Equal("done", state.GetProperty("state").GetString());
        Assert.Equal(Prompts * Models.Length, state.GetProperty("recorded").GetInt32());
        Assert.Equal(runs.Count(Succeeded), state.GetProperty("succeeded").GetInt32());
        Assert.Equal(runs.Count(r => !Succeeded(r)), state.GetProperty("failed").GetInt32());
        Assert.Equal(runs.Sum(Cost), state.GetProperty("costUsd").GetDecimal());
        Assert.Equal(state.GetProperty("chunks").GetInt32(), state.GetProperty("chunksDone").GetInt32());
        Assert.Equal(0, state.GetProperty("poisoned").GetInt32());
    }

    private async Task AssertSummariesAsync(AppClient client, List<JsonElement> runs)
    {
        var records = runs.Select(RunJson.Read).ToArray();
        foreach (var by in Enum.GetValues<SummaryGrouping>())
        {
            var served = await client.GetAsync($"/api/summary?batch={Batch}&by={by}", _patience.Token);

            Assert.Equal(Json(Summary.Of(records, by)), served.GetRawText());
        }

        // A second opinion, worked out here from the JSON of the runs alone.
        var summary = await client.GetAsync($"/api/summary?batch={Batch}&by=model", _patience.Token);
        foreach (var row in summary.GetProperty("rows").EnumerateArray().Append(summary.GetProperty("total"))) AssertRow(row, runs);
    }

    private static void AssertRow(JsonElement row, List<JsonElement> all)
    {
        var key = row.GetProperty("key").GetString();
        var runs = all.Where(r => key == "total" || key == $"{r.GetProperty("provider")}:{r.GetProperty("model")}").ToArray();
        var latencies = runs.Where(Succeeded).Select(r => r.GetProperty("latencyMs").GetDouble()).Order().ToArray();
        Assert.Equal(runs.Length, row.GetProperty("runs").GetInt32());
        Assert.Equal(runs.Count(Succeeded), row.GetProperty("succeeded").GetInt32());
        Assert.Equal(runs.Sum(Cost), row.GetProperty("costUsd").GetDecimal());
        Assert.Equal(latencies.Length, row.GetProperty("latencyMs").GetProperty("n").GetInt32());
        Assert.Equal(At(latencies, 0.5), row.GetProperty("latencyMs").GetProperty("median").GetDouble(), 1e-9);
        Assert.Equal(At(latencies, 0.95), row.GetProperty("latencyMs").GetProperty("p95").GetDouble(), 1e-9);
        Assert.Equal(latencies.Average(), row.GetProperty("latencyMs").GetProperty("mean").GetDouble(), 1e-9);
    }

    /// <summary>Between the two ranks that enclose q * (n - 1), on the line.</summary>
    private static double At(double[] ascending, double q)
    {
        var rank = q * (ascending.Length - 1);
        var (low, high) = ((int)Math.Floor(rank), (int)Math.Ceiling(rank));
        return ascending[low] + (rank - low) * (ascending[high] - ascending[low]);
    }

    private async Task AssertCanaryAsync(PublishedApp.RunningHost running, JsonElement state)
    {
        const int runs = 3 + 5 * 3; // a warm-up for each of 3 models, then 5 prompts once
        var stored = await StoredRunsAsync(running, state.GetProperty("batch").GetString() ?? "");
        Assert.Equal(runs, state.GetProperty("recorded").GetInt32());
        Assert.Equal(Enumerable.Range(0, runs), stored.Select(r => RunId.Parse(r).Ordinal).Order());
    }

    private async Task AssertNothingPoisonedAsync(PublishedApp.RunningHost running, AppClient client)
    {
        var health = await client.GetAsync("/api/health", _patience.Token);
        Assert.Equal("ok", health.GetProperty("status").GetString());
        Assert.Equal(0, health.GetProperty("poisonedWithoutBatch").GetInt32());
        Assert.Equal(0, await running.Account.Queue("prompt-batches-poison").ApproximateMessagesCountAsync(_patience.Token));
    }

    /// <summary>What the killed held comes back, and then the ledger has what the records have, to the last digit.</summary>
    private async Task AssertLedgerAsync(PublishedApp.RunningHost running, AppClient client, List<JsonElement> runs)
    {
        var since = Stopwatch.StartNew();
        JsonElement states, reconciled;
        do
        {
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(150), "Holds of the dead, or a difference, after 150 s.");
            await Task.Delay(TimeSpan.FromSeconds(1), _patience.Token);
            await running.Host.InvokeTimerAsync("MaintenanceTimer", _patience.Token);
            states = await client.GetAsync("/api/ledgers", _patience.Token);
            reconciled = await client.PostAsync("/api/ledgers/reconcile", "{}", "application/json", _patience.Token);
        }
        while (states.GetProperty("ledgers").EnumerateArray().Any(static l => Of(l, "heldUsd") != 0 || Of(l, "unconfirmedUsd") != 0)
            || reconciled.GetProperty("ledgers").EnumerateArray().Any(static l => Of(l, "differenceUsd") != 0));

        output.WriteLine($"All holds came back {since.Elapsed:c} after the end.");
        Assert.True(reconciled.GetProperty("agrees").GetBoolean(), reconciled.GetRawText());
        var all = reconciled.GetProperty("ledgers").EnumerateArray().Single(static l => l.GetProperty("ledger").GetString()?.StartsWith("all.day|", StringComparison.Ordinal) == true);
        Assert.InRange(Of(all, "recordedUsd"), runs.Sum(Cost), decimal.MaxValue); // with the canary's, and with calls that were paid and made again
        Assert.InRange(all.GetProperty("runs").GetInt32(), runs.Count, int.MaxValue);
    }

    private static decimal Of(JsonElement json, string name) => json.GetProperty(name).GetDecimal();

    private static bool Succeeded(JsonElement run) => run.GetProperty("status").GetString() == "succeeded";

    private static decimal Cost(JsonElement run) => run.TryGetProperty("costUsd", out var cost) && cost.ValueKind == JsonValueKind.Number ? cost.GetDecimal() : 0;

    private static string Json(Summary summary)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) SummaryJson.Write(json, summary);
        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static Dictionary<string, string> Settings() => new()
    {
        ["CanarySchedule"] = "0 0 0 * * *",
        ["AzureWebJobs.PriceTimer.Disabled"] = "true",
        ["CallsInFlight"] = "8",
        ["ClaimLease"] = "00:00:02",
        ["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "100",
        ["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:01",
    };

    /// <summary>Some 60 to 150 ms a call: 600 calls, 8 at a time, outlast the kills.</summary>
    private static string SimulatedModels() => $"{{\"models\":[{string.Join(',', Models.Select(SimulatedModel))}]}}";

    private static string SimulatedModel(string model, int seed) => $$"""
        { "model": "{{model}}", "api": "simulated", "simulated": {
            "seed": {{seed}}, "ttftMs": { "median": 80, "p95": 120 }, "tokensPerSecond": 200, "outputTokens": { "median": 4, "p95": 9 }, "errorRate": 0.02 } }
        """;

    private static string BatchJson() => $$"""
        {"batch":"{{Batch}}","models":[{{string.Join(',', Models.Select(m => $"\"{m}\""))}}],
         "prompts":[{{string.Join(',', Enumerable.Range(1, Prompts).Select(i => $"\"Say the number {i}.\""))}}],"timeoutSeconds":30}
        """;
}
