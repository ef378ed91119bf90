using System.Text;
using System.Text.Json;
using CostMonitor.Core.Alerts;

namespace CostMonitor.Functions.AlertQueue.Sinks;

/// <summary>A channel of Teams, through a workflow that posts what its webhook gets: a message with an Adaptive Card.</summary>
internal sealed class TeamsSink(string name, AlertSeverity leastSeverity, Uri address, SinkHttp http) : IAlertSink
{
    private const int MostText = 4000;
    private const int MostFacts = 30;

    public string Name => name;

    public AlertSeverity LeastSeverity => leastSeverity;

    public Task<SinkAnswer> SendAsync(SinkNotice notice, CancellationToken cancellationToken) =>
        http.SendAsync(SinkJson.Post(address, SinkJson.Bytes(json => Write(json, notice))), cancellationToken);

    public static void Write(Utf8JsonWriter json, SinkNotice notice)
    {
        json.WriteStartObject();
        json.WriteString("type", "message");
        json.WriteStartArray("attachments");
        json.WriteStartObject();
        json.WriteString("contentType", "application/vnd.microsoft.card.adaptive");
        json.WriteNull("contentUrl");
        json.WriteStartObject("content");
        json.WriteString("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
        json.WriteString("type", "AdaptiveCard");
        json.WriteString("version", "1.4");
        json.WriteStartArray("body");
        WriteBlock(json, NoticeText.Title(notice), size: "Large", weight: "Bolder", color: Color(notice));
        if (notice.Alert.Text.Length > 0) WriteBlock(json, NoticeText.Clipped(notice.Alert.Text, MostText));
        if (notice.Alert.Facts.Count > 0) WriteFacts(json, notice.Alert.Facts);
        WriteBlock(json, NoticeText.Footer(notice), size: "Small", isSubtle: true);
        json.WriteEndArray();
        if (notice.Link is { } link)
        {
            json.WriteStartArray("actions");
            json.WriteStartObject();
            json.WriteString("type", "Action.OpenUrl");
            json.WriteString("title", "Open the dashboard");
            json.WriteString("url", link.AbsoluteUri);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteBlock(Utf8JsonWriter json, string text, string? size = null, string? weight = null, string? color = null, bool isSubtle = false)
    {
        json.WriteStartObject();
        json.WriteString("type", "TextBlock");
        json.WriteString("text", Escaped(text));
        if (size is not null) json.WriteString("size", size);
        if (weight is not null) json.WriteString("weight", weight);
        if (color is not null) json.WriteString("color", color);
        if (isSubtle) json.WriteBoolean("isSubtle", true);
        json.WriteBoolean("wrap", true);
        json.WriteEndObject();
    }

    private static void WriteFacts(Utf8JsonWriter json, IReadOnlyList<AlertFact> facts)
    {
        json.WriteStartObject();
        json.WriteString("type", "FactSet");
        json.WriteStartArray("facts");
        foreach (var (name, value) in facts.Take(MostFacts))
        {
            json.WriteStartObject();
            json.WriteString("title", Escaped(name));
            json.WriteString("value", Escaped(value));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Color(SinkNotice notice) => notice switch
    {
        { Kind: AlertNotice.Recovered } => "Good",
        { Severity: AlertSeverity.Info } => "Accent",
        { Severity: AlertSeverity.Warning } => "Warning",
        _ => "Attention",
    };

    /// <summary>Cards read a part of Markdown: what would be emphasis, a link, code or the mark of a list is taken literally.</summary>
    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        for (var i = 0; i < text.Length; i++)
        {
            var isLineStart = i == 0 || text[i - 1] == '\n';
            if (text[i] is '\\' or '`' or '*' or '_' or '[' or ']' or '~' || (isLineStart && text[i] is ('#' or '-' or '+' or '>'))) escaped.Append('\\');
            escaped.Append(text[i]);
        }

        return escaped.ToString();
    }
}
