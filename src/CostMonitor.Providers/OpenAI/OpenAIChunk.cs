using System.Text.Json;

namespace CostMonitor.Providers.OpenAI;

/// <summary>What one event of a chat completion's stream holds, as far as it matters here.</summary>
internal struct OpenAIChunk
{
    public bool IsDone;
    public bool IsMalformed;
    public string? Id;
    public string? Model;
    public string? Content;
    public string? Reasoning;
    public string? FinishReason;
    public OpenAIUsage? Usage;
    public string? ErrorCode;
    public string? ErrorMessage;

    public static OpenAIChunk Parse(ReadOnlySpan<byte> data, bool wantsNames)
    {
        var chunk = default(OpenAIChunk);
        if (data.SequenceEqual("[DONE]"u8))
        {
            chunk.IsDone = true;
            return chunk;
        }

        try
        {
            var reader = new Utf8JsonReader(data);
            chunk.IsMalformed = !reader.Read() || reader.TokenType != JsonTokenType.StartObject;
            if (!chunk.IsMalformed) chunk.ReadRoot(ref reader, wantsNames);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            chunk.IsMalformed = true;
        }

        return chunk;
    }

    private void ReadRoot(ref Utf8JsonReader reader, bool wantsNames)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("choices"u8)) ReadChoices(ref reader);
            else if (reader.ValueTextEquals("usage"u8)) Usage = OpenAIUsage.Read(ref reader);
            else if (reader.ValueTextEquals("error"u8)) ReadError(ref reader);
            else if (wantsNames && reader.ValueTextEquals("id"u8)) Id = Text(ref reader);
            else if (wantsNames && reader.ValueTextEquals("model"u8)) Model = Text(ref reader);
            else Skip(ref reader);
        }
    }

    private void ReadChoices(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("delta"u8)) ReadDelta(ref reader);
                else if (reader.ValueTextEquals("finish_reason"u8)) FinishReason = Text(ref reader) ?? FinishReason;
                else Skip(ref reader);
            }
        }
    }

    private void ReadDelta(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("content"u8) || reader.ValueTextEquals("refusal"u8)) Content = Text(ref reader) ?? Content;
            else if (reader.ValueTextEquals("reasoning_content"u8) || reader.ValueTextEquals("reasoning"u8)) Reasoning = Text(ref reader) ?? Reasoning;
            else Skip(ref reader);
        }
    }

    private void ReadError(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return;
        var error = JsonElement.ParseValue(ref reader);
        (ErrorCode, ErrorMessage) = ("error", error.ToString());
        if (error.ValueKind != JsonValueKind.Object) return;
        if (error.TryGetProperty("message", out var message)) ErrorMessage = message.ToString();
        foreach (var name in new[] { "type", "code" })
        {
            if (error.TryGetProperty(name, out var code) && code.ValueKind is JsonValueKind.String or JsonValueKind.Number) ErrorCode = code.ToString();
        }
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return reader.GetString();
        reader.Skip();
        return null;
    }

    private static void Skip(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }
}
