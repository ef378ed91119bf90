using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Limiting;
using CostMonitor.Core.Pricing;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Simulated;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>Keeps attempts under the provider's limits, and learns these from its answers. An attempt that would wait too long is refused.</summary>
public sealed class LimitedChatClient : ChainLink
{
    /// <summary>What stands for the most output tokens of a call that names none.</summary>
    public const int UsualOutputTokens = 1000;

    private readonly ModelKey _model;
    private readonly RateLimiter _limiter;
    private readonly TimeSpan _longestWait;
    private readonly CallLimits _limits;
    private readonly TimeProvider _time;

    /// <param name="model">The model, for messages.</param>
    /// <param name="inner">Any chat client.</param>
    /// <param name="limiter">Shared by all calls of the deployment.</param>
    /// <param name="longestWait">No attempt waits longer, nor longer than its call's time allows.</param>
    /// <param name="limits">For calls that bring none of their own.</param>
    /// <param name="time">The clock of the limiter.</param>
    public LimitedChatClient(ModelKey model, IChatClient inner, RateLimiter limiter, TimeSpan longestWait, CallLimits limits, TimeProvider time)
        : base(inner) => (_model, _limiter, _longestWait, _limits, _time) = (model, limiter, longestWait, limits, time);

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var call = ModelCall.Ensure(ref options, _time);
        return new Limited(this, call.Keep(messages), options, call, cancellationToken);
    }

    // Only limits on tokens need them counted.
    private long TokensOf(ModelCall call, ChatOptions? options) =>
        _limiter.Limits.TokensPerMinute is null ? 0 : call.PromptTokens + (options?.MaxOutputTokens ?? UsualOutputTokens);

    private async ValueTask EnterAsync(ModelCall call, long tokens, CancellationToken cancellationToken)
    {
        var left = call.Left(call.Settings.Limits ?? _limits);
        var entering = _limiter.EnterAsync(call.Settings.Lane, tokens, left < _longestWait ? left : _longestWait, cancellationToken);
        if (_time is VirtualClock clock)
        {
            while (!entering.IsCompleted) clock.MoveToNextDeadline();
        }

        var entry = await entering;
        call.WaitedForLimit(entry.Waited);
        if (entry.Answer != LimiterAnswer.Entered) throw Refusal(entry);
        if (!cancellationToken.IsCancellationRequested) return;
        _limiter.GiveBack(tokens); // let in at the moment when it was given up
        cancellationToken.ThrowIfCancellationRequested();
    }

    private CallRefusedException Refusal(LimiterEntry entry)
    {
        var what = entry.Answer switch
        {
            LimiterAnswer.QueueFull => "the queue is full",
            LimiterAnswer.WouldWaitTooLong => "the call would wait longer than it may",
            _ => FormattableString.Invariant($"the call has waited for {entry.Waited.TotalSeconds:0.###} s, which is as long as it may"),
        };
        return new CallRefusedException(
            entry.Answer == LimiterAnswer.QueueFull ? RefusalReason.LimiterFull : RefusalReason.LimiterWait,
            FormattableString.Invariant(
                $"{_model}: {what}. {entry.Queued} calls wait for {LimitWords()}, {_limiter.Bound} may; one more would wait for about {entry.Foreseen.TotalSeconds:0.###} s."))
        {
            RetryAfter = entry.Foreseen,
        };
    }

    private string LimitWords() => _limiter.Limits switch
    {
        { RequestsPerMinute: { } requests, TokensPerMinute: { } tokens } => FormattableString.Invariant($"the limit of {requests} requests and {tokens} tokens a minute"),
        { RequestsPerMinute: { } requests } => FormattableString.Invariant($"the limit of {requests} requests a minute"),
        { TokensPerMinute: { } tokens } => FormattableString.Invariant($"the limit of {tokens} tokens a minute"),
        _ => "the end of the pause that the provider asked for",
    };

    private void Learn(ModelCall call)
    {
        if (call.Attempt?.Trace is { RateLimits: { } limits } trace) _limiter.Learn(limits, trace.RateLimitsAge);
    }

    private void Learn(ModelCall call, ModelCallException failure, long tokens)
    {
        if (failure is CallRefusedException)
        {
            _limiter.GiveBack(tokens); // a link below refused: nobody was asked
            return;
        }

        Learn(call);
        if (failure is { HttpStatus: 429, RetryAfter: { } wait }) _limiter.Pause(wait);
    }

    private sealed class Limited(LimitedChatClient client, IReadOnlyList<ChatMessage> messages, ChatOptions? options, ModelCall call, CancellationToken given)
        : IAsyncEnumerable<ChatResponseUpdate>
    {
        public IAsyncEnumerator<ChatResponseUpdate> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
            new Updates(client, messages, options, call, given.CanBeCanceled ? given : cancellationToken);
    }

    /// <summary>Enters before the first update and learns from the head that came with it; from then on the updates are the inner stream's.</summary>
    private sealed class Updates(LimitedChatClient client, IReadOnlyList<ChatMessage> messages, ChatOptions? options, ModelCall call, CancellationToken cancellationToken)
        : IAsyncEnumerator<ChatResponseUpdate>
    {
        private IAsyncEnumerator<ChatResponseUpdate>? _updates;

        public ChatResponseUpdate Current => _updates?.Current ?? throw new InvalidOperationException("The stream has not begun.");

        public ValueTask<bool> MoveNextAsync() => _updates?.MoveNextAsync() ?? BeginAsync();

        public ValueTask DisposeAsync() => _updates?.DisposeAsync() ?? ValueTask.CompletedTask;

        private async ValueTask<bool> BeginAsync()
        {
            var tokens = client.TokensOf(call, options);
            await client.EnterAsync(call, tokens, cancellationToken);
            _updates = client.InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(CancellationToken.None);
            try
            {
                var isThere = await _updates.MoveNextAsync();
                client.Learn(call);
                return isThere;
            }
            catch (ModelCallException failure)
            {
                client.Learn(call, failure, tokens);
                throw;
            }
        }
    }
}
