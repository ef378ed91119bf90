using System.Text;

namespace CostMonitor.Core.Pricing.Import;

/// <summary>The names that this catalog gives to the providers of a source.</summary>
internal static class ProviderNames
{
    /// <summary>Ours where the provider is one of ours, or else the source's in lower case with dashes for all that is no letter or digit.</summary>
    public static string Of(string theirs)
    {
        var name = Clean(theirs);
        return name switch
        {
            "azure" or "azure-text" => "azure-openai",
            "gemini" => "google",
            "x-ai" => "xai",
            "text-completion-openai" => "openai",
            _ when name.StartsWith("vertex-ai", StringComparison.Ordinal) => "vertex",
            _ => name,
        };
    }

    public static string Clean(string text)
    {
        var name = new StringBuilder();
        foreach (var c in text.ToLowerInvariant())
        {
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)) name.Append(c);
            else if (name.Length > 0 && name[^1] != '-') name.Append('-');
        }

        return name.ToString().TrimEnd('-');
    }
}
