using System.Buffers;
using System.ClientModel;
using System.ClientModel.Primitives;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using OpenAI;
using OpenAI.Chat;

namespace CostMonitor.Bench;

/// <summary>What calling and recording cost over a bare loop, for instant answers of 20 tokens, one call at a time.</summary>
internal static class OverheadBench
{
    private const int Calls = 1500;
    private const int Rounds = 7;

    public static async Task RunAsync()
    {
        using var server = await ModelServerProcess.StartAsync(0, 20);
        using var clients = Models.Clients(server.Endpoint);
        using var http = new HttpClient();
        var engine = new RunEngine(clients, PriceCatalog.BuiltIn, TimeProvider.System);
        var sdk = new ChatClient("small-latest", new ApiKeyCredential("none"), new OpenAIClientOptions
        {
            Endpoint = new Uri(server.Endpoint), RetryPolicy = new ClientRetryPolicy(0),
        });
        (string Name, Func<Task> Call)[] ways =
        [
            ("bare HttpClient, bytes read to the end", () => BareAsync(http, server.Endpoint)),
            ("our IChatClient and meter", () => clients.CompleteAsync(Models.Request("bench"), CancellationToken.None)),
            ("the whole: call, price, check, record as JSON", () => RecordAsync(engine)),
            ("OpenAI SDK 2.15.0, streaming objects", () => SdkAsync(sdk)),
        ];
        var wall = ways.ToDictionary(w => w.Name, _ => new List<double>());
        var cpu = ways.ToDictionary(w => w.Name, _ => new List<double>());
        var bytes = ways.ToDictionary(w => w.Name, _ => new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            foreach (var (name, call) in ways)
            {
                var (allocated, busy, start) = (GC.GetTotalAllocatedBytes(true), Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.GetTimestamp());
                for (var i = 0; i < Calls; i++) await call();
                if (round < 0) continue; // the first round compiles
                wall[name].Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / Calls);
                cpu[name].Add((Process.GetCurrentProcess().TotalProcessorTime - busy).TotalMicroseconds / Calls);
                bytes[name].Add((GC.GetTotalAllocatedBytes(true) - allocated) / (double)Calls);
            }
        }

        Console.WriteLine();
        Figures.Print($"(b) One call of 20 tokens without delay, medians of {Rounds} rounds of {Calls} calls, taken in turns:");
        Console.WriteLine("wall us  CPU us   bytes | over bare: wall us  CPU us   bytes");
        var bare = ways[0].Name;
        foreach (var (name, _) in ways)
        {
            var (w, c, b) = (Figures.Median(wall[name]), Figures.Median(cpu[name]), Figures.Median(bytes[name]));
            Figures.Print($"{w,7:0} {c,7:0} {b,7:0} | {w - Figures.Median(wall[bare]),18:0} {c - Figures.Median(cpu[bare]),7:0} {b - Figures.Median(bytes[bare]),7:0}  {name}");
        }
    }

    private static async Task BareAsync(HttpClient http, string endpoint)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint + "chat/completions")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes("""{"model":"small-latest","messages":[{"role":"user","content":"bench"}],"stream":true,"stream_options":{"include_usage":true}}"""))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            },
        };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.Content.ReadAsStreamAsync();
        var buffer = ArrayPool<byte>.Shared.Rent(8192);
        while (await stream.ReadAsync(buffer) > 0)
        {
            // nothing is looked at
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static async Task RecordAsync(RunEngine engine)
    {
        var made = await engine.RunAsync(
            new RunRequest
            {
                Id = new RunId(new BatchId("bench"), 0), Plan = "bench", Model = Models.Key,
                Prompt = new Prompt { Id = "p", Category = "c", Text = "bench", Contract = OutputContract.AnyText },
            },
            Stopwatch.GetTimestamp(),
            CancellationToken.None);
        var buffer = new ArrayBufferWriter<byte>(2048);
        using var json = new Utf8JsonWriter(buffer);
        RunJson.Write(json, made.Record);
    }

    private static async Task SdkAsync(ChatClient client)
    {
        await foreach (var _ in client.CompleteChatStreamingAsync(["bench"]))
        {
            // each update is only looked at
        }
    }
}
