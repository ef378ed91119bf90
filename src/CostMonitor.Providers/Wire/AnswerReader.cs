using System.Text.Json;
using Microsoft.Extensions.AI;

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

    /// <summary>As reported, cached tokens and the like as parts of the totals; null when nothing is reported.</summary>
    public UsageDetails? Usage { get; protected set; }

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

    /// <summary>The whole number that the reader stands on; null for any other value.</summary>
    protected static long? ReadCount(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Number) return json.TryGetInt64(out var count) ? count : -1; // not whole: not to be trusted
        json.Skip();
        return null;
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
