using System.Text.Json;

namespace CostMonitor.Providers.Wire;

/// <summary>A provider's account of what went wrong, from a body or an event.</summary>
/// <param name="Code">The provider's code, or else its type of error; null if it names none.</param>
/// <param name="Message">The provider's words; null if there are none.</param>
/// <param name="Parameter">The request's parameter that the provider objects to; null if it names none.</param>
internal sealed record ProviderError(string? Code, string? Message, string? Parameter)
{
    /// <summary>Reads the shapes in use: <c>{"error": {...}}</c>, <c>{"error": "text"}</c>, <c>{"message": ...}</c> and <c>{"detail": ...}</c>.</summary>
    /// <returns>Null when the text is not a JSON object.</returns>
    public static ProviderError? TryParse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ProviderError Read(JsonElement root)
    {
        if (!root.TryGetProperty("error", out var error)) return ReadFlat(root);
        return error.ValueKind switch
        {
            JsonValueKind.String => new ProviderError(Text(root, "code"), error.GetString(), null),
            JsonValueKind.Object => new ProviderError(
                Text(error, "code") ?? Text(error, "type"), Text(error, "message"), Text(error, "param")),
            _ => ReadFlat(root),
        };
    }

    private static ProviderError ReadFlat(JsonElement root) =>
        new(Text(root, "code") ?? Text(root, "type"), Text(root, "message") ?? Detail(root), Text(root, "param"));

    // FastAPI servers list their objections, each with the input that it objects to: only the words are taken, never that input.
    private static string? Detail(JsonElement root)
    {
        if (!root.TryGetProperty("detail", out var detail)) return null;
        if (detail.ValueKind == JsonValueKind.String) return detail.GetString();
        if (detail.ValueKind != JsonValueKind.Array) return null;
        return string.Join("; ", detail.EnumerateArray().Where(static d => d.ValueKind == JsonValueKind.Object).Select(Objection));
    }

    private static string Objection(JsonElement detail)
    {
        var place = detail.TryGetProperty("loc", out var loc) && loc.ValueKind == JsonValueKind.Array ? loc.EnumerateArray().LastOrDefault() : default;
        return place.ValueKind == JsonValueKind.String ? $"'{place.GetString()}': {Text(detail, "msg")}" : Text(detail, "msg") ?? "";
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString() is { Length: > 0 } text ? text : null,
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            }
            : null;
}
