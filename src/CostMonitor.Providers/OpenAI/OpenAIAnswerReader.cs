using System.Text.Json;
using CostMonitor.Core.Usage;
using CostMonitor.Providers.Wire;

namespace CostMonitor.Providers.OpenAI;

/// <summary>Reads the chunks of a streamed chat completion.</summary>
internal sealed class OpenAIAnswerReader : AnswerReader
{
    protected override StreamEvent Read(ReadOnlySpan<byte> data)
    {
        if (data.SequenceEqual("[DONE]"u8)) return new StreamEvent(IsEnd: true);
        var json = new Utf8JsonReader(data);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw new JsonException("A chunk is not an object.");
        var e = default(StreamEvent);
        while (NextProperty(ref json))
        {
            if (json.ValueTextEquals("choices"u8)) ReadChoices(ref json, ref e);
            else if (json.ValueTextEquals("usage"u8)) ReadUsage(ref json, UsageFlavor.ChatCompletions);
            else if (json.ValueTextEquals("id"u8)) Id = ReadRepeated(ref json, Id);
            else if (json.ValueTextEquals("model"u8)) Model = ReadRepeated(ref json, Model);
            else if (json.ValueTextEquals("service_tier"u8)) ServiceTier = ReadLast(ref json, ServiceTier);
            else if (json.ValueTextEquals("error"u8)) e = e with { Error = ReadError(ref json, data) };
            else json.Skip();
        }

        return e;
    }

    private static ProviderError? ReadError(ref Utf8JsonReader json, ReadOnlySpan<byte> data)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null) return null;
        json.Skip();
        return ProviderError.TryParse(data.ToArray());
    }

    private void ReadChoices(ref Utf8JsonReader json, ref StreamEvent e)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return;
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject) ReadChoice(ref json, ref e);
            else json.Skip();
        }
    }

    private void ReadChoice(ref Utf8JsonReader json, ref StreamEvent e)
    {
        while (NextProperty(ref json))
        {
            if (json.ValueTextEquals("delta"u8))
            {
                if (EnterObject(ref json)) ReadDelta(ref json, ref e);
            }
            else if (json.ValueTextEquals("finish_reason"u8))
            {
                if (ReadText(ref json) is { Length: > 0 } reason) FinishReason = reason;
            }
            else
            {
                json.Skip();
            }
        }
    }

    private static void ReadDelta(ref Utf8JsonReader json, ref StreamEvent e)
    {
        while (NextProperty(ref json))
        {
            // Compatible servers name reasoning either way, some send both with the same text. A refusal is the answer that there is.
            if (json.ValueTextEquals("content"u8) || json.ValueTextEquals("refusal"u8)) e = e with { Text = ReadText(ref json) ?? e.Text };
            else if (json.ValueTextEquals("reasoning_content"u8) || json.ValueTextEquals("reasoning"u8)) e = e with { Reasoning = ReadText(ref json) ?? e.Reasoning };
            else json.Skip();
        }
    }
}
