using System.Buffers;
using System.Globalization;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Calling.Routing;

/// <summary>Judges from its form whether a question is worth the flagship. A rule of thumb: it reads signs, it does not understand.</summary>
/// <remarks>
/// Points are counted, and <see cref="Threshold"/> of them make a question hard:
/// <list type="bullet">
/// <item>length, since much to read is much to get wrong: 1 from 200 estimated tokens, 2 from 800, 3 from 3,000;</item>
/// <item>code or formulas, where a small slip spoils the answer: 2;</item>
/// <item>questions and list items, since each is a demand of its own: 1 from 3 of them, 2 from 6;</item>
/// <item>words that ask for reasoning (prove, compare, step by step ...; in English, German, French, Spanish and Chinese), also in the system
/// instruction: 2 for the first, 1 more for a second;</item>
/// <item>an answer bound to a schema, 1; tools to choose from, 1.</item>
/// </list>
/// One strong sign alone is easy: "Compare tea and coffee." is within a small model's reach. The length of a system instruction does not
/// count: it is the same for all questions of an app. A caller who knows better says so in <see cref="RouteWish.Difficulty"/>.
/// </remarks>
public static class DifficultyRule
{
    /// <summary>Points from which a question is hard.</summary>
    public const int Threshold = 3;

    private static readonly SearchValues<string> ReasoningWords = SearchValues.Create(
        [
            "prove", "proof", "derive", "compare", "comparison", "analyse", "analyze", "analysis", "evaluate", "trade-off", "trade-offs", "tradeoffs", "justify",
            "step by step", "step-by-step", "explain why", "why does", "why do", "why is", "root cause", "design", "optimise", "optimize", "refactor", "debug", "strategy",
            "beweise", "beweisen", "begründe", "vergleiche", "analysiere", "bewerte", "schritt für schritt", "erkläre warum", "erkläre, warum", "entwirf", "leite her",
            "prouve", "démontre", "justifie", "compare", "analysez", "évalue", "étape par étape", "explique pourquoi",
            "demuestra", "justifica", "compara", "analiza", "evalúa", "paso a paso", "explica por qué",
            "证明", "比较", "分析", "逐步", "推导", "为什么",
        ],
        StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> CodeAndFormulas = SearchValues.Create(
        ["```", "=>", "->", "();", ") {", "){", "</", "#include", "\\frac", "\\sum", "\\int", "$$", "==", "!=", "&&", "||", "def ", "SELECT ", "public class "],
        StringComparison.Ordinal);

    private static readonly SearchValues<char> FormulaSigns = SearchValues.Create("∫∑∏√∂∇∀∃∈⊂≤≥≠≈∞");

    /// <param name="system">The system instruction; null for none.</param>
    /// <param name="prompt">The question: of a chat, its last message of the user.</param>
    /// <param name="hasSchema">Whether the answer must keep to a JSON schema.</param>
    /// <param name="hasTools">Whether the model is given tools.</param>
    public static JudgedDifficulty Judge(string? system, string prompt, bool hasSchema = false, bool hasTools = false)
    {
        var tokens = TokenEstimator.Count(prompt);
        Span<(int Points, string Sign)> signs =
        [
            (tokens switch { >= 3000 => 3, >= 800 => 2, >= 200 => 1, _ => 0 }, string.Create(CultureInfo.InvariantCulture, $"{tokens} tokens")),
            (0, "code or formulas"),
            (0, "several demands"),
            (0, "asks for reasoning"),
            (hasSchema ? 1 : 0, "schema"),
            (hasTools ? 1 : 0, "tools"),
        ];
        if (tokens < 3000) // beyond it the question is hard whatever it says, and reading it all would cost time
        {
            signs[1].Points = HasCode(prompt) ? 2 : 0;
            signs[2].Points = Demands(prompt) switch { >= 6 => 2, >= 3 => 1, _ => 0 };
            signs[3].Points = (ReasoningIn(prompt) + ReasoningIn(system)) switch { 0 => 0, 1 => 2, _ => 3 };
        }

        return Judged(signs);
    }

    private static JudgedDifficulty Judged(ReadOnlySpan<(int Points, string Sign)> signs)
    {
        var (points, reason) = (0, "");
        foreach (var (each, sign) in signs)
        {
            if (each == 0) continue;
            reason = string.Create(CultureInfo.InvariantCulture, $"{reason}{(points == 0 ? ": " : ", ")}{sign} {each}");
            points += each;
        }

        var difficulty = points >= Threshold ? PromptDifficulty.Hard : PromptDifficulty.Easy;
        return new JudgedDifficulty(difficulty, points, string.Create(CultureInfo.InvariantCulture, $"{points} points{reason}"));
    }

    private static bool HasCode(ReadOnlySpan<char> text) => text.ContainsAny(FormulaSigns) || text.ContainsAny(CodeAndFormulas);

    // Questions by their marks in any script, and lines that begin as an item of a list does.
    private static int Demands(ReadOnlySpan<char> text)
    {
        var demands = text.Count('?') + text.Count('？') + text.Count('؟');
        foreach (var line in text.EnumerateLines())
        {
            if (IsItem(line.TrimStart())) demands++;
        }

        return demands;
    }

    private static bool IsItem(ReadOnlySpan<char> line)
    {
        if (line.Length > 2 && line[0] is '-' or '*' or '•') return line[1] == ' ';
        var digits = line.IndexOfAnyExceptInRange('0', '9');
        return digits is 1 or 2 && line[digits] is '.' or ')' && line.Length > digits + 1 && line[digits + 1] == ' ';
    }

    private static int ReasoningIn(ReadOnlySpan<char> text)
    {
        var (found, from) = (0, 0);
        while (found < 2 && text[from..].IndexOfAny(ReasoningWords) is var at and >= 0)
        {
            if (StandsAlone(text, from + at)) found++;
            from += at + 1;
        }

        return found;
    }

    // "prove" is not a part of "improve", nor "design" of "designer". Chinese has no spaces between its words.
    private static bool StandsAlone(ReadOnlySpan<char> text, int at)
    {
        if (text[at] >= '\u2E80') return true;
        if (at > 0 && char.IsLetter(text[at - 1])) return false;
        var end = at;
        while (end < text.Length && char.IsLetter(text[end])) end++;
        for (var length = end - at; length <= Math.Min(text.Length - at, LongestWord); length++)
        {
            if ((at + length == text.Length || !char.IsLetter(text[at + length])) && ReasoningWords.Contains(text.Slice(at, length).ToString())) return true;
        }

        return false;
    }

    private const int LongestWord = 20;
}
