using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CostMonitor.Storage.Queues;

namespace CostMonitor.Cli.StandIn;

/// <summary>The bodies that the host sends for timer and queue triggers, to the byte.</summary>
internal static class InvocationPayload
{
    /// <summary>A queue invocation: the text is a JSON string inside a JSON string.</summary>
    /// <param name="function">The function that is invoked.</param>
    /// <param name="message">The message; its text is decoded already.</param>
    /// <param name="now">For <c>sys.UtcNow</c>.</param>
    /// <param name="randGuid">For <c>sys.RandGuid</c>.</param>
    public static byte[] Of(FunctionDefinition.Queue function, QueueMessage message, DateTimeOffset now, Guid randGuid) =>
        Write(function, Encoded(message.Text), Metadata(message), now, randGuid);

    /// <summary>A timer invocation.</summary>
    /// <param name="function">The function that is invoked.</param>
    /// <param name="status">Null where the timer is not monitored.</param>
    /// <param name="isPastDue">Whether this run makes up for one that was missed.</param>
    /// <param name="now">For <c>sys.UtcNow</c>.</param>
    /// <param name="randGuid">For <c>sys.RandGuid</c>.</param>
    public static byte[] Of(
        FunctionDefinition.Timer function, ScheduleStatus? status, bool isPastDue, DateTimeOffset now, Guid randGuid)
    {
        var statusJson = status is null
            ? "null"
            : $$"""{"Last":"{{NewtonsoftText.Local(status.Last)}}","Next":"{{NewtonsoftText.Local(status.Next)}}","LastUpdated":"{{NewtonsoftText.Local(status.LastUpdated)}}"}""";
        var adjusts = function.Schedule.AdjustsForDaylightSaving ? "true" : "false";
        var timer = $$"""{"Schedule":{"AdjustForDST":{{adjusts}}},"ScheduleStatus":{{statusJson}},"IsPastDue":{{(isPastDue ? "true" : "false")}}}""";
        return Write(function, timer, [], now, randGuid);
    }

    private static byte[] Write(
        FunctionDefinition function, string data, OrderedDictionary<string, string> metadata, DateTimeOffset now, Guid randGuid)
    {
        // User data wins over the host's: the host moves its own "sys" to "$sys" then (webjobs SystemBindingData.cs).
        metadata[metadata.ContainsKey("sys") ? "$sys" : "sys"] =
            $$"""{"MethodName":{{NewtonsoftText.Quote(function.Name)}},"UtcNow":"{{NewtonsoftText.Utc(now)}}","RandGuid":"{{randGuid}}"}""";
        var body = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(body);
        writer.WriteStartObject();
        writer.WriteStartObject("Data");
        WriteMember(writer, function.Binding, data);
        writer.WriteEndObject();
        writer.WriteStartObject("Metadata");
        foreach (var (name, value) in metadata) WriteMember(writer, name, value);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return body.WrittenSpan.ToArray();
    }

    private static void WriteMember(Utf8JsonWriter writer, string name, string json)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(json);
    }

    private static OrderedDictionary<string, string> Metadata(QueueMessage message)
    {
        var metadata = new OrderedDictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["DequeueCount"] = NewtonsoftText.Quote(message.DequeueCount.ToString(CultureInfo.InvariantCulture)),
            ["ExpirationTime"] = Seconds(message.ExpirationTime),
            ["Id"] = Encoded(message.MessageId),
            ["InsertionTime"] = Seconds(message.InsertionTime),
            ["NextVisibleTime"] = Seconds(message.NextVisibleTime),
            ["PopReceipt"] = Encoded(message.PopReceipt),
        };
        foreach (var (name, value) in TopLevel(message.Text))
        {
            if (value is null or JsonArray || name.EndsWith("trigger", StringComparison.OrdinalIgnoreCase)) continue;
            metadata[name] = value is JsonObject ? value.ToJsonString(Relaxed) : Encoded(AsString(value));
        }
        return metadata;
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> TopLevel(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonObject message ? [.. message] : [];
        }
        catch (JsonException)
        {
            return []; // a message need not be JSON
        }
        catch (ArgumentException)
        {
            return []; // a name stands twice: the host gives up on such a message's properties too
        }
    }

    // Newtonsoft's (string)JToken: True for true. It also re-formats ISO dates, which is left out: no reader may rely on it.
    private static string AsString(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.True => bool.TrueString,
        JsonValueKind.False => bool.FalseString,
        _ => value.ToString(),
    };

    private static string Encoded(string text) => NewtonsoftText.Quote(NewtonsoftText.Quote(text));

    // The host parses these again from their text, which has no fraction of a second.
    private static string Seconds(DateTimeOffset instant) =>
        NewtonsoftText.Quote(NewtonsoftText.Local(instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerSecond))));

    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = System.Text.Json.Serialization.Metadata.JsonTypeInfoResolver.Combine(),
    };
}
