using System.Buffers;
using System.Text.Json;
using CostMonitor.Providers.Configuration;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Anthropic;

/// <summary>Writes the body of a message, from the model's capabilities alone.</summary>
internal static class AnthropicRequest
{
    public static ReadOnlyMemory<byte> Write(ModelEntry model, IReadOnlyCollection<ChatMessage> messages, ChatOptions? options)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        var can = model.Capabilities;
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", model.UpstreamName);
            if ((options?.MaxOutputTokens ?? can.DefaultMaxTokens) is { } most) json.WriteNumber(can.MaxTokensParameter, most);
            json.WriteBoolean("stream", true);
            var system = string.Join('\n', messages.Where(m => m.Role == ChatRole.System).Select(m => m.Text));
            if (system.Length > 0) json.WriteString("system", system);
            if (can.Temperature && options?.Temperature is { } temperature) json.WriteNumber("temperature", temperature);
            if (can.TopP && options?.TopP is { } topP) json.WriteNumber("top_p", topP);
            json.WriteStartArray("messages");
            foreach (var message in messages.Where(m => m.Role != ChatRole.System))
            {
                json.WriteStartObject();
                json.WriteString("role", message.Role.Value);
                json.WriteString("content", message.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
