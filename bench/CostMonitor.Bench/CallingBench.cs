using System.Diagnostics;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Calling.Limiting;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Configuration;
using CostMonitor.Testing.ScriptedServer;
using Microsoft.Extensions.AI;

namespace CostMonitor.Bench;

/// <summary>What the calling chain costs when nothing goes wrong, and what it does when something does.</summary>
internal static class CallingBench
{
    private const int Calls = 200, AtOnce = 4; // 4: a deviation is that of the chain, and not of 16 streams on two cores

    private static readonly Deployment Deployment = new(Models.Key);

    private static readonly Script Answer = new()
    {
        FirstTokenDelay = TimeSpan.FromMilliseconds(20), Gap = TimeSpan.FromMilliseconds(2), Tokens = 10, Usage = """{"prompt_tokens":9,"completion_tokens":10,"total_tokens":19}""",
    };

    public static async Task RunAsync()
    {
        await OverheadAsync();
        Parts();
        await FaultsAsync();
        await RefusedAsync(isShown: false); // compiles
        await RefusedAsync(isShown: true);
    }

    /// <summary>Each link added in turn, from the provider outward.</summary>
    private static async Task OverheadAsync()
    {
        const int each = 20_000, rounds = 7;
        using var bare = new InstantClient(updates: 20);
        var (settings, time) = (ChainSettings.Default, TimeProvider.System);
        var timed = new TimedChatClient(Deployment.Model, bare, settings.Limits, time);
        var metered = new MeteredChatClient(Deployment, timed, time);
        var breaking = new BreakingChatClient(metered, new CircuitBreaker(Deployment.Model, settings.Breaker, time), settings.Limits, time);
        var limited = new LimitedChatClient(Deployment.Model, breaking, new RateLimiter(settings.Limiter, time), settings.Limiter.LongestWait, settings.Limits, time);
        var retrying = new RetryingChatClient(limited, settings.Retry, new RetryBudget(), settings.Limits, time);
        var admitted = new AdmittedChatClient(Deployment.Model, retrying, static _ => [], static _ => null, ChainParts.Alone, settings.Limits, time);
        var cache = new AnswerCache(CacheSettings.Default, ChainParts.Alone, time);
        var cached = new CachedChatClient(Deployment.Model, admitted, cache, settings.Limits);
        var idempotent = new IdempotentChatClient(Deployment.Model, cached, cache, settings.Limits);
        var recorded = new RecordedChatClient(Deployment.Model, idempotent, time);
        (string Name, IChatClient Client)[] chains =
        [
            ("bare client in memory", bare), ("+ timed", timed), ("+ metered", metered), ("+ breaking", breaking), ("+ limited", limited),
            ("+ retrying", retrying), ("+ admitted", admitted), ("+ cached, never hit", cached), ("+ idempotent, recorded", recorded),
        ];
        var us = chains.ToDictionary(static c => c.Name, static _ => new List<double>());
        var bytes = chains.ToDictionary(static c => c.Name, static _ => new List<double>());
        // Twice as many questions as the cache keeps, always in the same order: none is ever answered from it.
        ChatMessage[][] questions = [.. Enumerable.Range(0, each).Select(static i => (ChatMessage[])[new(ChatRole.User, $"What is the capital of country {i}, and since when?")])];
        for (var round = -2; round < rounds; round++)
        {
            foreach (var (name, client) in chains)
            {
                var (allocated, start) = (GC.GetTotalAllocatedBytes(true), Stopwatch.GetTimestamp());
                for (var i = 0; i < each; i++) await ReadAsync(client, questions[i]);
                if (round < 0) continue; // the first rounds compile
                us[name].Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / each);
                bytes[name].Add((GC.GetTotalAllocatedBytes(true) - allocated) / (double)each);
            }
        }

