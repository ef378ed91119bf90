using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using CostMonitor.Cli.StandIn;
using CostMonitor.Core.Batches;
using CostMonitor.Testing.Azurite;

namespace CostMonitor.Bench;

/// <summary>A batch of 1,000 prompts through queue, app and storage, beside the same calls from a bare loop.</summary>
internal static class BatchBench
{
    private const int Prompts = 1000;
    private const int Tokens = 20;

    public static async Task RunAsync(string app)
    {
        Console.WriteLine();
        Figures.Print($"(c) {Prompts} prompts of {Tokens} tokens through queue, app and storage; the clock runs from the request that submits them to the last durable record.");
        Console.WriteLine("answers in flight | batch s  prompts/s | bare loop s | ideal s, batch has | transactions a prompt | app CPU ms a call | app MB | server met");
        foreach (var (delay, inFlight) in new[] { (0, 64), (300, 64), (300, 16), (300, 4) }) await OneAsync(app, delay, inFlight);
    }

    private static async Task OneAsync(string app, int delayMs, int inFlight)
    {
        using var server = await ModelServerProcess.StartAsync(delayMs, Tokens);
        var data = Directory.CreateTempSubdirectory("costmonitor-bench-");
        var models = Path.Combine(data.FullName, "models.json");
        await File.WriteAllTextAsync(models, Models.File(server.Endpoint));
        await using var azurite = await AzuriteServer.StartAsync(CancellationToken.None);
        var chunks = new ChunkLines();
        await using var host = await FunctionsHost.StartAsync(
            new FunctionsHostOptions
            {
                AppFolder = app,
                DataFolder = data.FullName,
                HttpPort = 0,
                StorageConnectionString = azurite.ConnectionString,
                Output = chunks.Read,
                Settings = new Dictionary<string, string>
                {
                    ["ModelsFile"] = models, ["CallsInFlight"] = inFlight.ToString(CultureInfo.InvariantCulture), ["AzureWebJobs.CanaryTimer.Disabled"] = "true",
                    ["AzureWebJobs.MaintenanceTimer.Disabled"] = "true", ["AzureWebJobs.BatchPoison.Disabled"] = "true", ["AzureWebJobs.PriceTimer.Disabled"] = "true",
                },
            },
            CancellationToken.None);
        using var http = new HttpClient { BaseAddress = host.Address };
        await BatchAsync(http, chunks, "warm", delayMs == 0 ? Prompts : 200); // compiled, connected, tables made
        var runs = new List<double>();
        var (cpu, met, requests) = (0.0, 0, 0.0);
        var repeats = delayMs == 0 ? 5 : inFlight == 64 ? 3 : 1;
        for (var i = 0; i < repeats; i++)
        {
            using var process = Process.GetProcessById(host.AppProcessId);
            await Task.Delay(TimeSpan.FromMilliseconds(200)); // the last messages are deleted, the queue is polled slowly again
            var (busy, served, stored) = (process.TotalProcessorTime, await server.CountAsync(), azurite.RequestsServed);
            runs.Add(await BatchAsync(http, chunks, $"run{i}", Prompts));
            process.Refresh();
            cpu = (process.TotalProcessorTime - busy).TotalMilliseconds / Prompts;
            await Task.Delay(TimeSpan.FromMilliseconds(200));
            requests = (azurite.RequestsServed - stored) / (double)Prompts;
            met = await server.CountAsync() - served;
            await ExpectDoneAsync(http, $"run{i}");
        }

        using var app2 = Process.GetProcessById(host.AppProcessId);
        var (took, bare) = (Figures.Median(runs), await BareAsync(server.Endpoint, inFlight));
        var ideal = Math.Max(bare, Prompts * delayMs / 1000.0 / inFlight);
        Figures.Print($"{delayMs,4} ms {inFlight,9} | {took,7:0.00} {Prompts / took,10:0} | {bare,11:0.00} | {Prompts * delayMs / 1000.0 / inFlight,7:0.00}, {100 * ideal / took,5:0.0} % | {requests,21:0.000} | {cpu,17:0.00} | {app2.WorkingSet64 / 1e6,6:0} | {met}");
        data.Delete(recursive: true);
    }

    /// <summary>Submits a batch and waits for the app's word that its last chunk is done, which it gives when every record is durable.</summary>
    /// <remarks>To ask for the batch's state meanwhile would read the records that are being written, and so time the asking.</remarks>
    /// <returns>Seconds from the submission to the last durable record.</returns>
    private static async Task<double> BatchAsync(HttpClient http, ChunkLines chunks, string id, int prompts)
    {
        var body = new StringBuilder($$"""{"batch":"{{id}}","models":["{{Models.Key}}"],"parameters":{"maxOutputTokens":100},"prompts":[""");
        for (var i = 0; i < prompts; i++) body.Append(i > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"\"Say what the number {i} is made of, in plain words and at most twenty of them.\"");
        body.Append("]}");
        using var content = new StringContent(body.ToString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        var done = chunks.WaitAsync(id, (prompts + PromptBatch.ChunkSize - 1) / PromptBatch.ChunkSize);
        var start = Stopwatch.GetTimestamp();
        using (var response = await http.PostAsync("/api/batches", content)) response.EnsureSuccessStatusCode();
        await done;
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task ExpectDoneAsync(HttpClient http, string id)
    {
        var state = await http.GetStringAsync($"/api/batches/{id}");
        if (!state.Contains("\"done\"", StringComparison.Ordinal)) throw new InvalidOperationException($"Its chunks are done, the batch is not: {state}");
    }

    private static async Task<double> BareAsync(string endpoint, int inFlight)
    {
        using var http = new HttpClient();
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, Prompts, new ParallelOptions { MaxDegreeOfParallelism = inFlight }, async (i, stop) =>
        {
            using var content = new StringContent($$"""{"model":"m","messages":[{"role":"user","content":"number {{i}}"}],"stream":true}""", Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(endpoint + "chat/completions", content, stop);
            await response.Content.ReadAsByteArrayAsync(stop);
        });
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
