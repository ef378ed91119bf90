using System.Text.Json;

namespace CostMonitor.Core.Contracts;

/// <summary>Recognises an answer that is really an error report of a provider or a proxy.</summary>
/// <remarks>The word "error" alone says nothing: right answers about errors hold it too.</remarks>
public static class ErrorShape
{
    public static bool IsProviderError(string answer)
    {
        var text = answer.AsSpan().Trim();
        if (text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
        {
            return text.Contains("<title>5", StringComparison.OrdinalIgnoreCase) || text.Contains("<title>4", StringComparison.OrdinalIgnoreCase)
                || text.Contains("gateway", StringComparison.OrdinalIgnoreCase);
        }

        if (!text.StartsWith("{") || !text.EndsWith("}") || !text.Contains("\"error\"", StringComparison.Ordinal)) return false;
        try
        {
            using var document = JsonDocument.Parse(answer);
            return document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                && error.TryGetProperty("message", out _) && (error.TryGetProperty("type", out _) || error.TryGetProperty("code", out _));
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
