using System.Text.Json;
using CostMonitor.Cli.StandIn;

namespace CostMonitor.Cli.Tests.EndToEnd;

/// <summary>The published folder with nothing but its sample settings, worked with as people do: through <c>costmon</c>.</summary>
[Collection(PublishedAppGroup.Name)]
public sealed class SampleAppTests(PublishedApp published) : IDisposable
{
    private const int SampleRuns = 3 * 4 * 3; // models, prompts, repetitions of samples/batch.json

    private const string FastModels = """
        {
          "models": [
            { "model": "sim:small-latest", "api": "simulated", "simulated": { "ttftMs": { "median": 5 }, "tokensPerSecond": 5000, "outputTokens": { "median": 9 } } },
            { "model": "sim:large-latest", "api": "simulated", "simulated": { "ttftMs": { "median": 8 }, "tokensPerSecond": 5000, "outputTokens": { "median": 9 } } },
            { "model": "sim:reasoning-latest", "api": "simulated", "simulated": { "ttftMs": { "median": 9 }, "tokensPerSecond": 5000, "outputTokens": { "median": 9 } } }
          ]
        }
        """;

    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(3));
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task PublishedApp_GivenOnlyItsSampleSettings_RunsTheSamplesAndServesTheirFigures()
    {
        // Only the two addresses differ: the tests' storage and simulator listen on free ports, and these models answer fast.
        await using var running = await published.StartAsync(
            _folder.Write("simulated.json", FastModels), new Dictionary<string, string>(), 3, null, _patience.Token);

        var canary = running.Host.InvokeTimerAsync("CanaryTimer", _patience.Token);
        var submitted = await JsonAsync(running, "batch", "submit", Path.Combine(published.Folder, "samples", "batch.json"), "--json");
        var done = await JsonAsync(running, "batch", "status", "sample-batch", "--wait", "--json");
        Assert.IsType<InvocationOutcome.Succeeded>(await canary);

        Assert.Equal(("sample-batch", SampleRuns), (submitted.GetProperty("batch").GetString(), submitted.GetProperty("runs").GetInt32()));
        Assert.Equal(("done", SampleRuns), (done.GetProperty("state").GetString(), done.GetProperty("recorded").GetInt32()));
        var lines = await AssertResultsAsync(running);
        await AssertOneRunAsync(running, lines);
        await AssertFileAndStorageAgreeAsync(running);
        await AssertResubmissionAsync(running, lines);
        await AssertCsvBatchAsync(running);
        await AssertUnknownBatchAsync(running);
        await AssertSelfTestAsync(running);
    }

    public void Dispose()
    {
        _patience.Dispose();
        _folder.Dispose();
    }

    private async Task<string[]> AssertResultsAsync(PublishedApp.RunningHost running)
    {
        var results = await RunAsync(running, "batch", "results", "sample-batch");
        Assert.Equal(0, results.ExitCode);
        _folder.Write("runs.jsonl", results.Output);
        var lines = results.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            Enumerable.Range(0, SampleRuns).Select(i => $"sample-batch.{i:D6}"),
            lines.Select(l => JsonElement.Parse(l).GetProperty("id").GetString()).Order(StringComparer.Ordinal));
        return lines;
    }

    private static async Task AssertOneRunAsync(PublishedApp.RunningHost running, string[] lines)
    {
        var review = await JsonAsync(running, "runs", "show", "sample-batch.000007"); // exit code 0: recomputed and recorded agree
        var line = lines.First(l => l.Contains("sample-batch.000007", StringComparison.Ordinal));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(line), review.GetProperty("run")));
        Assert.True(review.GetProperty("recomputed").GetProperty("agrees").GetBoolean());
    }

    private async Task AssertFileAndStorageAgreeAsync(PublishedApp.RunningHost running)
    {
        var storage = new Dictionary<string, string> { ["TEST_STORAGE"] = running.ConnectionString };
        foreach (var by in new[] { "model", "prompt", "category" })
        {
            var fromFile = await Costmon.RunAsync("summarize", _folder.Of("runs.jsonl"), "--by", by, "--json");
            var fromStorage = await Costmon.RunAsync(storage, "summarize", "--storage-setting", "TEST_STORAGE", "--batch", "sample-batch", "--by", by, "--json");

            Assert.Equal((0, 0), (fromFile.ExitCode, fromStorage.ExitCode));
            Assert.Equal(fromFile.Output, fromStorage.Output);
            Assert.Equal(SampleRuns, JsonElement.Parse(fromFile.Output).GetProperty("total").GetProperty("runs").GetInt32());
        }
    }

    private async Task AssertResubmissionAsync(PublishedApp.RunningHost running, string[] lines)
    {
        await JsonAsync(running, "batch", "submit", Path.Combine(published.Folder, "samples", "batch.json"), "--json");

        Assert.Equal(lines, (await RunAsync(running, "batch", "results", "sample-batch")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private async Task AssertCsvBatchAsync(PublishedApp.RunningHost running)
    {
        var csv = _folder.Write("prompts.csv", "id,prompt\none,\"Say one, please.\"\ntwo,Say two.\n");
        await JsonAsync(running, "batch", "submit", csv, "--models", "sim:small-latest", "--batch", "from-csv", "--json");
        var done = await JsonAsync(running, "batch", "status", "from-csv", "--wait", "--json");

        var results = await RunAsync(running, "batch", "results", "from-csv", "--csv", _folder.Of("results.csv"));

        Assert.Equal(("done", 2), (done.GetProperty("state").GetString(), done.GetProperty("recorded").GetInt32()));
        Assert.Equal((0, ""), (results.ExitCode, results.Output));
        var rows = await File.ReadAllLinesAsync(_folder.Of("results.csv"));
        Assert.Equal(["request_id", "from-csv.000000", "from-csv.000001"], rows.Select(r => r.Split(',')[0]));
    }

    private static async Task AssertUnknownBatchAsync(PublishedApp.RunningHost running)
    {
        var result = await RunAsync(running, "batch", "status", "nobody-submitted-this");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("404: There is no batch 'nobody-submitted-this'.", result.Words, StringComparison.Ordinal);
    }

    private static async Task AssertSelfTestAsync(PublishedApp.RunningHost running)
    {
        var answer = await JsonAsync(running, "selftest", "--json");

        Assert.True(answer.GetProperty("passed").GetBoolean(), answer.GetRawText());
        Assert.Equal(["health", "storage", "canary", "budget", "alerts"], answer.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("step").GetString()));
    }

    private static async Task<JsonElement> JsonAsync(PublishedApp.RunningHost running, params string[] arguments)
    {
        var result = await RunAsync(running, arguments);
        Assert.True(result.ExitCode == 0, result.Words);
        return JsonElement.Parse(result.Output);
    }

    private static Task<Costmon.Result> RunAsync(PublishedApp.RunningHost running, params string[] arguments) =>
        Costmon.RunAsync([.. arguments, "--app", running.Host.Address.ToString()]);
}
