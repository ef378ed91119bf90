using System.Globalization;
using System.Text;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Configuration;

namespace CostMonitor.Providers.Wire;

/// <summary>Turns an answer that is no stream of events into the failure that it means.</summary>
internal static class Refusal
{
    private const int MostBytes = 32 * 1024;

    public static async Task<ModelCallException> ReadAsync(
        ModelEntry entry, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var (body, brokeOff) = await ReadBodyAsync(response, cancellationToken);
        var error = ProviderError.TryParse(body);
        var status = (int)response.StatusCode;
        var retryAfter = RetryHint.Of(response.Headers);
        if (status is 400 or 422 && error is not null && ContractMismatch.Explain(entry, error) is { } mismatch)
        {
            return new ModelCallException(FailureStage.Contract, error.Code ?? "unsupported_parameter", mismatch) { HttpStatus = status };
        }

        if (status >= 400 || error is { Code: not null } or { Message: not null })
        {
            var code = error?.Code ?? (status == 429 ? "rate_limit" : string.Create(CultureInfo.InvariantCulture, $"http_{status}"));
            return new ModelCallException(FailureStage.Provider, Clean(code, entry), Message(entry, status, error, body))
            {
                HttpStatus = status,
                RetryAfter = retryAfter,
            };
        }

        var type = response.Content.Headers.ContentType?.MediaType ?? "no content type";
        var (kind, got) = (status, body.Length, error) switch
        {
            (>= 300, _, _) => ("redirect", "a redirect, which is not followed"),
            _ when brokeOff => ("broke_off", "a body that broke off"),
            (_, 0, _) => ("empty_body", "an empty body"),
            (_, _, not null) => ("not_streamed", "one JSON body instead of a stream of events"),
            _ when type.Contains("html", StringComparison.OrdinalIgnoreCase) => ("html", "an HTML page: " + Excerpt(entry, body)),
            _ when type.Contains("json", StringComparison.OrdinalIgnoreCase) => ("invalid_json", "invalid JSON: " + Excerpt(entry, body)),
            _ => ("content_type", $"{type} instead of text/event-stream: {Excerpt(entry, body)}"),
        };
        var stage = kind == "broke_off" ? FailureStage.Stream : FailureStage.Parse;
        return new ModelCallException(stage, kind, string.Create(CultureInfo.InvariantCulture, $"{entry.Model} answered {status} with {got}."))
        {
            HttpStatus = status,
        };
    }

    /// <summary>A failure that the provider reports inside a stream.</summary>
    /// <param name="afterTokens">True when a part of the answer had come.</param>
    public static ModelCallException InStream(ModelEntry entry, ProviderError error, bool afterTokens) =>
        new(
            afterTokens ? FailureStage.Stream : FailureStage.Provider,
            Clean(error.Code ?? "stream_error", entry),
            $"{entry.Model} reported an error in its stream: {Clean(error.Message ?? "no message", entry)}")
        {
            HttpStatus = 200,
        };

    private static async Task<(byte[] Body, bool BrokeOff)> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[MostBytes];
        var length = 0;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            while (length < buffer.Length && await stream.ReadAsync(buffer.AsMemory(length), cancellationToken) is > 0 and var read) length += read;
            return (buffer[..length], false);
        }
        catch (IOException)
        {
            return (buffer[..length], true);
        }
    }

    private static string Message(ModelEntry entry, int status, ProviderError? error, byte[] body)
    {
        var words = error?.Message is { } message ? Clean(message, entry)
            : error is not null ? "no message"
            : body.Length == 0 ? "an empty body"
            : Excerpt(entry, body);
        return string.Create(CultureInfo.InvariantCulture, $"{entry.Model} answered {status}: {words}");
    }

    private static string Clean(string text, ModelEntry entry) => Redaction.Clean(text, entry.Key?.Reveal());

    private static string Excerpt(ModelEntry entry, byte[] body) => Redaction.ExcerptOf(Encoding.UTF8.GetString(body), entry.Key?.Reveal());
}
