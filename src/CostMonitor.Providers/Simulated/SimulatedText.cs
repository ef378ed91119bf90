using System.Text.RegularExpressions;
using CostMonitor.Core.Plans;

namespace CostMonitor.Providers.Simulated;

/// <summary>What a simulated model writes, as a list of tokens.</summary>
internal static partial class SimulatedText
{
    private static readonly string[] Filler =
        ["measured ", "calls ", "cost ", "little ", "when ", "their ", "answers ", "stay ", "short ", "and ", "plain, ", "so ", "this ", "one ", "does. "];

    public static IReadOnlyList<string> Words(string prompt, SimulatedProfile profile, bool wantsJson, int count, SeededRandom random)
    {
        if (count <= 0) return [];
        if (wantsJson) return Json(prompt, random.NextDouble() < profile.InvalidJsonRate);
        var words = new List<string>(count);
        var own = prompt.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        // The prompt's words first: an answer that names what it was asked for.
        for (var i = 0; i < count; i++)
        {
            var isOwn = own.Length > 0 && (profile.Content == SimulatedContent.Echo || i < own.Length);
            words.Add(isOwn ? own[i % own.Length] + " " : Filler[random.NextBelow(Filler.Length)]);
        }

        return words;
    }

    /// <summary>An object with the names that the prompt gives in quotes or back-ticks, or one of our own.</summary>
    private static IReadOnlyList<string> Json(string prompt, bool isCut)
    {
        var names = QuotedName().Matches(prompt).Select(m => m.Groups[1].Value).Distinct().Take(20).DefaultIfEmpty("answer");
        var tokens = new List<string> { "{" };
        foreach (var name in names) tokens.AddRange([tokens.Count > 1 ? "," : "", $"\"{name}\"", ":", "\"simulated\""]);
        if (!isCut) tokens.Add("}");
        return [.. tokens.Where(t => t.Length > 0)];
    }

    [GeneratedRegex("[\"`]([A-Za-z_][A-Za-z0-9_]{0,40})[\"`]")]
    private static partial Regex QuotedName();
}
