using System.Text.Json;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Providers.Configuration;
using CostMonitor.Providers.Wire;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.OpenAI;

/// <summary>Writes the body of a streamed chat completion, with what the model's capabilities allow and no more.</summary>
internal static class OpenAIRequest
{
    public static ReadOnlyMemory<byte> Write(ModelEntry entry, IReadOnlyList<ChatMessage> messages, ChatOptions? options) =>
        RequestBody.Write(messages, (entry, messages, options), static (json, call) => Write(json, call.entry, call.messages, call.options));

    private static void Write(Utf8JsonWriter json, ModelEntry entry, IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        var capabilities = entry.Capabilities;
        json.WriteString("model"u8, entry.UpstreamName);
        json.WriteStartArray("messages"u8);
        foreach (var message in messages) WriteMessage(json, capabilities, message);
        json.WriteEndArray();
        json.WriteBoolean("stream"u8, true);
        if (capabilities.UsageInStream)
        {
            json.WriteStartObject("stream_options"u8);
            json.WriteBoolean("include_usage"u8, true);
            json.WriteEndObject();
        }

        if ((options?.MaxOutputTokens ?? capabilities.DefaultMaxTokens) is { } most) json.WriteNumber(capabilities.MaxTokensParameter, most);
        RequestBody.WriteNumber(json, "temperature"u8, options?.Temperature, capabilities.Temperature);
        RequestBody.WriteNumber(json, "top_p"u8, options?.TopP, capabilities.TopP);
        if (capabilities.Seed && options?.Seed is { } seed) json.WriteNumber("seed"u8, seed);
        if (capabilities.ServiceTier && entry.Offer.Tier is ServiceTier.Flex or ServiceTier.Priority) json.WriteString("service_tier"u8, EnumNames.Of(entry.Offer.Tier));
        if (capabilities.JsonMode && options?.ResponseFormat is ChatResponseFormatJson)
        {
            json.WriteStartObject("response_format"u8);
            json.WriteString("type"u8, "json_object"u8);
            json.WriteEndObject();
        }
    }

    private static void WriteMessage(Utf8JsonWriter json, Capabilities capabilities, ChatMessage message)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, message.Role == ChatRole.System ? capabilities.SystemRole : message.Role.Value);
        json.WriteString("content"u8, message.Text);
        json.WriteEndObject();
    }
}
