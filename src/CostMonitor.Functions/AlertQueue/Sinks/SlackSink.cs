using System.Text.Json;
using CostMonitor.Core.Alerts;

namespace CostMonitor.Functions.AlertQueue.Sinks;

/// <summary>A channel of Slack, through an incoming webhook.</summary>
/// <remarks>The limits are those of Slack's blocks: a message beyond one of them is refused as a whole.</remarks>
internal sealed class SlackSink(string name, AlertSeverity leastSeverity, Uri address, SinkHttp http) : IAlertSink
{
    private const int MostHeader = 150;
    private const int MostText = 2900;
    private const int FieldsOfSection = 10;
    private const int MostFields = 3 * FieldsOfSection;
    private const int MostField = 1900;

    public string Name => name;

    public AlertSeverity LeastSeverity => leastSeverity;

    public Task<SinkAnswer> SendAsync(SinkNotice notice, CancellationToken cancellationToken) =>
        http.SendAsync(SinkJson.Post(address, SinkJson.Bytes(json => Write(json, notice))), cancellationToken);

    public static void Write(Utf8JsonWriter json, SinkNotice notice)
    {
        json.WriteStartObject();
        json.WriteString("text", Escaped(NoticeText.Title(notice), MostText)); // what a notification shows
        json.WriteStartArray("blocks");
        WriteBlock(json, "header", () => WriteText(json, "text", "plain_text", Escaped(NoticeText.Title(notice), MostHeader)));
        if (notice.Alert.Text.Length > 0) WriteBlock(json, "section", () => WriteText(json, "text", "mrkdwn", Escaped(notice.Alert.Text, MostText)));
        foreach (var facts in notice.Alert.Facts.Take(MostFields).Chunk(FieldsOfSection)) WriteBlock(json, "section", () => WriteFields(json, facts));
        WriteBlock(json, "context", () =>
        {
            json.WriteStartArray("elements");
            WriteText(json, null, "mrkdwn", Escaped(NoticeText.Footer(notice), MostText));
            json.WriteEndArray();
        });
        if (notice.Link is { } link) WriteBlock(json, "actions", () => WriteButton(json, link));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteBlock(Utf8JsonWriter json, string type, Action write)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        write();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string? property, string type, string text)
    {
        if (property is null) json.WriteStartObject();
        else json.WriteStartObject(property);
        json.WriteString("type", type);
        json.WriteString("text", text);
        if (type == "mrkdwn") json.WriteBoolean("verbatim", true); // names and addresses in it are no links
        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, AlertFact[] facts)
    {
        json.WriteStartArray("fields");
        foreach (var (name, value) in facts) WriteText(json, null, "mrkdwn", $"*{Escaped(name, 100)}*\n{Escaped(value, MostField)}");
        json.WriteEndArray();
    }

    private static void WriteButton(Utf8JsonWriter json, Uri link)
    {
        json.WriteStartArray("elements");
        json.WriteStartObject();
        json.WriteString("type", "button");
        WriteText(json, "text", "plain_text", "Open the dashboard");
        json.WriteString("url", link.AbsoluteUri);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>The three characters that Slack reads, as it asks for them; clipped so that no entity is cut.</summary>
    private static string Escaped(string text, int most)
    {
        for (var length = Math.Min(text.Length, most); ; length -= Math.Max(1, length / 10))
        {
            var escaped = NoticeText.Clipped(text, length).Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
            if (escaped.Length <= most) return escaped;
        }
    }
}
