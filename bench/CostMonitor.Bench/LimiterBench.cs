using System.Diagnostics;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Limiting;

namespace CostMonitor.Bench;

/// <summary>What a free entry at the limiter costs, and what ten thousand waiting calls hold and take to be cancelled.</summary>
internal static class LimiterBench
{
    private const int Entries = 2_000_000, Waiting = 10_000, Rounds = 5;

    public static async Task RunAsync()
    {
        Console.WriteLine();
        Figures.Print($"(g) The limiter, medians of {Rounds} rounds:");
        var open = new RateLimiter(LimiterSettings.Default, TimeProvider.System);
        await EnterAsync("no limit known", open);
        await EnterAsync("under limits of requests and tokens", new RateLimiter(new LimiterSettings { Limits = new RateLimits(1_000_000_000_000, 1_000_000_000_000) }, TimeProvider.System));
        await QueueAsync();
    }

    private static async Task EnterAsync(string name, RateLimiter limiter)
    {
        var (ns, bytes) = (new List<double>(), new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            var (allocated, start) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            for (var i = 0; i < Entries; i++) await limiter.EnterAsync(CallLane.App, 1, TimeSpan.FromMinutes(1), CancellationToken.None);
            if (round < 0) continue; // the first round compiles
            ns.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / Entries);
            bytes.Add((GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)Entries);
        }

        Figures.Print($"{Figures.Median(ns),9:0.0} ns {Figures.Median(bytes),7:0.00} bytes  a free entry, {name}");
    }

    private static async Task QueueAsync()
    {
        var (held, enqueued, cancelled) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            var limiter = new RateLimiter(new LimiterSettings { Limits = new RateLimits(1), Queue = Waiting }, TimeProvider.System);
            await limiter.EnterAsync(CallLane.App, 0, TimeSpan.Zero, CancellationToken.None);
            using var source = new CancellationTokenSource();
            var calls = new Task<LimiterEntry>[Waiting];
            var (before, start) = (GC.GetTotalMemory(forceFullCollection: true), Stopwatch.GetTimestamp());
            for (var i = 0; i < Waiting; i++) calls[i] = limiter.EnterAsync((CallLane)(i % 3), 1000, TimeSpan.FromDays(30), source.Token).AsTask();
            var took = Stopwatch.GetElapsedTime(start);
            var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
            if (limiter.Queued != Waiting) throw new InvalidOperationException($"{limiter.Queued} calls wait, and {Waiting} should.");
            start = Stopwatch.GetTimestamp();
            await source.CancelAsync();
            var all = Stopwatch.GetElapsedTime(start);
            if (round < 0) continue;
            held.Add(bytes / 1e6);
            enqueued.Add(took.TotalNanoseconds / Waiting);
            cancelled.Add(all.TotalNanoseconds / Waiting);
        }

        Figures.Print($"{Figures.Median(held),9:0.00} MB  held by {Waiting} waiting calls and their tasks; {Figures.Median(enqueued):0} ns to queue one, {Figures.Median(cancelled):0} ns to cancel one");
    }
}
