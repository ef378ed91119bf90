using System.Text;
using System.Text.RegularExpressions;

namespace CostMonitor.Providers.Wire;

/// <summary>Makes a foreign text fit for a message: no keys, one line, short.</summary>
internal static partial class Redaction
{
    private const int MostCharacters = 500, Excerpt = 200;
    private const int ShortestPrompt = 8, LeastRun = 20; // a shorter run is a common phrase more often than a quotation
    private const string Hidden = "[prompt]";

    /// <param name="text">Words of a provider.</param>
    /// <param name="secret">The key of the call, if it has one; providers quote keys that they refuse.</param>
    public static string Clean(string text, string? secret) => Cut(Hide(text, secret), MostCharacters);

    /// <summary>The beginning of a body that is not in the provider's format.</summary>
    public static string ExcerptOf(string body, string? secret) => Cut(Hide(body, secret), Excerpt);

    /// <summary>Hides what a provider repeats of a prompt, whole or in part: it may have been cut, and its white space made one.</summary>
    public static string WithoutPrompt(string message, string prompt)
    {
        prompt = WhiteSpace().Replace(prompt, " ").Trim();
        if (prompt.Length is >= ShortestPrompt and < LeastRun) return message.Replace(prompt, Hidden, StringComparison.Ordinal);
        var kept = new StringBuilder(message.Length);
        for (var at = 0; at < message.Length;)
        {
            var run = RunOf(message, at, prompt);
            if (run == 0) kept.Append(message[at++]);
            else kept.Append(Hidden);
            at += run;
        }

        return kept.ToString();
    }

    /// <summary>How many characters from here on stand in the prompt as well; 0 for fewer than would tell anything of it.</summary>
    private static int RunOf(string message, int at, string prompt)
    {
        if (message.Length - at < LeastRun) return 0;
        var found = prompt.AsSpan().IndexOf(message.AsSpan(at, LeastRun));
        return found < 0 ? 0 : prompt.AsSpan(found).CommonPrefixLength(message.AsSpan(at));
    }

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
