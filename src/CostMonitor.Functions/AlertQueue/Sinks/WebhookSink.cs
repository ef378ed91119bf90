using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CostMonitor.Core.Alerts;
using CostMonitor.Core.Input;

namespace CostMonitor.Functions.AlertQueue.Sinks;

/// <summary>Anybody's webhook: JSON, signed if a secret is set.</summary>
internal sealed class WebhookSink(string name, AlertSeverity leastSeverity, Uri address, string? secret, SinkHttp http, TimeProvider time) : IAlertSink
{
    public const string TimestampHeader = "X-CostMonitor-Timestamp";
    public const string SignatureHeader = "X-CostMonitor-Signature";

    public string Name => name;

    public AlertSeverity LeastSeverity => leastSeverity;

    public Task<SinkAnswer> SendAsync(SinkNotice notice, CancellationToken cancellationToken)
    {
        var body = SinkJson.Bytes(json => Write(json, notice));
        var request = SinkJson.Post(address, body);
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", KeyOf(notice));
        request.Headers.Add(TimestampHeader, timestamp);
        if (secret is not null) request.Headers.Add(SignatureHeader, Signature(secret, timestamp, body));
        return http.SendAsync(request, cancellationToken);
    }

    /// <summary><c>sha256=</c> and the hex digits of HMAC-SHA-256 over the timestamp, a dot and the body: an old request with a new timestamp does not fit.</summary>
    public static string Signature(string secret, string timestamp, byte[] body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{timestamp}."), .. body];
        return $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }

    public static void Write(Utf8JsonWriter json, SinkNotice notice)
    {
        json.WriteStartObject();
        json.WriteString("id", notice.Id);
        json.WriteString("notice", EnumNames.Of(notice.Kind));
        AlertJson.WriteFields(json, notice.Alert with { Severity = notice.Severity });
        if (notice.Link is { } link) json.WriteString("link", link.AbsoluteUri);
        json.WriteEndObject();
    }

    /// <summary>The notice's id, as a header can hold it: what is not ASCII in percent signs.</summary>
    private static string KeyOf(SinkNotice notice) => Ascii.IsValid(notice.Id) ? notice.Id : Uri.EscapeDataString(notice.Id);
}
