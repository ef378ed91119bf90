using System.Text.Json;
using CostMonitor.Core.Usage;
using CostMonitor.Providers.Wire;

namespace CostMonitor.Providers.Anthropic;

/// <summary>Reads the events of a streamed message. The first has the usage of the input, the last that of the output; newer ones repeat all.</summary>
internal sealed class AnthropicAnswerReader : AnswerReader
{
    protected override StreamEvent Read(ReadOnlySpan<byte> data)
    {
        var json = new Utf8JsonReader(data);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw new JsonException("An event is not an object.");
        var e = default(StreamEvent);
        while (NextProperty(ref json))
        {
            if (json.ValueTextEquals("delta"u8)) ReadDelta(ref json, ref e);
            else if (json.ValueTextEquals("message"u8)) ReadMessage(ref json);
            else if (json.ValueTextEquals("usage"u8)) ReadUsage(ref json, UsageFlavor.Anthropic);
            else if (json.ValueTextEquals("type"u8)) e = ReadType(ref json, data, e);
            else json.Skip();
        }

        return e;
    }

    private static StreamEvent ReadType(ref Utf8JsonReader json, ReadOnlySpan<byte> data, StreamEvent e)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.String) return e;
        if (json.ValueTextEquals("message_stop"u8)) return e with { IsEnd = true };
        return json.ValueTextEquals("error"u8) ? e with { Error = ProviderError.TryParse(data.ToArray()) } : e;
    }

    // A delta of a block holds text or thinking, the delta of the message why it stopped.
    private void ReadDelta(ref Utf8JsonReader json, ref StreamEvent e)
    {
        if (!EnterObject(ref json)) return;
        while (NextProperty(ref json))
        {
            if (json.ValueTextEquals("text"u8)) e = e with { Text = ReadText(ref json) };
            else if (json.ValueTextEquals("thinking"u8)) e = e with { Reasoning = ReadText(ref json) };
            else if (json.ValueTextEquals("stop_reason"u8)) FinishReason = Common(ReadText(ref json)) ?? FinishReason;
            else json.Skip();
        }
    }

    private void ReadMessage(ref Utf8JsonReader json)
    {
        if (!EnterObject(ref json)) return;
        while (NextProperty(ref json))
        {
            if (json.ValueTextEquals("id"u8)) Id = ReadText(ref json);
            else if (json.ValueTextEquals("model"u8)) Model = ReadText(ref json);
            else if (json.ValueTextEquals("usage"u8)) ReadUsage(ref json, UsageFlavor.Anthropic);
            else json.Skip();
        }
    }

    protected override void ReadTier(JsonElement usage)
    {
        if (usage.TryGetProperty("service_tier"u8, out var tier) && tier.ValueKind == JsonValueKind.String) ServiceTier = tier.GetString();
    }

    private static string? Common(string? stopReason) => stopReason switch
    {
        "end_turn" or "stop_sequence" => "stop",
        "max_tokens" => "length",
        "tool_use" => "tool_calls",
        "refusal" => "content_filter",
        _ => stopReason,
    };
}
