using System.Runtime.CompilerServices;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;
using CostMonitor.Providers.Calling;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Simulated;

/// <summary>A model that exists only here: latency, tokens and faults are drawn from its profile, and it needs no key.</summary>
/// <remarks>
/// A call's draws follow from the profile's seed, the model's name, the prompt and the caller's name for the call (a run id), so neither order nor
/// concurrency changes them. Calls without a name are told apart by their number.
/// </remarks>
public sealed class SimulatedChatClient(ModelKey model, SimulatedProfile profile, TimeProvider time) : IChatClient
{
    private readonly long _made = time.GetTimestamp();
    private long _calls;

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var prompt = string.Join('\n', messages.Select(m => m.Text));
        var random = new SeededRandom(SeedOf(prompt, CallTrace.Of(options)?.Id));
        var drift = 1 + profile.DriftPerHour * time.GetElapsedTime(_made).TotalHours;
        var ttft = TimeSpan.FromMilliseconds(profile.TtftMs.Draw(random) * drift);
        if (random.NextDouble() < profile.TimeoutRate) await VirtualClock.WaitAsync(time, TimeSpan.FromDays(1), cancellationToken);
        if (random.NextDouble() < profile.ErrorRate) await FailAsync(ttft, random, cancellationToken);

        var length = profile.FixedTokens ?? Math.Max(1, (int)profile.OutputTokens.Draw(random));
        var limit = options?.MaxOutputTokens ?? int.MaxValue;
        var reasoning = Math.Min(profile.FixedTokens is null ? profile.ReasoningTokens : 0, limit);
        var words = SimulatedText.Words(prompt, profile, options?.ResponseFormat is ChatResponseFormatJson, Math.Min(length, limit - reasoning), random);
        var gap = TimeSpan.FromSeconds(drift / profile.TokensPerSecond);
        for (var token = 0; token < reasoning + words.Count; token++)
        {
            await VirtualClock.WaitAsync(time, token == 0 ? ttft : Jittered(gap, random), cancellationToken);
            yield return new ChatResponseUpdate
            {
                Role = ChatRole.Assistant,
                ModelId = model.Model,
                Contents = [token < reasoning ? new TextReasoningContent("hmm ") : new TextContent(words[token - reasoning])],
            };
        }

        var usage = new TokenUsage
        {
            Input = profile.FixedTokens ?? TokenEstimator.CountPrompt(prompt), Output = words.Count, Reasoning = reasoning,
        };
        if (CallTrace.Of(options) is { } trace) trace.Usage = usage;
        var cut = length + reasoning > limit;
        yield return new ChatResponseUpdate
        {
            FinishReason = cut ? ChatFinishReason.Length : ChatFinishReason.Stop,
            Contents = [new UsageContent(UsageParts.ToDetails(usage))],
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // It holds nothing.
    }

    private async Task FailAsync(TimeSpan after, SeededRandom random, CancellationToken cancellationToken)
    {
        await VirtualClock.WaitAsync(time, after, cancellationToken);
        throw random.NextBelow(2) == 0
            ? new ProviderException(FailureStage.Provider, "rate_limit_exceeded", $"{model} answered 429: simulated.", 429)
            : new ProviderException(FailureStage.Provider, "server_error", $"{model} answered 500: simulated.", 500);
    }

    /// <summary>A gap between half and one and a half of its mean.</summary>
    private static TimeSpan Jittered(TimeSpan gap, SeededRandom random) => gap * (0.5 + random.NextDouble());

    private ulong SeedOf(string prompt, string? id)
    {
        if (string.IsNullOrEmpty(id)) id = $"#{Interlocked.Increment(ref _calls)}";
        return Hash(Hash(Hash((ulong)profile.Seed ^ 14695981039346656037UL, model.ToString()), prompt), id);
    }

    /// <summary>FNV-1a, 64 bit.</summary>
    private static ulong Hash(ulong hash, string text)
    {
        foreach (var c in text) hash = (hash ^ c) * 1099511628211UL;
        return hash;
    }
}
