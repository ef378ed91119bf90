using System.Runtime.CompilerServices;
using CostMonitor.Core.Calling.Routing;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>Measures every attempt at one deployment: times, tokens, and where it failed. What a foreign client throws becomes a <see cref="ModelCallException"/>.</summary>
/// <param name="deployment">What the client stands for.</param>
/// <param name="inner">Any chat client. One that reports no usage, or impossible usage, has its tokens estimated.</param>
/// <param name="time">The monotonic clock of all times.</param>
/// <param name="onDoubt">Told of usage that was reported and not believed; null to let it pass.</param>
/// <param name="translate">Reads a foreign client's exception, such as an SDK's with a status; null, or null for one exception, leaves its type alone.</param>
/// <param name="latency">Told how long each answer took; null to let it pass.</param>
public sealed class MeteredChatClient(
    Deployment deployment, IChatClient inner, TimeProvider time, Action<UsageDoubt>? onDoubt = null, Func<Exception, ModelCallException?>? translate = null,
    RecentLatency? latency = null)
    : ChainLink(inner)
{
    private readonly AttemptTelemetry _telemetry = new(deployment);

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var call = ModelCall.Ensure(ref options, time);
        return MeterAsync(call, call.Keep(messages), options, cancellationToken);
    }

    private async IAsyncEnumerable<ChatResponseUpdate> MeterAsync(
        ModelCall call, IReadOnlyList<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (call.Attempts.Count > 0 && call.Charge is not null) await AdmittedChatClient.CoverAnotherAttemptAsync(call, cancellationToken);
        var span = _telemetry.Start(call);
        var attempt = call.BeginAttempt(deployment);
        try
        {
            await using var updates = InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(CancellationToken.None);
            while (true)
            {
                try
                {
                    if (!await updates.MoveNextAsync()) break;
                    attempt.Note(updates.Current);
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested) // a foreign client may throw anything, and a failed call is an outcome
                {
                    var failure = Known(e).WithoutPrompt(messages);
                    attempt.Fail(failure);
                    if (failure == e) throw;
                    throw failure;
                }

                yield return updates.Current;
            }

            attempt.End();
            latency?.Note(attempt.Took);
        }
        finally
        {
            var isGivenUp = !attempt.IsEnded;
            if (isGivenUp) attempt.End();
            _telemetry.End(attempt, isGivenUp, span);
            if (onDoubt is not null && attempt.Usage(out var doubt) is not null && doubt is not null) onDoubt(new UsageDoubt(deployment.Model, call.Settings.Id, doubt));
        }
    }

    // Its words are not ours to repeat: a foreign exception may hold a body or a prompt.
    private ModelCallException Known(Exception e) => e switch
    {
        ModelCallException known => known,
        NotSupportedException => new ModelCallException(FailureStage.Contract, "not_supported", $"{deployment.Model}: the client does not support the request.", e),
        _ => translate?.Invoke(e) ?? new ModelCallException(FailureStage.Provider, e.GetType().Name, $"{deployment.Model}: the client failed with {e.GetType().Name}.", e),
    };
}
