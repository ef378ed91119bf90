using System.Text.Json;

namespace CostMonitor.Functions.Host;

/// <summary>A queue message as the Functions host hands it over.</summary>
/// <param name="Text">The message's text.</param>
/// <param name="MessageId">The queue's id of it.</param>
internal sealed record QueueTrigger(string Text, string MessageId)
{
    /// <summary>Reads <c>{"Data":{name: text},"Metadata":{...}}</c>.</summary>
    /// <remarks>
    /// The host writes a text as JSON inside a JSON string; an object or a plain text is taken too, as other hosts and hands write it.
    /// Metadata is overwritten by properties of the message with the same names, so nothing but the id is read from there.
    /// </remarks>
    /// <exception cref="TriggerException">The body is no such payload.</exception>
    public static async Task<QueueTrigger> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = await TriggerBody.ReadAsync(request, cancellationToken);
        var text = TriggerBody.Data(body) switch
        {
            { ValueKind: JsonValueKind.String } data => Unquoted(data.GetString() ?? ""),
            var data => data.GetRawText(),
        };
        var id = TriggerBody.Metadata(body, "Id") is { ValueKind: JsonValueKind.String } value ? Unquoted(value.GetString() ?? "") : "";
        return new QueueTrigger(text, id);
    }

    private static string Unquoted(string text)
    {
        if (text is not ['"', .., '"']) return text;
        try
        {
            using var inner = JsonDocument.Parse(text);
            return inner.RootElement.GetString() ?? text;
        }
        catch (JsonException)
        {
            return text; // a plain text that happens to stand in quotes
        }
    }
}
