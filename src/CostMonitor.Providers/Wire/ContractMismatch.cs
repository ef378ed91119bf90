using CostMonitor.Providers.Configuration;

namespace CostMonitor.Providers.Wire;

/// <summary>Finds in a refusal the parameter that the model does not take, and the entry of models.json that would not have sent it.</summary>
internal static class ContractMismatch
{
    private static readonly string[] Refusals =
    [
        "unsupported", "not supported", "does not support", "doesn't support", "unrecognized", "unknown parameter", "not permitted",
        "not allowed", "cannot both be specified", "deprecated for this model", "extra inputs", "extra_forbidden",
    ];

    /// <returns>What to change, as a message; null when the refusal is about something else.</returns>
    public static string? Explain(ModelEntry entry, ProviderError error)
    {
        var words = $"{error.Code} {error.Message}";
        if (!Refusals.Any(refusal => words.Contains(refusal, StringComparison.OrdinalIgnoreCase) || words.Contains(refusal.Replace(' ', '_'), StringComparison.OrdinalIgnoreCase))) return null;
        foreach (var (parameter, capability, value) in Sent(entry.Capabilities))
        {
            if (!Names(error, parameter)) continue;
            return $"{entry.Model} refused '{parameter}': set capabilities.{entry.Capabilities.Name}.{capability} to {value} in models.json.";
        }

        return null;
    }

    private static IEnumerable<(string Parameter, string Capability, string Value)> Sent(Capabilities capabilities)
    {
        // The refused one of the two stands first: a message names the one to use as well.
        yield return capabilities.MaxTokensParameter == Capabilities.MaxTokens
            ? (Capabilities.MaxTokens, "maxTokensParameter", Capabilities.MaxCompletionTokens)
            : (Capabilities.MaxCompletionTokens, "maxTokensParameter", Capabilities.MaxTokens);
        if (capabilities.Temperature) yield return ("temperature", "temperature", "false");
        if (capabilities.TopP) yield return ("top_p", "topP", "false");
        if (capabilities.Seed) yield return ("seed", "seed", "false");
        if (capabilities.JsonMode) yield return ("response_format", "jsonMode", "false");
        if (capabilities.UsageInStream) yield return ("stream_options", "usageInStream", "false");
        if (capabilities.ServiceTier) yield return ("service_tier", "serviceTier", "false");
        yield return capabilities.SystemRole == Capabilities.System
            ? (Capabilities.System, "systemRole", Capabilities.Developer)
            : (Capabilities.Developer, "systemRole", Capabilities.System);
    }

    private static bool Names(ProviderError error, string parameter)
    {
        if (error.Parameter is { } named && !named.EndsWith(".role", StringComparison.Ordinal)) return named == parameter || IsWordOf(named, parameter);
        return error.Message is { } message && IsQuotedIn(message, parameter);
    }

    private static bool IsQuotedIn(string message, string parameter) =>
        parameter is Capabilities.System or Capabilities.Developer or "seed"
            ? message.Contains($"'{parameter}'", StringComparison.Ordinal) || message.Contains($"`{parameter}`", StringComparison.Ordinal)
            : IsWordOf(message, parameter);

    private static bool IsWordOf(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.Ordinal); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            var end = at + word.Length;
            if ((at == 0 || !IsNamePart(text[at - 1])) && (end == text.Length || !IsNamePart(text[end]))) return true;
        }

        return false;
    }

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
