using System.Runtime.CompilerServices;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Simulated;

/// <summary>A model that needs no key and no network, and answers the same question the same way.</summary>
/// <remarks>
/// A call follows from the profile's seed, the model, the id that the caller gave the question in its <see cref="CallSettings"/> and the
/// number of the attempt, whatever the order of the calls; without an id, from the prompt and the number of the call.
/// </remarks>
public sealed class SimulatedChatClient(ModelKey model, SimulatedProfile profile, TimeProvider time) : IChatClient
{
    private readonly long _started = time.GetTimestamp();
    private int _calls;

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var asked = messages.ToList();
        var prompt = asked.Count == 0 ? "" : asked[^1].Text;
        var call = SimulatedCall.Draw(
            profile, Generator(prompt, options), prompt, options?.ResponseFormat is ChatResponseFormatJson, options?.MaxOutputTokens, Slowness());

        var pace = new Pace(time);
        await pace.WaitAsync(call.FirstToken ?? Timeout.InfiniteTimeSpan, cancellationToken);
        if (call.FailsWith is { } status) throw Failure(status);
        if (CallTrace.Of(options) is { } trace) trace.IsAnswered = true;

        var sent = 0;
        foreach (var token in call.Reasoning.Concat(call.Content))
        {
            if (sent > 0) await pace.WaitAsync(call.Gaps[sent - 1], cancellationToken);
            yield return Update(sent++ < call.Reasoning.Count ? new TextReasoningContent(token) : new TextContent(token));
        }

        yield return Last(call, asked);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(model.Provider, null, model.Model)
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
    }

    private double Slowness() => 1 + (profile.DriftPerHour * time.GetElapsedTime(_started).TotalHours);

    private SeededRandom Generator(string prompt, ChatOptions? options)
    {
        var number = Interlocked.Increment(ref _calls);
        var hash = new StableHash().Add((ulong)profile.Seed).Add(model.ToString());
        hash = ModelCall.Of(options) is { AttemptId: { Length: > 0 } id }
            ? hash.Add(id)
            : hash.Add(prompt).Add((ulong)number);
        return new SeededRandom(hash.Value);
    }

    private ModelCallException Failure(int status) => status == 429
        ? new ModelCallException(FailureStage.Provider, "rate_limit_exceeded", $"{model} answered 429: a simulated limit.") { HttpStatus = 429, RetryAfter = TimeSpan.FromSeconds(1) }
        : new ModelCallException(FailureStage.Provider, "server_error", $"{model} answered 500: a simulated error.") { HttpStatus = 500 };

    private ChatResponseUpdate Update(AIContent content) => new(ChatRole.Assistant, [content]) { ModelId = model.Model };

    private ChatResponseUpdate Last(SimulatedCall call, List<ChatMessage> asked)
    {
        var (reasoning, output) = (call.Reasoning.Count, call.Reasoning.Count + call.Content.Count);
        var usage = new UsageDetails
        {
            InputTokenCount = profile.FixedTokens ?? TokenEstimator.CountPrompt([.. asked.Select(static m => m.Text)]),
            OutputTokenCount = output,
            ReasoningTokenCount = reasoning,
        };
        var last = Update(new UsageContent(usage));
        last.FinishReason = call.IsCutByLimit ? ChatFinishReason.Length : ChatFinishReason.Stop;
        return last;
    }
}
