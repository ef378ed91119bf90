using System.Net;
using System.Net.Http.Headers;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Configuration;

namespace CostMonitor.Providers.Wire;

/// <summary>Sends requests to one model's endpoint and answers with the head of a stream of events, or throws why there is none.</summary>
/// <param name="http">Shared by all endpoints.</param>
/// <param name="entry">A configured model.</param>
/// <param name="path">Appended to the entry's endpoint.</param>
/// <param name="headers">Sent with each request, the key among them.</param>
/// <param name="entra">Gives the Authorization header; null where a key is used or none.</param>
internal sealed class ModelEndpoint(
    HttpClient http, ModelEntry entry, string path, IReadOnlyList<KeyValuePair<string, string>> headers, EntraToken? entra)
{
    private static readonly string[] IdHeaders = ["x-request-id", "apim-request-id", "request-id"];
    private readonly Uri _uri = new(entry.Endpoint ?? throw new ArgumentException($"{entry.Model} has no endpoint.", nameof(entry)), path);

    public ModelEntry Entry { get; } = entry;

    public async Task<HttpResponseMessage> PostAsync(ReadOnlyMemory<byte> json, CallTrace? trace, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _uri)
        {
            Version = HttpVersion.Version20, // where TLS negotiates it; else 1.1
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = new ReadOnlyMemoryContent(json),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        if (entra is not null) request.Headers.TryAddWithoutValidation("Authorization", await entra.GetHeaderAsync(cancellationToken));
        if (trace is not null) request.Options.Set(CallTrace.RequestKey, trace);

        var response = await SendAsync(request, cancellationToken);
        Note(response, trace);
        if (response.StatusCode == HttpStatusCode.OK && IsEventStream(response.Content.Headers.ContentType)) return response;
        using (response)
        {
            throw await Refusal.ReadAsync(Entry, response, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw ConnectFailure.Of(Entry.Model, _uri, e);
        }
        catch (OperationCanceledException e) when (e.InnerException is TimeoutException && !cancellationToken.IsCancellationRequested)
        {
            throw new ModelCallException(FailureStage.Connect, "connect_timeout", $"{Entry.Model} at {_uri.Authority}: no connection was made in time.", e);
        }
    }

    private static void Note(HttpResponseMessage response, CallTrace? trace)
    {
        if (trace is null) return;
        (trace.IsAnswered, trace.HttpStatus) = (true, (int)response.StatusCode);
        if (RateLimitHeadersReader.Read(response.Headers) is { } limits) trace.NoteLimits(limits);
        foreach (var name in IdHeaders)
        {
            if (!response.Headers.NonValidated.TryGetValues(name, out var values)) continue;
            trace.RequestId = values.ToString();
            return;
        }
    }

    // Some servers leave the type out; the stream's own content then shows what it is.
    private static bool IsEventStream(MediaTypeHeaderValue? type) =>
        type is null || string.Equals(type.MediaType, "text/event-stream", StringComparison.OrdinalIgnoreCase);
}
