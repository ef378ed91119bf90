using System.Diagnostics;
using System.Globalization;
using CostMonitor.Core.Runs;
using CostMonitor.Testing.ScriptedServer;

namespace CostMonitor.Bench;

/// <summary>How far behind the server's own writes the measured times are, and how far from its script.</summary>
internal static class LatencyBench
{
    private static readonly Script Script = new()
    {
        FirstTokenDelay = TimeSpan.FromMilliseconds(300),
        Gap = TimeSpan.FromMilliseconds(20),
        Tokens = 50,
        Usage = """{"prompt_tokens":9,"completion_tokens":50,"total_tokens":59}""",
    };

    private static readonly TimeSpan WholeAnswer = Script.FirstTokenDelay + (Script.Tokens - 1) * Script.Gap;

    public static async Task RunAsync()
    {
        await using var server = await ScriptedModelServer.StartAsync();
        server.Respond = _ => Script;
        var endpoint = $"{server.Address}v1/";
        using var clients = Models.Clients(endpoint);
        Console.WriteLine();
        Console.WriteLine("(a) Lag of what we measured behind what the server wrote, ms. Script: role chunk at once, first token 300 ms, 50 tokens, 20 ms apart.");
        Console.WriteLine("streams      n | first token p50      p95      p99 | last byte p50        p95      p99 | TTFT - script p50   p95      p99 | gap errors p50     p95      p99");
        await clients.WarmAsync([Models.Key], CancellationToken.None);
        await RoundAsync(server, clients, 16, 1, print: false);
        foreach (var (streams, rounds) in new[] { (1, 15), (16, 6), (64, 4), (256, 2) }) await RoundAsync(server, clients, streams, rounds, print: true);
        await FirstCallsAsync(server, endpoint);
    }

    private static async Task RoundAsync(ScriptedModelServer server, ICompletionClient client, int streams, int rounds, bool print)
    {
        var samples = new List<Sample>();
        for (var round = 0; round < rounds; round++)
        {
            samples.AddRange(await Task.WhenAll(Enumerable.Range(0, streams).Select(i => CallAsync(client, $"{streams}-{round}-{i}!"))));
        }

        if (!print) return;
        var served = server.Requests.ToArray();
        var (first, last, script, gaps) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        foreach (var sample in samples)
        {
            var request = served.Last(r => r.Body.Contains($"\"{sample.Prompt}\"", StringComparison.Ordinal));
            first.Add(Stopwatch.GetElapsedTime(request.TokensWritten[0], sample.At(sample.Timings.FirstToken)).TotalMilliseconds);
            last.Add(Stopwatch.GetElapsedTime(request.Ended, sample.At(sample.Timings.EndToEnd)).TotalMilliseconds);
            script.Add(Math.Abs((sample.Timings.FirstToken - Script.FirstTokenDelay)?.TotalMilliseconds ?? double.NaN));
            var written = request.TokensWritten.Zip(request.TokensWritten.Skip(1), (a, b) => Stopwatch.GetElapsedTime(a, b).TotalMilliseconds);
            gaps.AddRange(sample.Timings.GapsUs.Zip(written, (measured, real) => Math.Abs(measured / 1000.0 - real)));
        }

        Figures.Print($"{streams,7} {samples.Count,6} | {Figures.P50P95P99(first),26} | {Figures.P50P95P99(last),26} | {Figures.P50P95P99(script),26} | {Figures.P50P95P99(gaps),26}");
    }

    private static async Task<Sample> CallAsync(ICompletionClient client, string prompt)
    {
        var start = Stopwatch.GetTimestamp();
        var outcome = await client.CompleteAsync(Models.Request(prompt), CancellationToken.None);
        if (outcome is RunOutcome.Failed failed) throw new InvalidOperationException(failed.Message);
        if (outcome.Timings.GapsUs.Count != Script.Tokens - 1) throw new InvalidOperationException($"{outcome.Timings.GapsUs.Count} gaps: a chunk without a token was counted.");
        return new Sample(prompt, start, outcome.Timings);
    }

    /// <summary>Each in a process of its own, as a timer canary is: with the warm-up, and without it for comparison.</summary>
    private static async Task FirstCallsAsync(ScriptedModelServer server, string endpoint)
    {
        Console.WriteLine("First measured call of a fresh process, error of TTFT and of the whole answer against what the server served, ms:");
        foreach (var warm in new[] { "warm", "cold" })
        {
            var (ttft, whole) = (new List<double>(), new List<double>());
            for (var i = 0; i < 8; i++)
            {
                var line = await ModelServerProcess.ChildAsync("first-call", endpoint, warm);
                var figures = line.Split(' ').Select(f => double.Parse(f, CultureInfo.InvariantCulture)).ToArray();
                var request = server.Requests.Last();
                ttft.Add(Math.Abs(figures[0] - Stopwatch.GetElapsedTime(request.Received, request.TokensWritten[0]).TotalMilliseconds));
                whole.Add(Math.Abs(figures[1] - Stopwatch.GetElapsedTime(request.Received, request.Ended).TotalMilliseconds));
            }

            Figures.Print($"  {warm}: TTFT median {Figures.Median(ttft):0.00}, worst {ttft.Max():0.00}; whole answer median {Figures.Median(whole):0.00}, worst {whole.Max():0.00} (n = {ttft.Count}, answer of {WholeAnswer.TotalMilliseconds} ms)");
        }
    }

    private sealed record Sample(string Prompt, long Start, CallTimings Timings)
    {
        public long At(TimeSpan? time) => Start + (long)((time ?? TimeSpan.Zero).TotalSeconds * Stopwatch.Frequency);
    }
}
