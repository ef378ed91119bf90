using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using CostMonitor.Core.Runs;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Calling;

/// <summary>Core's view of a model, over any <see cref="IChatClient"/>: asks, measures each chunk, and turns every fault into an outcome.</summary>
/// <param name="client">The model. One of ours also tells connection time and exact usage; any other is measured all the same.</param>
/// <param name="time">Its timestamps must be monotonic.</param>
public sealed class MeteredCompletionClient(IChatClient client, TimeProvider time) : ICompletionClient
{
    public async Task<RunOutcome> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken)
    {
        var trace = new CallTrace { Id = request.Id };
        var call = new MeteredCall(time, trace);
        using var timeout = new CancellationTokenSource(request.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync(Messages(request), Options(request, trace), either.Token)) call.Add(update);
            return call.Succeeded(request);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is not OutOfMemoryException)
        {
            // Whatever a provider's client throws, ours or a stranger's, is how this call ended: an outcome, not an end of the experiment.
            return call.Failed(request, Classify(e, request, call, timeout.IsCancellationRequested));
        }
    }

    private static List<ChatMessage> Messages(CompletionRequest request)
    {
        var messages = new List<ChatMessage>(2);
        if (request.System is not null) messages.Add(new ChatMessage(ChatRole.System, request.System));
        messages.Add(new ChatMessage(ChatRole.User, request.Prompt));
        return messages;
    }

    private static ChatOptions Options(CompletionRequest request, CallTrace trace)
    {
        var options = new ChatOptions
        {
            MaxOutputTokens = request.Parameters.MaxOutputTokens,
            Temperature = (float?)request.Parameters.Temperature,
            TopP = (float?)request.Parameters.TopP,
            Seed = request.Parameters.Seed,
            ResponseFormat = request.WantsJson ? ChatResponseFormat.Json : null,
        };
        trace.AddTo(options);
        return options;
    }

    private static ProviderException Classify(Exception e, CompletionRequest request, MeteredCall call, bool timedOut)
    {
        if (e is ProviderException known) return known;
        var limit = request.Timeout.TotalSeconds;
        if (timedOut)
        {
            return call.HasBegun
                ? new ProviderException(FailureStage.Stream, "timeout", $"The answer of {request.Model} was not complete after {limit:0.###} s.")
                : new ProviderException(FailureStage.Connect, "timeout", $"{request.Model} did not answer within {limit:0.###} s.");
        }

        return e switch
        {
            HttpRequestException { InnerException: AuthenticationException } => Connect("tls", "TLS could not be agreed on"),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => Connect("dns", "the host's name has no address"),
            HttpRequestException { InnerException: SocketException socket } when !call.HasBegun => Connect(SocketFault(socket), "the connection failed"),
            HttpRequestException or IOException or OperationCanceledException => call.HasBegun
                ? new ProviderException(FailureStage.Stream, "connection_lost", $"The connection to {request.Model} ended in the middle of the answer.")
                : Connect("connection_lost", "the connection ended before an answer came"),
            JsonException => new ProviderException(FailureStage.Parse, "invalid_json", $"The answer of {request.Model} is not in its API's JSON."),
            _ => new ProviderException(FailureStage.Provider, e.GetType().Name, $"The client of {request.Model} failed with {e.GetType().Name}."),
        };

        ProviderException Connect(string type, string what) => new(FailureStage.Connect, type, $"{request.Model} could not be called: {what}.", null, e);
    }

    private static string SocketFault(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection_refused",
        SocketError.ConnectionReset => "connection_reset",
        SocketError.HostNotFound => "dns",
        SocketError.TimedOut => "connect_timeout",
        _ => "connection_failed",
    };
}
