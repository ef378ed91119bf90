using System.Text.Json;
using CostMonitor.Core.Usage;
using CostMonitor.Core.Usage.Payloads;

namespace CostMonitor.Providers.Wire;

/// <summary>Reads the events of one answer and keeps what holds for the whole of it. One for each call.</summary>
internal abstract class AnswerReader
{
    /// <summary>The provider's id of the answer; null until it is known.</summary>
    public string? Id { get; protected set; }

    /// <summary>The model by the provider's account; null until it is known.</summary>
    public string? Model { get; protected set; }

    /// <summary>In OpenAI's words; null until the provider has said that it is done.</summary>
    public string? FinishReason { get; protected set; }

    /// <summary>As reported; null when nothing is.</summary>
    public ReportedUsage? Usage { get; private set; }

    /// <summary>The provider's word for the tier that served the call; null if it did not say.</summary>
    public string? ServiceTier { get; protected set; }

    /// <summary>Events read so far.</summary>
    public int Events { get; private set; }

    /// <exception cref="JsonException">The event is not JSON of the expected shape.</exception>
    public StreamEvent Read(string eventType, ReadOnlySpan<byte> data)
    {
        Events++;
        return Read(data);
    }

    protected abstract StreamEvent Read(ReadOnlySpan<byte> data);

    /// <summary>The text that the reader stands on; null for any other value. The reader moves past it.</summary>
    protected static string? ReadText(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String) return json.GetString();
        json.Skip();
        return null;
    }

    /// <summary>As <see cref="ReadText"/>, for a value that repeats in each event: it is made once.</summary>
    protected static string? ReadRepeated(ref Utf8JsonReader json, string? known)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String) return known ?? (json.ValueSpan.IsEmpty ? null : json.GetString());
        json.Skip();
        return known;
    }

    /// <summary>As <see cref="ReadText"/>, for a value that repeats and may change: it is made once for each change. What is no text changes nothing.</summary>
    protected static string? ReadLast(ref Utf8JsonReader json, string? known)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String) return known is not null && json.ValueTextEquals(known) ? known : json.GetString();
        json.Skip();
        return known;
    }

    /// <summary>Reads the usage that the reader stands on over what was reported before. Most chunks have none and cost nothing here.</summary>
    protected void ReadUsage(ref Utf8JsonReader json, UsageFlavor flavor)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }

        using var usage = JsonDocument.ParseValue(ref json);
        if (UsagePayload.Read(flavor, usage.RootElement) is not { } reported) return;
        Usage = Usage?.Then(reported) ?? reported;
        ReadTier(usage.RootElement);
    }

    /// <summary>Takes the tier from a usage that holds it.</summary>
    protected virtual void ReadTier(JsonElement usage)
    {
    }

    /// <summary>Steps to the next property of the object that the reader is in.</summary>
    /// <returns>False at the end of the object.</returns>
    protected static bool NextProperty(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    /// <summary>Steps into the object that is the value of the property that the reader stands on.</summary>
    /// <returns>False, behind the value, when it is no object.</returns>
    protected static bool EnterObject(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.StartObject) return true;
        json.Skip();
        return false;
    }
}
