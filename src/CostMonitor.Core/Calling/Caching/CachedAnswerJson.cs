using System.Text.Json;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Calling.Caching;

/// <summary>The compact form in which a cached answer is stored. Unknown is absent.</summary>
public static class CachedAnswerJson
{
    public static byte[] Write(CachedAnswer answer)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) Write(json, answer);
        return bytes.ToArray();
    }

    /// <exception cref="FormatException">The bytes are no cached answer.</exception>
    public static CachedAnswer Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException($"The bytes are no cached answer: {e.Message}", e);
        }
    }

    private static void Write(Utf8JsonWriter json, CachedAnswer answer)
    {
        json.WriteStartObject();
        json.WriteString("model", answer.Model.ToString());
        json.WriteString("deployment", answer.Deployment.ToString());
        OfferJson.Write(json, "billedAs", answer.BilledAs);
        json.WriteStartObject("tokens");
        foreach (var tokenClass in TokenClasses.All)
        {
            if (answer.Tokens[tokenClass] is var count and > 0) json.WriteNumber(TokenClasses.NameOf(tokenClass), count);
        }

        json.WriteEndObject();
        json.WriteString("text", answer.Text);
        WriteText(json, "reasoning", answer.Reasoning);
        WriteText(json, "finishReason", answer.FinishReason);
        WriteText(json, "answeredBy", answer.AnsweredBy);
        json.WriteString("stored", answer.Stored.UtcDateTime);
        WriteText(json, "promptVersion", answer.PromptVersion);
        WriteText(json, "segment", answer.Segment);
        WriteText(json, "question", answer.Question?.ToString());
        json.WriteEndObject();
    }

    private static CachedAnswer Read(JsonElement json) => new()
    {
        Model = ModelKey.Parse(Text(json, "model") ?? ""),
        Deployment = ModelKey.Parse(Text(json, "deployment") ?? ""),
        BilledAs = OfferJson.Read(json.GetProperty("billedAs")),
        Tokens = TokenClasses.Read(json.GetProperty("tokens")),
        Text = Text(json, "text") ?? throw new FormatException("The bytes are no cached answer: it has no text."),
        Reasoning = Text(json, "reasoning"),
        FinishReason = Text(json, "finishReason"),
        AnsweredBy = Text(json, "answeredBy"),
        Stored = new DateTimeOffset(json.GetProperty("stored").GetDateTime(), TimeSpan.Zero),
        PromptVersion = Text(json, "promptVersion"),
        Segment = Text(json, "segment"),
        Question = ReadQuestion(Text(json, "question")),
    };

    private static CacheKey? ReadQuestion(string? text) =>
        text is null ? null : CacheKey.TryParse(text, out var question) ? question : throw new FormatException($"'{text}' is no key: expected 64 hex digits.");

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
