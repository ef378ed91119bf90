using System.Buffers;
using System.Text.Json;
using CostMonitor.Providers.Configuration;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.OpenAI;

/// <summary>Writes the body of a chat completion, from the model's capabilities alone.</summary>
internal static class OpenAIRequest
{
    public static ReadOnlyMemory<byte> Write(ModelEntry model, IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        var can = model.Capabilities;
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", model.UpstreamName);
            json.WriteStartArray("messages");
            foreach (var message in messages) WriteMessage(json, message, can.SystemRole);
            json.WriteEndArray();
            json.WriteBoolean("stream", true);
            if (can.UsageInStream)
            {
                json.WriteStartObject("stream_options");
                json.WriteBoolean("include_usage", true);
                json.WriteEndObject();
            }

            if ((options?.MaxOutputTokens ?? can.DefaultMaxTokens) is { } most) json.WriteNumber(can.MaxTokensParameter, most);
            if (can.Temperature && options?.Temperature is { } temperature) json.WriteNumber("temperature", temperature);
            if (can.TopP && options?.TopP is { } topP) json.WriteNumber("top_p", topP);
            if (can.Seed && options?.Seed is { } seed) json.WriteNumber("seed", seed);
            if (can.JsonMode && options?.ResponseFormat is ChatResponseFormatJson)
            {
                json.WriteStartObject("response_format");
                json.WriteString("type", "json_object");
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void WriteMessage(Utf8JsonWriter json, ChatMessage message, string systemRole)
    {
        json.WriteStartObject();
        json.WriteString("role", message.Role == ChatRole.System ? systemRole : message.Role.Value);
        json.WriteString("content", message.Text);
        json.WriteEndObject();
    }
}
