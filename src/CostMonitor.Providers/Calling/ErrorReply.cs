using System.Globalization;
using System.Text;
using System.Text.Json;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Configuration;

namespace CostMonitor.Providers.Calling;

/// <summary>Turns an answer that is no stream into the failure that it reports.</summary>
internal static class ErrorReply
{
    private const int MostBytes = 64 * 1024;
    private const int ShownText = 200;

    public static async Task<ProviderException> ReadAsync(HttpResponseMessage response, ModelEntry model, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var body = await ReadStartAsync(response, cancellationToken);
        if (TryReadError(body) is var (code, message, parameter))
        {
            var said = $"{model.Model} answered {status}: {Redacted(message, model)}";
            if (status == 400 && Mismatch(model, message, parameter) is { } hint) return new ProviderException(FailureStage.Contract, "unsupported_parameter", hint, status);
            return new ProviderException(FailureStage.Provider, code ?? Text($"http_{status}"), said, status);
        }

        var kind = response.Content.Headers.ContentType?.MediaType ?? "no content type";
        var shown = body.Length == 0 ? "an empty body" : $"{kind}: {Redacted(body.Length <= ShownText ? body : body[..ShownText], model)}";
        return response.IsSuccessStatusCode
            ? new ProviderException(FailureStage.Parse, body.Length == 0 ? "empty_body" : "not_a_stream", $"{model.Model} answered {status} with {shown}; expected text/event-stream.", status)
            : new ProviderException(FailureStage.Provider, Text($"http_{status}"), $"{model.Model} answered {status} with {shown}.", status);
    }

    /// <summary>The error of a chunk inside a stream that began well.</summary>
    public static ProviderException InStream(ModelEntry model, string code, string message) =>
        new(FailureStage.Stream, code, $"{model.Model} ended its stream with an error: {Redacted(message, model)}");

    private static async Task<string> ReadStartAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MostBytes];
        var read = await stream.ReadAtLeastAsync(buffer, MostBytes, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, read).Trim();
    }

    /// <summary>OpenAI's, Azure's and Anthropic's shape: <c>{"error":{"message","type","code","param"}}</c>.</summary>
    private static (string? Code, string Message, string? Parameter)? TryReadError(string body)
    {
        if (!body.StartsWith('{')) return null;
        try
        {
            var json = JsonElement.Parse(body);
            if (!json.TryGetProperty("error", out var error)) return null;
            if (error.ValueKind == JsonValueKind.String) return (null, error.GetString() ?? "", null);
            if (error.ValueKind != JsonValueKind.Object) return null;
            return (Member(error, "code") ?? Member(error, "type"), Member(error, "message") ?? "no message", Member(error, "param"));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Member(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.ToString() : null;

    /// <summary>Which capability of models.json makes us send what the model refuses; null if it refuses something else.</summary>
    private static string? Mismatch(ModelEntry model, string message, string? parameter)
    {
        string[] signs = ["unsupported", "not support", "unrecognized", "unknown parameter", "unexpected", "deprecated", "not permitted"];
        if (!signs.Any(s => message.Contains(s, StringComparison.OrdinalIgnoreCase))) return null;
        foreach (var (name, property, mend) in Parameters)
        {
            // max_completion_tokens is often named in the advice for max_tokens: what the message begins with is what was refused.
            var named = parameter == name || (parameter is null && FirstNamed(message) == name);
            if (named) return $"{model.Model} does not take '{name}': in models.json {mend} capabilities.{model.Capabilities.Name}.{property}.";
        }

        return null;
    }

    private static readonly (string Name, string Property, string Mend)[] Parameters =
    [
        ("max_tokens", "maxTokensParameter", "put \"max_completion_tokens\" for"),
        ("max_completion_tokens", "maxTokensParameter", "put \"max_tokens\" for"),
        ("temperature", "temperature", "put false for"),
        ("top_p", "topP", "put false for"),
        ("seed", "seed", "put false for"),
        ("response_format", "jsonMode", "put false for"),
        ("stream_options", "usageInStream", "put false for"),
        ("developer", "systemRole", "put \"system\" for"),
        ("system", "systemRole", "put \"developer\" for"),
    ];

    private static string? FirstNamed(string message) =>
        Parameters.Select(p => (p.Name, At: message.IndexOf($"'{p.Name}", StringComparison.Ordinal))).Where(p => p.At >= 0).OrderBy(p => p.At)
            .Select(p => p.Name).FirstOrDefault();

    private static string Redacted(string text, ModelEntry model) =>
        model.Key is { } key ? text.Replace(key.Reveal(), "***", StringComparison.Ordinal).ReplaceLineEndings(" ") : text.ReplaceLineEndings(" ");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
