using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CostMonitor.Core.Plans;

namespace CostMonitor.Providers.Simulated;

/// <summary>Makes up the tokens of an answer.</summary>
internal static partial class SimulatedAnswer
{
    private static readonly string[] Words =
    [
        "the", "request", "was", "read", "and", "answered", "within", "its", "limits", "because", "each", "team", "keeps", "a", "budget",
        "for", "models", "that", "cost", "money", "so", "a", "short", "clear", "summary", "helps", "people", "decide", "what", "comes", "next",
    ];

    /// <summary>Whole words, each with the space before it, to the given number of tokens.</summary>
    public static List<string> Text(SimulatedContent content, string prompt, int tokens, SeededRandom random)
    {
        var opening = content == SimulatedContent.Echo ? Split(prompt) : Quoted(prompt);
        var answer = new List<string>(tokens);
        var at = content == SimulatedContent.Echo ? 0 : random.NextBelow(Words.Length);
        while (answer.Count < tokens)
        {
            var word = content == SimulatedContent.Echo && opening.Count > 0 ? opening[answer.Count % opening.Count]
                : answer.Count < opening.Count ? opening[answer.Count]
                : Words[at++ % Words.Length];
            answer.Add(answer.Count == 0 ? word : " " + word);
        }

        return answer;
    }

    /// <summary>A JSON object with the names that the prompt puts in quotes, cut into tokens of a few characters.</summary>
    public static List<string> Json(string prompt, bool isCut, SeededRandom random)
    {
        var names = Quoted(prompt).Where(static q => Name().IsMatch(q)).Distinct(StringComparer.Ordinal).ToList();
        if (names.Count == 0) names = ["answer", "confidence"];
        var json = Object(names, random);
        if (isCut) json = json[..(json.Length / 2)];
        const int perToken = 4;
        return [.. Enumerable.Range(0, (json.Length + perToken - 1) / perToken).Select(i => json[(i * perToken)..Math.Min(json.Length, (i + 1) * perToken)])];
    }

    public static List<string> Reasoning(int tokens, SeededRandom random) =>
        [.. Enumerable.Range(0, tokens).Select(i => (i == 0 ? "" : " ") + Words[random.NextBelow(Words.Length)])];

    private static string Object(List<string> names, SeededRandom random)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var name in names)
            {
                if (name is "confidence" or "score") json.WriteNumber(name, random.NextBelow(101) / 100m);
                else json.WriteString(name, $"{Words[random.NextBelow(Words.Length)]} {Words[random.NextBelow(Words.Length)]}");
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static List<string> Split(string prompt) => [.. prompt.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];

    private static List<string> Quoted(string prompt) => [.. Quotes().Matches(prompt).Select(static m => m.Groups[1].Value)];

    [GeneratedRegex("[\"'`“]([^\"'`“”\\s]{1,40})[\"'`”]")]
    private static partial Regex Quotes();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex Name();
}
