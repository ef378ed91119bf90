using System.Text.Json;
using System.Xml;
using Azure;

namespace CostMonitor.Storage;

/// <summary>What a refusal says of itself. Bodies come as JSON, as XML (authorization, queues) or not at all.</summary>
internal readonly record struct StorageError(string? Code, string? Message)
{
    public static StorageError Parse(Response response)
    {
        var body = response.ContentStream is null ? default : response.Content.ToMemory();
        var error = FirstByte(body.Span) switch
        {
            (byte)'{' => FromJson(body),
            (byte)'<' => FromXml(body),
            _ => default,
        };
        return response.Headers.TryGetValue("x-ms-error-code", out var code) ? error with { Code = code } : error;
    }

    public static StorageError FromJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (!document.RootElement.TryGetProperty("odata.error", out var error)) return default;
            var code = error.TryGetProperty("code", out var c) ? c.GetString() : null;
            var message = error.TryGetProperty("message", out var m) && m.TryGetProperty("value", out var v) ? v.GetString() : null;
            return new StorageError(code, FirstLine(message));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // a proxy's own page, say: the status has to do
        {
            return default;
        }
    }

    private static StorageError FromXml(ReadOnlyMemory<byte> body)
    {
        string? code = null, message = null;
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(body.ToArray()));
            while (reader.Read())
            {
                if (reader.NodeType != XmlNodeType.Element) continue;
                if (code is null && reader.LocalName is "Code" or "code") code = ReadText(reader);
                else if (message is null && reader.LocalName is "Message" or "message") message = ReadText(reader);
            }
        }
        catch (XmlException) // an HTML page of a proxy: keep what was read before it broke
        {
        }
        return new StorageError(code, FirstLine(message));
    }

    private static string? ReadText(XmlReader reader) =>
        !reader.IsEmptyElement && reader.Read() && reader.NodeType == XmlNodeType.Text ? reader.Value : null;

    // The lines after the first repeat the request id and the time.
    private static string? FirstLine(string? message) => message?.Split('\n', 2)[0].TrimEnd('\r');

    private static byte FirstByte(ReadOnlySpan<byte> body)
    {
        var text = body.StartsWith("\uFEFF"u8) ? body[3..] : body;
        return text.IsEmpty ? (byte)0 : text[0];
    }
}
