using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using CostMonitor.Cli.Files;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Repricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;

namespace CostMonitor.Bench;

/// <summary>How long a million recorded runs take to be priced anew in a file, and whether the same file comes out twice.</summary>
internal static class RepricingBench
{
    private const int Runs = 1_000_000;

    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Names = ["openai:gpt-4.1", "openai:gpt-4.1-mini", "anthropic:claude-sonnet-4-5", "sim:small-latest", "sim:large-latest", "openai:unknown-model"];

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("costmon-bench-").FullName;
        try
        {
            var original = Path.Combine(folder, "original.jsonl");
            await WriteAsync(original);
            Console.WriteLine();
            Figures.Print($"(g) A file of {Runs} runs, {new FileInfo(original).Length / 1e6:0} MB, every cost out of date, a sixth missing, repriced twice from the same input:");
            var hashes = new HashSet<string>();
            for (var i = 0; i < 2; i++) hashes.Add(await RepriceAsync(original, Path.Combine(folder, "runs.jsonl")));
            Figures.Print($"    peak memory {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:0} MB; the outputs are {(hashes.Count == 1 ? "the same byte for byte" : "NOT THE SAME")}.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> RepriceAsync(string original, string path)
    {
        File.Copy(original, path, overwrite: true);
        var request = new RepricingRequest { Kind = PriceChangeKind.Reprice };
        var head = new PriceChangeHead { Id = new PriceChangeId(Start, 1), At = Start, By = "bench", Request = request };
        var start = Stopwatch.GetTimestamp();
        var report = await new JsonlRunCosts(path).ChangeAsync(new CostChange(new Repricer(PriceCatalog.BuiltIn, request), request, head), CancellationToken.None);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await using var file = File.OpenRead(path);
        var hash = Convert.ToHexString(await SHA256.HashDataAsync(file));
        Figures.Print($"    {seconds:0.0} s, {report.Total.Runs} runs, {report.Total.Changed} changed, before {report.Total.Before}, after {report.Total.After}; SHA-256 {hash[..16]}");
        return hash;
    }

    private static async Task WriteAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        using var bytes = new MemoryStream();
        await using var json = new Utf8JsonWriter(bytes);
        for (var i = 0; i < Runs; i++)
        {
            bytes.SetLength(0);
            json.Reset();
            RunJson.Write(json, Run(i));
            json.Flush();
            bytes.WriteByte((byte)'\n');
            file.Write(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        }
    }

    private static RunRecord Run(int i) => new()
    {
        Id = new RunId(new BatchId("bench"), i % (RunId.MaxOrdinal + 1)),
        Attempt = new Guid(i, 1, 2, new byte[8]),
        Plan = "bench",
        Model = ModelKey.Parse(Names[i % Names.Length]),
        PromptId = "p1",
        Category = "qa",
        Started = Start.AddSeconds(i),
        FinishReason = "stop",
        AnsweredBy = Names[i % Names.Length].Split(':')[1],
        ProviderRequestId = "req_0123456789abcdef",
        Timings = new CallTimings
        {
            EndToEnd = TimeSpan.FromMilliseconds(812.3456 + i % 100), FirstToken = TimeSpan.FromMilliseconds(210.5), FirstContent = TimeSpan.FromMilliseconds(210.5),
            LastToken = TimeSpan.FromMilliseconds(800), GapsUs = [.. Enumerable.Range(0, 40).Select(g => 12_000 + (i * 31 + g * 977) % 5_000)],
        },
        Usage = new MeasuredUsage(new TokenUsage { Input = 500 + i % 1000, CachedInput = i % 7 * 128, Output = 20 + i % 300 }, IsEstimated: false),
        Cost = i % Names.Length == 5 ? CallCost.Unknown("No price for openai:unknown-model on 2026-11-01.") : CallCost.Known(new Usd(0.000001m * (i % 5000)), "bench-old"),
        Checks = [new CheckResult("not_empty", true, true, null), new CheckResult("max_chars", true, true, null)],
        Text = new TextFigures(900, 150, 90),
    };
}
