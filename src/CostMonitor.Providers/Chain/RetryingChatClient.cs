using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using CostMonitor.Core.Calling;
using CostMonitor.Providers.Calling;
using Microsoft.Extensions.AI;
using Polly;
using Polly.Retry;

namespace CostMonitor.Providers.Chain;

/// <summary>Makes an attempt again that failed before its first token for a reason that may pass. The one place that retries.</summary>
public sealed class RetryingChatClient : ChainLink
{
    private static readonly ResiliencePropertyKey<ModelCall> CallKey = new("costmonitor.call");
    private static readonly ResiliencePropertyKey<TimeSpan> WaitKey = new("costmonitor.wait");
    private static readonly ResiliencePropertyKey<long> WaitingSinceKey = new("costmonitor.waiting_since");

    private readonly RetrySettings _settings;
    private readonly RetryBudget _budget;
    private readonly CallLimits _limits;
    private readonly TimeProvider _time;
    private readonly Func<double> _random;
    private readonly ResiliencePipeline<StartedStream> _pipeline;

    /// <param name="inner">The client to ask.</param>
    /// <param name="settings">For calls that bring no number of retries of their own.</param>
    /// <param name="budget">Shared by all calls of the deployment.</param>
    /// <param name="limits">For calls that bring none of their own: no retry is begun that the whole call's time does not allow.</param>
    /// <param name="time">The clock of the waits.</param>
    /// <param name="random">Draws from 0 up to 1; null for the system's generator.</param>
    public RetryingChatClient(IChatClient inner, RetrySettings settings, RetryBudget budget, CallLimits limits, TimeProvider time, Func<double>? random = null)
        : base(inner)
    {
        (_settings, _budget, _limits, _time, _random) = (settings, budget, limits, time, random ?? Draw);
        _pipeline = new ResiliencePipelineBuilder<StartedStream> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<StartedStream>
            {
                MaxRetryAttempts = 10, // the call's own number is checked below
                ShouldHandle = args => new ValueTask<bool>(args.Outcome.Exception is ModelCallException e && MayRetry(e, args.AttemptNumber, args.Context)),
                DelayGenerator = static args => new ValueTask<TimeSpan?>(args.Context.Properties.GetValue(WaitKey, TimeSpan.Zero)),
            })
            .Build();
    }

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var call = ModelCall.Ensure(ref options, _time);
        return RetryAsync(call, call.Keep(messages), options, cancellationToken);
    }

    private async IAsyncEnumerable<ChatResponseUpdate> RetryAsync(
        ModelCall call, IReadOnlyList<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _budget.Called();
        await using var started = await StartAsync(call, messages, options, cancellationToken);
        while (await started.MoveNextAsync()) yield return started.Current;
    }

    private async ValueTask<StartedStream> StartAsync(ModelCall call, IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(CallKey, call);
            var outcome = await _pipeline.ExecuteOutcomeAsync(
                static async (context, state) =>
                {
                    try
                    {
                        state.Link.NoteWait(context);
                        return Outcome.FromResult(await StartedStream.OpenAsync(
                            state.Link.InnerClient.GetStreamingResponseAsync(state.Messages, state.Options, context.CancellationToken), context.CancellationToken));
                    }
                    catch (Exception e) // an outcome for Polly, which throws it on if it is not handled
                    {
                        return Outcome.FromException<StartedStream>(e);
                    }
                },
                context,
                (Link: this, Messages: messages, Options: options));
            outcome.ThrowIfException();
            return outcome.Result ?? throw new InvalidOperationException("The pipeline gave neither a stream nor a failure.");
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private bool MayRetry(ModelCallException e, int retry, ResilienceContext context)
    {
        var call = context.Properties.GetValue(CallKey, null!);
        if (!call.MayRetry || retry >= (call.Settings.Retries ?? _settings.Retries) || !FailureKind.IsTransient(e)) return false;
        if (_settings.WaitBefore(retry, e.RetryAfter, _random()) is not { } wait || wait >= call.Left(call.Settings.Limits ?? _limits)) return false;
        if (!_budget.TryTake()) return false;
        context.Properties.Set(WaitKey, wait);
        context.Properties.Set(WaitingSinceKey, _time.GetTimestamp());
        return true;
    }

    // As it was, not as it was meant: a timer counts in whole milliseconds, and a busy machine is late.
    private void NoteWait(ResilienceContext context)
    {
        if (context.Properties.TryGetValue(WaitingSinceKey, out var since)) context.Properties.GetValue(CallKey, null!).WaitedToRetry(_time.GetElapsedTime(since));
    }

    private static double Draw() => RandomNumberGenerator.GetInt32(1 << 24) / (double)(1 << 24);
}
