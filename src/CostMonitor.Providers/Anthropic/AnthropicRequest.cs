using System.Text.Json;
using CostMonitor.Providers.Configuration;
using CostMonitor.Providers.Wire;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Anthropic;

/// <summary>Writes the body of a streamed message, with what the model's capabilities allow and no more.</summary>
internal static class AnthropicRequest
{
    public static ReadOnlyMemory<byte> Write(ModelEntry entry, IReadOnlyList<ChatMessage> messages, ChatOptions? options) =>
        RequestBody.Write(messages, (entry, messages, options), static (json, call) => Write(json, call.entry, call.messages, call.options));

    private static void Write(Utf8JsonWriter json, ModelEntry entry, IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        var capabilities = entry.Capabilities;
        json.WriteString("model"u8, entry.UpstreamName);
        if ((options?.MaxOutputTokens ?? capabilities.DefaultMaxTokens) is { } most) json.WriteNumber(capabilities.MaxTokensParameter, most);
        var system = string.Join("\n\n", messages.Where(static m => m.Role == ChatRole.System).Select(static m => m.Text));
        if (system.Length > 0) json.WriteString("system"u8, system);
        json.WriteStartArray("messages"u8);
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.System) continue;
            json.WriteStartObject();
            json.WriteString("role"u8, message.Role.Value);
            json.WriteString("content"u8, message.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("stream"u8, true);
        RequestBody.WriteNumber(json, "temperature"u8, options?.Temperature, capabilities.Temperature);
        RequestBody.WriteNumber(json, "top_p"u8, options?.TopP, capabilities.TopP);
    }
}
