using System.Text.Json;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Wire;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Anthropic;

/// <summary>Reads the events of a streamed message.</summary>
internal sealed class AnthropicAnswerReader : AnswerReader
{
    private long? _input, _cacheRead, _cacheWrite, _output;

    protected override StreamEvent Read(ReadOnlySpan<byte> data)
    {
        var json = new Utf8JsonReader(data);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw new JsonException("An event is not an object.");
        var e = default(StreamEvent);
        while (NextProperty(ref json))
        {
            if (json.ValueTextEquals("delta"u8)) ReadDelta(ref json, ref e);
            else if (json.ValueTextEquals("message"u8)) ReadMessage(ref json);
            else if (json.ValueTextEquals("usage"u8)) ReadUsage(ref json);
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
            else if (json.ValueTextEquals("usage"u8)) ReadUsage(ref json);
            else json.Skip();
        }
    }

    // The first event has the input, the last the output; newer ones repeat all. The last figure counts.
    private void ReadUsage(ref Utf8JsonReader json)
    {
        if (!EnterObject(ref json)) return;
        while (NextProperty(ref json))
        {
            if (json.ValueTextEquals("input_tokens"u8)) _input = ReadCount(ref json) ?? _input;
            else if (json.ValueTextEquals("cache_read_input_tokens"u8)) _cacheRead = ReadCount(ref json) ?? _cacheRead;
            else if (json.ValueTextEquals("cache_creation_input_tokens"u8)) _cacheWrite = ReadCount(ref json) ?? _cacheWrite;
            else if (json.ValueTextEquals("output_tokens"u8)) _output = ReadCount(ref json) ?? _output;
            else json.Skip();
        }

        Usage = Details();
    }

    // The three kinds of input exclude each other here; the standard details want their total and the parts.
    private UsageDetails? Details()
    {
        if (_input is null && _output is null) return null;
        var isNegative = _input < 0 || _cacheRead < 0 || _cacheWrite < 0;
        var usage = new UsageDetails
        {
            InputTokenCount = isNegative ? -1 : _input is null ? null : _input + (_cacheRead ?? 0) + (_cacheWrite ?? 0),
            CachedInputTokenCount = _cacheRead,
            OutputTokenCount = _output,
        };
        UsageReading.SetCacheWrite(usage, _cacheWrite);
        return usage;
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
