using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Configuration;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Anthropic;

/// <summary>Calls a model through Anthropic's Messages API. It always streams, and never retries.</summary>
internal sealed class AnthropicChatClient(ModelEntry model, ModelHttp http) : IChatClient
{
    private const string ApiVersion = "2023-06-01";

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly Uri _address = new(
        model.Endpoint ?? throw new ArgumentException($"{model.Model} has no endpoint.", nameof(model)), "v1/messages");

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var trace = CallTrace.Of(options);
        using var request = Request(AnthropicRequest.Write(model, [.. messages], options));
        using var response = await http.SendAsync(request, trace, cancellationToken);
        if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            throw await ErrorReply.ReadAsync(response, model, cancellationToken);
        }

        if (trace is not null) trace.RequestId = response.Headers.TryGetValues("request-id", out var ids) ? ids.FirstOrDefault() : null;
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var (usage, events, isDone) = (new AnthropicUsage(), 0, false);
        await foreach (var item in SseParser.Create(stream, static (_, data) => Parse(data)).EnumerateAsync(cancellationToken))
        {
            events++;
            if (item.Data is not { ValueKind: JsonValueKind.Object } data)
            {
                throw new ProviderException(FailureStage.Parse, "invalid_json", $"Event {events} of the stream of {model.Model} is not JSON.");
            }

            if (item.EventType == "error") throw Fault(data);
            if (isDone = item.EventType == "message_stop") break;
            if (Update(item.EventType, data, usage) is { } update) yield return update;
        }

        if (events == 0) throw new ProviderException(FailureStage.Parse, "empty_stream", $"The stream of {model.Model} holds no event.", 200);
        if (!isDone) throw new ProviderException(FailureStage.Stream, "cut_stream", $"The stream of {model.Model} broke off after {events} events.", 200);
        if (usage.ToExclusive() is not { } tokens) yield break;
        if (trace is not null) trace.Usage = tokens;
        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(UsageParts.ToDetails(tokens))]);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // The connections are shared by all models and belong to whoever made them.
    }

    private HttpRequestMessage Request(ReadOnlyMemory<byte> body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = Json } },
        };
        request.Headers.Add("anthropic-version", ApiVersion);
        if (model.Key is { } key) request.Headers.Add("x-api-key", key.Reveal());
        return request;
    }

    /// <returns>Null for an event that holds nothing of the answer.</returns>
    private static ChatResponseUpdate? Update(string eventType, JsonElement data, AnthropicUsage usage)
    {
        switch (eventType)
        {
            case "message_start" when data.TryGetProperty("message", out var message):
                if (message.TryGetProperty("usage", out var prompt)) usage.Add(prompt);
                return new ChatResponseUpdate { Role = ChatRole.Assistant, ModelId = Text(message, "model"), ResponseId = Text(message, "id") };
            case "content_block_delta" when data.TryGetProperty("delta", out var delta):
                if (Text(delta, "text") is { Length: > 0 } text) return new ChatResponseUpdate(ChatRole.Assistant, text);
                return Text(delta, "thinking") is { Length: > 0 } thought
                    ? new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent(thought)])
                    : null;
            case "message_delta":
                if (data.TryGetProperty("usage", out var answer)) usage.Add(answer);
                return data.TryGetProperty("delta", out var end) && Text(end, "stop_reason") is { } reason
                    ? new ChatResponseUpdate { FinishReason = new ChatFinishReason(Reason(reason)) }
                    : null;
            default:
                return null;
        }
    }

    /// <summary>In the words that all providers' records use.</summary>
    private static string Reason(string reason) => reason switch
    {
        "end_turn" or "stop_sequence" => "stop",
        "max_tokens" => "length",
        "refusal" => "content_filter",
        _ => reason,
    };

    private ProviderException Fault(JsonElement data) =>
        data.TryGetProperty("error", out var error)
            ? ErrorReply.InStream(model, Text(error, "type") ?? "error", Text(error, "message") ?? "no message")
            : ErrorReply.InStream(model, "error", "no message");

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement? Parse(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = new Utf8JsonReader(data);
            return JsonElement.ParseValue(ref reader);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
