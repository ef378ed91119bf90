using System.Runtime.CompilerServices;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Configuration;
using CostMonitor.Providers.Wire;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Anthropic;

/// <summary>A model behind Anthropic's Messages API.</summary>
internal sealed class AnthropicChatClient(ModelEndpoint endpoint) : IChatClient
{
    private const string ApiVersion = "2023-06-01";

    public static AnthropicChatClient Create(HttpClient http, ModelEntry entry) =>
        new(new ModelEndpoint(http, entry, "v1/messages", Headers(entry), null));

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var body = AnthropicRequest.Write(endpoint.Entry, RequestBody.OnlyText(messages), options);
        var trace = CallTrace.Of(options);
        using var response = await endpoint.PostAsync(body, trace, cancellationToken);
        await foreach (var update in EventStream.ReadAsync(endpoint.Entry, response, new AnthropicAnswerReader(), trace, cancellationToken)) yield return update;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(endpoint.Entry.Model.Provider, endpoint.Entry.Endpoint, endpoint.Entry.UpstreamName)
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    /// <summary>Nothing to free: the HTTP client is shared.</summary>
    public void Dispose()
    {
    }

    private static KeyValuePair<string, string>[] Headers(ModelEntry entry) =>
        entry.Key is { } key
            ? [new("x-api-key", key.Reveal()), new("anthropic-version", ApiVersion)]
            : [new("anthropic-version", ApiVersion)];
}
