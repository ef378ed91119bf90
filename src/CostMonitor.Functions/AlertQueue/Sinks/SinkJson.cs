using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CostMonitor.Functions.AlertQueue.Sinks;

/// <summary>JSON bodies for sinks.</summary>
internal static class SinkJson
{
    // The bodies go nowhere near HTML, and people read them in logs of webhooks.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options)) write(json);
        return bytes.ToArray();
    }

    public static HttpRequestMessage Post(Uri address, byte[] body) => new(HttpMethod.Post, address)
    {
        Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" } } },
    };
}
