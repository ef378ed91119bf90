using System.Runtime.CompilerServices;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Providers.Calling;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>Asks a deployment only while its circuit breaker lets it, and tells the breaker how each attempt ended.</summary>
/// <remarks>
/// An attempt has succeeded when its stream has ended, and has failed if it broke off, tokens or not. What was the request's own fault, and
/// what its caller gave up, says nothing of the deployment.
/// </remarks>
public sealed class BreakingChatClient : ChainLink
{
    private readonly CircuitBreaker _breaker;
    private readonly CallLimits _limits;
    private readonly TimeProvider _time;

    /// <param name="inner">A client whose failures are <see cref="ModelCallException"/>s.</param>
    /// <param name="breaker">That of the deployment, shared by all its calls.</param>
    /// <param name="limits">For calls that bring none of their own: how long a probe may take.</param>
    /// <param name="time">The clock of the limits.</param>
    public BreakingChatClient(IChatClient inner, CircuitBreaker breaker, CallLimits limits, TimeProvider time)
        : base(inner) => (_breaker, _limits, _time) = (breaker, limits, time);

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var call = ModelCall.Ensure(ref options, _time);
        return BreakAsync(call, call.Keep(messages), options, cancellationToken);
    }

    private async IAsyncEnumerable<ChatResponseUpdate> BreakAsync(
        ModelCall call, IReadOnlyList<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!_breaker.TryEnter((call.Settings.Limits ?? _limits).Attempt, out var pass, out var retryAfter)) throw Refusal(retryAfter);
        var isReported = false;
        try
        {
            await using var updates = InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(CancellationToken.None);
            while (true)
            {
                try
                {
                    if (!await updates.MoveNextAsync()) break;
                }
                catch (ModelCallException e) when (!cancellationToken.IsCancellationRequested && FailureKind.IsUnhealthy(e) && Failed(e))
                {
                    throw; // never reached: the filter only looks
                }

                yield return updates.Current;
            }

            isReported = true;
            _breaker.Succeeded(pass);
        }
        finally
        {
            if (!isReported) _breaker.GaveUp(pass);
        }

        bool Failed(ModelCallException e)
        {
            isReported = true;
            _breaker.Failed(pass, e.ErrorType);
            return false;
        }
    }

    private CallRefusedException Refusal(TimeSpan retryAfter)
    {
        var status = _breaker.Status;
        var next = status.ProbesAt is { } at ? FormattableString.Invariant($"the next call from {at:u} on is let through as a probe") : "a probe is under way";
        return new CallRefusedException(
            RefusalReason.BreakerOpen,
            FormattableString.Invariant($"{_breaker.Deployment}: its circuit breaker has been open since {status.DownSince:u} ({status.Reason}); {next}."))
        {
            RetryAfter = retryAfter,
        };
    }
}
