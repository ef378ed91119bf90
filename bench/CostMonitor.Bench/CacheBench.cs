using System.Diagnostics;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Pricing;
using CostMonitor.Providers.Chain;
using Microsoft.Extensions.AI;

namespace CostMonitor.Bench;

/// <summary>What the key of a question takes, and what a hit in memory takes through the link.</summary>
internal static class CacheBench
{
    private const int Calls = 200_000, Rounds = 9, Characters = 1024;

    private static readonly ModelKey Model = new("openai", "gpt-4o");

    public static async Task RunAsync()
    {
        ChatMessage[] messages = [new(ChatRole.System, "Be brief."), new(ChatRole.User, new string('x', Characters))];
        var options = new ChatOptions { Temperature = 0.2f, MaxOutputTokens = 64 };
        var cache = new AnswerCache(CacheSettings.Default, ChainParts.Alone, TimeProvider.System);
        using var client = new CachedChatClient(Model, new OneAnswer(), cache, CallLimits.Default);
        await AskAsync(client, messages, options);
        Console.WriteLine();
        var (keyNs, keyBytes) = Median(() => MeasureKeys(messages, options));
        var (hitNs, hitBytes) = await MedianAsync(() => MeasureHitsAsync(client, messages, options));
        if (cache.Figures.MemoryHits < Calls * Rounds) throw new InvalidOperationException("Not every call was a hit.");
        Figures.Print($"(i) Key of a prompt of {Characters} characters: {keyNs:0} ns, {keyBytes:0.0} bytes allocated; hit in memory through the link, its key included: {hitNs / 1000:0.00} us, {hitBytes:0} bytes (medians of {Rounds} rounds of {Calls}).");
    }

    private static (double Ns, double Bytes) MeasureKeys(ChatMessage[] messages, ChatOptions options)
    {
        var (before, start) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        for (var i = 0; i < Calls; i++)
        {
            if (CacheKeys.Of(Model, messages, options, CallSettings.Default) is null) throw new InvalidOperationException("The question has no key.");
        }

        return (Stopwatch.GetElapsedTime(start).TotalNanoseconds / Calls, (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Calls);
    }

    private static async Task<(double Ns, double Bytes)> MeasureHitsAsync(CachedChatClient client, ChatMessage[] messages, ChatOptions options)
    {
        var (before, start) = (GC.GetTotalAllocatedBytes(), Stopwatch.GetTimestamp());
        for (var i = 0; i < Calls; i++) await AskAsync(client, messages, options);
        return (Stopwatch.GetElapsedTime(start).TotalNanoseconds / Calls, (GC.GetTotalAllocatedBytes() - before) / (double)Calls);
    }

    private static async Task AskAsync(CachedChatClient client, ChatMessage[] messages, ChatOptions options)
    {
        await foreach (var update in client.GetStreamingResponseAsync(messages, options)) _ = update;
    }

    private static (double Ns, double Bytes) Median(Func<(double Ns, double Bytes)> measure)
    {
        measure(); // compiles
        var rounds = Enumerable.Range(0, Rounds).Select(_ => measure()).ToArray();
        return (Figures.Median(rounds.Select(r => r.Ns)), Figures.Median(rounds.Select(r => r.Bytes)));
    }

    private static async Task<(double Ns, double Bytes)> MedianAsync(Func<Task<(double Ns, double Bytes)>> measure)
    {
        await measure(); // compiles
        var rounds = new List<(double Ns, double Bytes)>();
        for (var i = 0; i < Rounds; i++) rounds.Add(await measure());
        return (Figures.Median(rounds.Select(r => r.Ns)), Figures.Median(rounds.Select(r => r.Bytes)));
    }

    private sealed class OneAnswer : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            yield return new ChatResponseUpdate(ChatRole.Assistant, "answer") { FinishReason = ChatFinishReason.Stop };
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
