using System.Text.RegularExpressions;

namespace CostMonitor.Providers.Wire;

/// <summary>Makes a foreign text fit for a message: no keys, one line, short.</summary>
internal static partial class Redaction
{
    private const int MostCharacters = 500, Excerpt = 200;

    /// <param name="text">Words of a provider.</param>
    /// <param name="secret">The key of the call, if it has one; providers quote keys that they refuse.</param>
    public static string Clean(string text, string? secret) => Cut(Hide(text, secret), MostCharacters);

    /// <summary>The beginning of a body that is not in the provider's format.</summary>
    public static string ExcerptOf(string body, string? secret) => Cut(Hide(body, secret), Excerpt);

    private static string Hide(string text, string? secret)
    {
        if (!string.IsNullOrEmpty(secret)) text = text.Replace(secret, "***", StringComparison.Ordinal);
        return WhiteSpace().Replace(KeyLike().Replace(text, "***"), " ").Trim();
    }

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most] + "...";

    [GeneratedRegex(@"\b(sk-|key-|Bearer\s+)[A-Za-z0-9_\-.*]{6,}|\beyJ[A-Za-z0-9_\-.]{20,}", RegexOptions.IgnoreCase)]
    private static partial Regex KeyLike();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
