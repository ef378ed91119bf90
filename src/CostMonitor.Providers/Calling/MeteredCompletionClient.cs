using CostMonitor.Core.Calling;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Chain;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Calling;

/// <summary>Core's view of any <see cref="IChatClient"/>: asks it, always by streaming, and gives what was measured. A failed call is an outcome.</summary>
public sealed class MeteredCompletionClient : ICompletionClient
{
    private readonly Deployment _deployment;
    private readonly IChatClient _client;
    private readonly CallLimits _limits;
    private readonly TimeProvider _time;

    /// <param name="deployment">What the client stands for.</param>
    /// <param name="client">A calling chain, or any other chat client, which is then measured and timed here. One that reports no usage, or impossible usage, has its tokens estimated.</param>
    /// <param name="time">The monotonic clock of all times.</param>
    /// <param name="limits">What a request's own time-out leaves open; the usual limits if null.</param>
    /// <param name="onDoubt">Told of usage that was reported and not believed, by a client that is not a chain; null to let it pass.</param>
    public MeteredCompletionClient(
        Deployment deployment, IChatClient client, TimeProvider time, CallLimits? limits = null, Action<UsageDoubt>? onDoubt = null)
    {
        (_deployment, _time, _limits) = (deployment, time, limits ?? CallLimits.Default);
        _client = client.GetService(typeof(MeteredChatClient)) is null
            ? new MeteredChatClient(deployment, new TimedChatClient(deployment.Model, client, _limits, time), time, onDoubt)
            : client;
    }

    public async Task<RunOutcome> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken)
    {
        ChatOptions? options = ModelCall.With(Options(request), Settings(request));
        var call = ModelCall.Begin(ref options, _time, keepsGaps: true);
        call.HandsOverCharge = true; // to the outcome, and from there to whoever records it
        var cached = new CachedText();
        var isOutcome = false;
        try
        {
            await foreach (var update in _client.GetStreamingResponseAsync(Messages(request), options, cancellationToken))
            {
                if (call.Cache is not null) cached.Note(update);
            }

            isOutcome = true;
            return RunOutcomes.Ended(_deployment.Model, call, cached);
        }
        catch (ModelCallException e) when (!cancellationToken.IsCancellationRequested)
        {
            isOutcome = true;
            return RunOutcomes.Failed(call, e);
        }
        catch (Exception e) when (e is not OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The call was given up.", e, cancellationToken);
        }
        finally
        {
            if (!isOutcome)
            {
                call.HandsOverCharge = false; // given up: nobody records it, so it is settled where it ends, or here if it has ended
                call.SettleCharge();
            }
        }
    }

    private CallSettings Settings(CompletionRequest request) => new()
    {
        Id = request.Id,
        Lane = request.Lane,
        Tags = request.Tags,
        Priority = request.Priority,
        Retries = request.Retries,
        Limits = _limits.For(request.Timeout),
        BypassesCache = !request.UsesCache,
        Contract = request.Contract,
    };

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
    };
}