        Console.WriteLine();
        Figures.Print($"(h) The calling chain over a client in memory that streams 20 updates at once, medians of {rounds} rounds of {each} calls, taken in turns:");
        Console.WriteLine("     us   bytes | over bare:  us   bytes | this link:  us   bytes");
        for (var i = 0; i < chains.Length; i++)
        {
            var (name, inner) = (chains[i].Name, chains[Math.Max(0, i - 1)].Name);
            var (t, b) = (Figures.Median(us[name]), Figures.Median(bytes[name]));
            var (t0, b0) = (Figures.Median(us[chains[0].Name]), Figures.Median(bytes[chains[0].Name]));
            Figures.Print($"{t,7:0.00} {b,7:0} | {t - t0,14:0.00} {b - b0,7:0} | {t - Figures.Median(us[inner]),14:0.00} {b - Figures.Median(bytes[inner]),7:0}  {name}");
        }
    }

    /// <summary>What is done for a call inside the links: measuring 20 updates, the key, the look at the levers, the breaker's two.</summary>
    private static void Parts()
    {
        const int each = 50_000, rounds = 9;
        var time = TimeProvider.System;
        ChatMessage[] messages = [new(ChatRole.User, "What is the capital of France, and since when?")];
        var updates = new InstantClient(updates: 20).Updates;
        var breaker = new CircuitBreaker(Deployment.Model, BreakerSettings.Default, time);
        ChatOptions? options = null;
        var call = ModelCall.Ensure(ref options, time);
        call.Keep(messages);
        Func<CallLevers> levers = static () => CallLevers.None;
        (string Name, Action Work)[] parts =
        [
            ("metering 20 updates", () =>
            {
                var attempt = new AttemptMeter(Deployment, call, TimeSpan.Zero, TimeSpan.Zero, time);
                foreach (var update in updates) attempt.Note(update);
                attempt.End();
                attempt.Usage(out _);
            }),
            ("cache key", () => CacheKeys.Of(Deployment.Model, messages, options, CallSettings.Default)),
            ("admission", () => _ = levers() is { CachedOnly: false, MaxOutputTokens: null }),
            ("breaker", () =>
            {
                breaker.TryEnter(CallLimits.Default.Attempt, out var pass, out _);
                breaker.Succeeded(pass);
            }),
        ];
        Console.WriteLine();
        Figures.Print($"    Of which, medians of {rounds} rounds of {each}:");
        var (us, bytes) = (0.0, 0.0);
        foreach (var (name, work) in parts)
        {
            var (t, b) = (new List<double>(), new List<double>());
            for (var round = -2; round < rounds; round++)
            {
                var (allocated, start) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
                for (var i = 0; i < each; i++) work();
                if (round < 0) continue;
                t.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / each);
                b.Add((GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)each);
            }

            (us, bytes) = (us + Figures.Median(t), bytes + Figures.Median(b));
            Figures.Print($"{Figures.Median(t),7:0.00} {Figures.Median(b),7:0}  {name}");
        }

        Figures.Print($"{us,7:0.00} {bytes,7:0}  together");
    }

    private static async Task ReadAsync(IChatClient client, ChatMessage[] messages)
    {
        await foreach (var _ in client.GetStreamingResponseAsync(messages))
        {
            // each update is only looked at
        }
    }

    private static async Task FaultsAsync()
    {
        for (var round = 0; round < 3; round++) await FaultAsync("", new PlannedFault("429", 0.2, Answers.RateLimited())); // the first calls of a process are compiled on the way: not what is asked here
        Console.WriteLine();
        Figures.Print($"    Faults on first attempts, {Calls} calls each, {AtOnce} at once. Deviation: measured latency of the answer less what the server took for it, ms.");
        Console.WriteLine("wanted  injected  expected  counted | answered | deviation p50      p95      p99 | scenario");
        await FaultAsync("20 % 429 without a header", new PlannedFault("429", 0.2, Answers.RateLimited()));
        await FaultAsync("20 % 429 with Retry-After of 100 ms", new PlannedFault("429", 0.2, Answers.RateLimited(TimeSpan.FromMilliseconds(100))));
        await FaultAsync("20 % 500 on first attempts", new PlannedFault("500", 0.2, Answers.ServerError));
        await FaultAsync("2 % cut before the first token", new PlannedFault("cut", 0.02, new Script { Fault = Fault.Cut }));
        await FaultAsync("1 % hang before the first token", new PlannedFault("hang", 0.01, new Script { Fault = Fault.Hang }));
    }

    private static async Task FaultAsync(string scenario, PlannedFault fault)
    {
        await using var server = await ScriptedModelServer.StartAsync();
        var script = new FaultScript(seed: 7, Calls, Answer, fault);
        server.Respond = script.Answer;
        using var clients = Clients(server, "\"retries\": 3, \"backoffSeconds\": 0.05");
        await clients.WarmAsync([Models.Key], CancellationToken.None);
        var outcomes = new RunOutcome[Calls];

        await Parallel.ForEachAsync(Enumerable.Range(0, Calls), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (call, _) =>
            outcomes[call] = await clients.CompleteAsync(Request(call), CancellationToken.None));

        var books = await server.CloseBooksAsync(CancellationToken.None);
        var served = server.Requests.Where(static r => r.Ended > 0 && r.Script == Answer).ToDictionary(FaultScript.CallOf);
        var deviations = outcomes.Index().Where(o => o.Item is RunOutcome.Succeeded && served.ContainsKey(o.Index))
            .Select(o => ((o.Item.Timings.EndToEnd - served[o.Index].Whole)?.TotalMilliseconds) ?? double.NaN);
        if (scenario.Length > 0) Figures.Print($"{Calls,6} {script.Injected.Values.Sum(),9} {Calls + script.Planned,9} {books.Accepted,8} | {outcomes.Count(static o => o is RunOutcome.Succeeded),8} | {Figures.P50P95P99(deviations),26} | {scenario}");
    }

    private static async Task RefusedAsync(bool isShown)
    {
        await using var server = await ScriptedModelServer.StartAsync();
        server.Respond = static _ => Answers.RateLimited();
        using var clients = Clients(server, "\"backoffSeconds\": 0.1");
        await clients.WarmAsync([Models.Key], CancellationToken.None);
        var (start, refusals, calls) = (Stopwatch.GetTimestamp(), new List<double>(), 0);
        while (calls < Calls)
        {
            var begun = Stopwatch.GetTimestamp();
            var outcome = await clients.CompleteAsync(Request(calls++), CancellationToken.None);
            if (outcome is RunOutcome.Failed { ErrorType: "breaker_open", Path.Attempts.Count: 0 }) refusals.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        if (!isShown) return;
        Figures.Print($"    429 on every call: {calls} calls, one after the other, ended in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s with {server.Count} requests; {refusals.Count} refused by the open breaker.");
        if (refusals.Count > 0) Figures.Print($"    The slowest of these refusals took {refusals.Max():0.000} ms, half of them below {Figures.Median(refusals):0.000} ms.");
    }

    private static CompletionRequest Request(int call) =>
        new() { Model = Models.Key, Prompt = FaultScript.Prompt(call), Timeout = TimeSpan.FromSeconds(2), Retries = 3 };

    private static ModelClients Clients(ScriptedModelServer server, string calling) => new(
        ModelConfiguration.Parse(
            $$"""
            { "capabilities": { "chat": { "usageInStream": true } },
              "calling": { {{calling}} },
              "models": [ { "model": "{{Models.Key}}", "api": "openai-compatible", "endpoint": "{{server.Address}}v1/", "capabilities": "chat" } ] }
            """,
            "models.json",
            static _ => null),
        null,
        TimeProvider.System);
}
