using System.Text.RegularExpressions;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Pricing.Import;

/// <summary>One of the clauses by which genai-prices knows a model: a kind (<c>equals</c>, <c>starts_with</c> ...) and its text.</summary>
internal readonly partial record struct GenAiClause(string Kind, string Text)
{
    /// <summary>The clauses of a rule, of which any suffices.</summary>
    /// <param name="rule">The rule: <c>{"equals": "gpt-4o"}</c>, or <c>{"or": [...]}</c>.</param>
    public static IEnumerable<GenAiClause> Of(InputNode rule)
    {
        foreach (var (kind, value) in rule.Members())
        {
            if (kind == "or")
            {
                foreach (var clause in value.Items("an array of rules").SelectMany(Of)) yield return clause;
            }
            else
            {
                yield return new GenAiClause(kind, kind == "and" ? value.Shown() : value.Text("the text of a rule"));
            }
        }
    }

    /// <summary>The clause as a name or pattern of ours; null if none matches the same names.</summary>
    /// <remarks>A regular expression that ends with a version date becomes <c>{date}</c>, which knows other ways to write that date too.</remarks>
    public string? Name => Kind switch
    {
        "equals" => Text,
        "starts_with" => Text + "*",
        "ends_with" => "*" + Text,
        "contains" => $"*{Text}*",
        "regex" when DatedName().Match(Text) is { Success: true } dated => dated.Groups["name"].Value.Replace("\\", "", StringComparison.Ordinal) + "{date}",
        _ => null,
    };

    public bool IsPattern => Kind != "equals";

    /// <summary>True if every name that a name or pattern matches is matched by this clause, too.</summary>
    public bool Covers(string name) => Kind switch
    {
        "equals" => string.Equals(name, Text, StringComparison.OrdinalIgnoreCase),
        "starts_with" => name.StartsWith(Text, StringComparison.OrdinalIgnoreCase),
        "ends_with" => name.EndsWith(Text, StringComparison.OrdinalIgnoreCase),
        "contains" => name.Contains(Text, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    [GeneratedRegex(@"^\^(?<name>([A-Za-z0-9/_:-]|\\\.)+)(\\d\{4\}-\\d\{2\}-\\d\{2\}|\\d\{8\})\$$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex DatedName();
}
