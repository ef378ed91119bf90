using System.Text.Json;
using System.Text.RegularExpressions;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Contracts;

/// <summary>Recognises an answer that is really an error report of a provider or a proxy.</summary>
/// <remarks>
/// The word "error" alone says nothing: right answers about errors hold it too. So do pages that a prompt asked for, such as one for a
/// missing address; a page counts only by the title that a proxy gives to a failure of its own or of the server behind it.
/// </remarks>
public static partial class ErrorShape
{
    public static bool IsProviderError(string answer)
    {
        var text = answer.AsSpan().Trim();
        if (text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
        {
            return ProxyTitle().IsMatch(text);
        }

        if (!text.StartsWith("{") || !text.EndsWith("}") || !text.Contains("\"error\"", StringComparison.Ordinal)) return false;
        if (SurrogatePairs.IndexOfHalf(text) >= 0) return false;
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

    [GeneratedRegex(
        @"<title>[^<]*\b(bad gateway|gateway time-?out|service (temporarily )?unavailable|internal server error|403 forbidden|429 too many requests)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ProxyTitle();
}
