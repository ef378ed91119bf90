using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Calling;

/// <summary>Asks any <see cref="IChatClient"/>, always by streaming, and measures: times, tokens, and where it failed.</summary>
/// <param name="model">The model that the client stands for.</param>
/// <param name="client">Any chat client. One that reports no usage, or impossible usage, has its tokens estimated.</param>
/// <param name="time">The monotonic clock of all times.</param>
/// <param name="onDoubt">Told of usage that was reported and not believed; null to let it pass.</param>
public sealed class MeteredCompletionClient(ModelKey model, IChatClient client, TimeProvider time, Action<UsageDoubt>? onDoubt = null)
    : ICompletionClient
{
    // A client that does not heed its token is left behind after this, so that no call waits for ever.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>What the calls are billed as, unless the provider says that it served another tier; null where that is the model under its own name in the ordinary form.</summary>
    public Offer? BilledAs { get; init; }

    public async Task<RunOutcome> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken)
    {
        var (messages, options) = (Messages(request), Options(request));
        var call = new MeteredCall(time);
        call.Trace.AttachTo(options);
        using var timeout = new CancellationTokenSource(request.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await WithinAsync(EnumerateAsync(call, messages, options, either.Token), either.Token);
            return RunOutcomes.Ended(model, request, call, onDoubt) with { BilledAs = Billed(call) };
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested) // a foreign client may throw anything, and a failed call is an outcome
        {
            return RunOutcomes.Failed(model, request, call, timeout.IsCancellationRequested ? Timeout(request, call, e) : Known(e), onDoubt) with { BilledAs = Billed(call) };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new OperationCanceledException("The call was given up.", e, cancellationToken);
        }
    }

    private Offer? Billed(MeteredCall call)
    {
        var ordinary = new Offer(model);
        var served = ServedTier.Of(BilledAs ?? ordinary, call.Trace.ServiceTier);
        return served == ordinary ? null : served;
    }

    private async Task EnumerateAsync(MeteredCall call, ChatMessage[] messages, ChatOptions options, CancellationToken cancellationToken)
    {
        await foreach (var update in client.GetStreamingResponseAsync(messages, options, cancellationToken)) call.Note(update);
    }

    private static async Task WithinAsync(Task running, CancellationToken cancellationToken)
    {
        try
        {
            await running.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !running.IsCompleted)
        {
            await Task.WhenAny(running, Task.Delay(Grace, CancellationToken.None));
            throw;
        }
    }

    private static ChatMessage[] Messages(CompletionRequest request) =>
        request.System is { } system
            ? [new ChatMessage(ChatRole.System, system), new ChatMessage(ChatRole.User, request.Prompt)]
            : [new ChatMessage(ChatRole.User, request.Prompt)];

    private static ChatOptions Options(CompletionRequest request) => new()
    {
        MaxOutputTokens = request.Parameters.MaxOutputTokens,
        Temperature = (float?)request.Parameters.Temperature,
        TopP = (float?)request.Parameters.TopP,
        Seed = request.Parameters.Seed,
        ResponseFormat = request.WantsJson ? ChatResponseFormat.Json : null,
        AdditionalProperties = request.Id.Length == 0 ? null : new() { [CallTrace.RunKey] = request.Id },
    };

    private ModelCallException Timeout(CompletionRequest request, MeteredCall call, Exception e)
    {
        var (stage, state) = call switch
        {
            { HasTokens: true } => (FailureStage.Stream, "the answer was not complete"),
            { Trace.IsAnswered: true } => (FailureStage.Stream, "the answer had begun but had no token"),
            _ => (FailureStage.Connect, "no answer had come"),
        };
        return new ModelCallException(stage, "timeout", FormattableString.Invariant($"{model}: {state} after {request.Timeout.TotalSeconds:0.###} s."), e);
    }

    // Its words are not ours to repeat: a foreign exception may hold a body or a prompt.
    private ModelCallException Known(Exception e) => e switch
    {
        ModelCallException known => known,
        NotSupportedException => new ModelCallException(FailureStage.Contract, "not_supported", $"{model}: the client does not support the request.", e),
        _ => new ModelCallException(FailureStage.Provider, e.GetType().Name, $"{model}: the client failed with {e.GetType().Name}.", e),
    };
}
