using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Azure.Core;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Configuration;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.OpenAI;

/// <summary>Calls a model through chat completions: OpenAI, Azure OpenAI's v1 endpoint, and every server that speaks the format.</summary>
/// <remarks>It always streams, and never retries. A fault is a <see cref="ProviderException"/>, or what <see cref="HttpClient"/> throws.</remarks>
internal sealed class OpenAIChatClient(ModelEntry model, ModelHttp http, TokenCredential? credential) : IChatClient
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly Uri _address = new(
        model.Endpoint ?? throw new ArgumentException($"{model.Model} has no endpoint.", nameof(model)), "chat/completions");

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var trace = CallTrace.Of(options);
        using var request = await RequestAsync(OpenAIRequest.Write(model, messages, options), cancellationToken);
        using var response = await http.SendAsync(request, trace, cancellationToken);
        if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            throw await ErrorReply.ReadAsync(response, model, cancellationToken);
        }

        if (trace is not null) trace.RequestId = RequestId(response);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var (events, isFirst, isFinished, isDone) = (0, true, false, false);
        var parser = SseParser.Create(stream, (_, data) => OpenAIChunk.Parse(data, isFirst));
        await foreach (var item in parser.EnumerateAsync(cancellationToken))
        {
            var chunk = item.Data;
            events++;
            if (isDone = chunk.IsDone) break;
            if (chunk.IsMalformed) throw new ProviderException(FailureStage.Parse, "invalid_json", $"Event {events} of the stream of {model.Model} is not a chunk in JSON.");
            if (chunk.ErrorMessage is not null) throw ErrorReply.InStream(model, chunk.ErrorCode ?? "error", chunk.ErrorMessage);
            isFinished |= chunk.FinishReason is not null;
            yield return Update(chunk, trace);
            isFirst = false;
        }

        if (events == 0) throw new ProviderException(FailureStage.Parse, "empty_stream", $"The stream of {model.Model} holds no event.", 200);
        if (!isDone && !isFinished) throw new ProviderException(FailureStage.Stream, "cut_stream", $"The stream of {model.Model} broke off after {events} events.", 200);
        if (events == 1) throw new ProviderException(FailureStage.Parse, "empty_choices", $"The stream of {model.Model} ended without a choice.", 200);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // The connections are shared by all models and belong to whoever made them.
    }

    private static ChatResponseUpdate Update(OpenAIChunk chunk, CallTrace? trace)
    {
        var update = new ChatResponseUpdate { Role = ChatRole.Assistant, ModelId = chunk.Model, ResponseId = chunk.Id };
        if (chunk.FinishReason is { } reason) update.FinishReason = new ChatFinishReason(reason);
        if (!string.IsNullOrEmpty(chunk.Reasoning)) update.Contents.Add(new TextReasoningContent(chunk.Reasoning));
        if (!string.IsNullOrEmpty(chunk.Content)) update.Contents.Add(new TextContent(chunk.Content));
        if (chunk.Usage?.ToExclusive() is { } usage)
        {
            if (trace is not null) trace.Usage = usage;
            update.Contents.Add(new UsageContent(UsageParts.ToDetails(usage)));
        }

        return update;
    }

    private async ValueTask<HttpRequestMessage> RequestAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = Json } },
        };
        if (await TokenAsync(cancellationToken) is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    private async ValueTask<string?> TokenAsync(CancellationToken cancellationToken)
    {
        if (model.EntraScope is not { } scope) return model.Key?.Reveal();
        if (credential is null) throw new ProviderException(FailureStage.Admission, "no_credential", $"{model.Model} uses Entra tokens, and no credential was given.");
        var token = await credential.GetTokenAsync(new TokenRequestContext([scope]), cancellationToken);
        return token.Token;
    }

    private static string? RequestId(HttpResponseMessage response) =>
        response.Headers.TryGetValues("apim-request-id", out var ids) || response.Headers.TryGetValues("x-request-id", out ids) ? ids.FirstOrDefault() : null;
}
