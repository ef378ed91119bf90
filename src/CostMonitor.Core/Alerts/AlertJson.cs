using System.Text;
using System.Text.Json;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Alerts;

/// <summary>Alerts as JSON: what the outbox keeps, and what the API shows of it.</summary>
public static class AlertJson
{
    /// <summary>An alert's JSON as <see cref="Read"/> takes it.</summary>
    public static string Text(Alert alert) => Text(json => Write(json, alert));

    public static void Write(Utf8JsonWriter json, Alert alert)
    {
        json.WriteStartObject();
        WriteFields(json, alert);
        json.WriteEndObject();
    }

    /// <exception cref="InputException">The text is no alert.</exception>
    public static Alert Read(string text) => InputFaults.ReadJson(text, "alert", root =>
    {
        var key = new AlertKey(root.RequiredText("scope", "a scope"), root.RequiredText("period", "a period"), root.RequiredText("rule", "a rule"));
        root.Required("severity", EnumNames.All<AlertSeverity>());
        return new Alert
        {
            Key = key,
            Severity = root.OptionalName("severity", AlertSeverity.Info),
            At = Instant(root, "at") ?? default,
            Title = Words(root, "title"),
            Text = Words(root, "text"),
            Facts = [.. (root.Property("facts")?.Items("a list of facts") ?? []).Select(f => new AlertFact(Words(f, "name"), Words(f, "value")))],
        };
    });

    /// <summary>What became of an alert's notices, as <see cref="ReadDeliveries"/> takes it.</summary>
    public static string Text(IReadOnlyList<AlertDelivery> deliveries) => Text(json => Write(json, deliveries));

    /// <exception cref="InputException">The text is no list of deliveries.</exception>
    public static IReadOnlyList<AlertDelivery> ReadDeliveries(string text) => InputFaults.ReadJson<IReadOnlyList<AlertDelivery>>(text, "deliveries", root =>
    [
        .. root.Items("a list of deliveries").Select(d => new AlertDelivery
        {
            Notice = d.OptionalName("notice", AlertNotice.Firing),
            Sink = d.RequiredText("sink", "a sink's name"),
            State = d.OptionalName("state", DeliveryState.Pending),
            Since = Instant(d, "since") ?? default,
            First = Instant(d, "first"),
            Due = Instant(d, "due"),
            By = d.Property("by") is null ? null : Words(d, "by"),
            Attempts = (int)(d.OptionalInteger("attempts", 0, int.MaxValue) ?? 0),
            Error = d.Property("error") is null ? null : Words(d, "error"),
        }),
    ]);

    /// <summary>An alert with all that is known of it, as the API shows it.</summary>
    public static void Write(Utf8JsonWriter json, KeptAlert kept)
    {
        json.WriteStartObject();
        json.WriteString("id", kept.Key.Id);
        json.WriteString("state", EnumNames.Of(kept.State));
        WriteFields(json, kept.Alert);
        if (kept.Recovery is { } recovery)
        {
            json.WritePropertyName("recovery");
            Write(json, recovery);
        }

        if (kept.AcknowledgedBy is { } by)
        {
            json.WriteStartObject("acknowledged");
            json.WriteString("by", by);
            if (kept.AcknowledgedAt is { } at) json.WriteString("at", at);
            json.WriteEndObject();
        }

        json.WritePropertyName("deliveries");
        Write(json, kept.Deliveries);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, AlertSilence silence)
    {
        json.WriteStartObject();
        json.WriteString("id", silence.Id);
        if (silence.Scope is { } scope) json.WriteString("scope", scope);
        if (silence.Rule is { } rule) json.WriteString("rule", rule);
        json.WriteString("created", silence.Created);
        json.WriteString("until", silence.Until);
        json.WriteString("reason", silence.Reason);
        json.WriteEndObject();
    }

    /// <summary>The properties of an alert, into an object that the caller has begun.</summary>
    public static void WriteFields(Utf8JsonWriter json, Alert alert)
    {
        json.WriteString("scope", alert.Key.Scope);
        json.WriteString("period", alert.Key.Period);
        json.WriteString("rule", alert.Key.Rule);
        json.WriteString("severity", EnumNames.Of(alert.Severity));
        json.WriteString("at", alert.At);
        json.WriteString("title", alert.Title);
        json.WriteString("text", alert.Text);
        json.WriteStartArray("facts");
        foreach (var (name, value) in alert.Facts)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("value", value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<AlertDelivery> deliveries)
    {
        json.WriteStartArray();
        foreach (var delivery in deliveries)
        {
            json.WriteStartObject();
            json.WriteString("notice", EnumNames.Of(delivery.Notice));
            json.WriteString("sink", delivery.Sink);
            json.WriteString("state", EnumNames.Of(delivery.State));
            json.WriteString("since", delivery.Since);
            if (delivery.First is { } first) json.WriteString("first", first);
            if (delivery.Due is { } due) json.WriteString("due", due);
            if (delivery.By is { } by) json.WriteString("by", by);
            json.WriteNumber("attempts", delivery.Attempts);
            if (delivery.Error is { } error) json.WriteString("error", error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>A text that may be empty, as people's words may.</summary>
    private static string Words(InputNode node, string name)
    {
        if (node.Property(name) is not { } value) return "";
        if (value.IsString) return value.Element.GetString() ?? "";
        value.Fault($"Expected a text, got {value.Shown()}.");
        return "";
    }

    private static DateTimeOffset? Instant(InputNode node, string name)
    {
        if (node.Property(name) is not { } value) return null;
        if (value.IsString && value.Element.TryGetDateTimeOffset(out var instant)) return instant;
        value.Fault($"Expected a time as 2026-11-21T09:00:00Z, got {value.Shown()}.");
        return null;
    }

    private static string Text(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) write(json);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
