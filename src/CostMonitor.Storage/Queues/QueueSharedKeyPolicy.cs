using System.Globalization;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace CostMonitor.Storage.Queues;

/// <summary>Signs each attempt anew with SharedKey: verb, the headers that are sent, the path and the parameters.</summary>
internal sealed class QueueSharedKeyPolicy(SharedKey key, TimeProvider time) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        var request = message.Request;
        request.Headers.SetValue("x-ms-date", time.GetUtcNow().ToString("r", CultureInfo.InvariantCulture));
        request.Headers.SetValue("Authorization", $"SharedKey {key.Account}:{key.Sign(StringToSign(request))}");
    }

    private string StringToSign(Request request)
    {
        var length = request.Content is { } content && content.TryComputeLength(out var bytes) && bytes > 0
            ? bytes.ToString(CultureInfo.InvariantCulture)
            : ""; // not 0
        request.Headers.TryGetValue("Content-Type", out var contentType);
        // The empty lines are headers that are never sent: encoding, language; MD5; Date (x-ms-date instead), four conditions, Range.
        var text = new StringBuilder(512).Append($"{request.Method}\n\n\n{length}\n\n{contentType}\n\n\n\n\n\n\n");
        foreach (var header in request.Headers.Where(h => h.Name.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            .Select(h => (Name: h.Name.ToLowerInvariant(), h.Value)).OrderBy(h => h.Name, StringComparer.Ordinal))
            text.Append($"{header.Name}:{header.Value}\n");
        var address = request.Uri.ToUri();
        text.Append($"/{key.Account}{address.AbsolutePath}");
        foreach (var (name, value) in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(Parameter).OrderBy(p => p.Name, StringComparer.Ordinal))
            text.Append($"\n{name}:{value}");
        return text.ToString();
    }

    private static (string Name, string Value) Parameter(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return (text[..equals].ToLowerInvariant(), Uri.UnescapeDataString(text[(equals + 1)..]));
    }
}
