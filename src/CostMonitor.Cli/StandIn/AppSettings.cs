using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CostMonitor.Cli.StandIn;

/// <summary>The app's settings: what Azure calls application settings and local.settings.json calls <c>Values</c>.</summary>
internal static partial class AppSettings
{
    private static readonly string[] Files = ["local.settings.json", "local.settings.sample.json"];

    /// <summary>The <c>Values</c> of the folder's local.settings.json, or of the sample where it has none; empty without either.</summary>
    /// <exception cref="SettingsException">The file is no JSON, or a value is no string.</exception>
    public static IReadOnlyDictionary<string, string> Read(string folder)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var faults = new List<SettingsFault>();
        if (Files.FirstOrDefault(file => File.Exists(Path.Combine(folder, file))) is { } found)
        {
            foreach (var (key, value) in ReadObject(folder, found, faults)?["Values"] as JsonObject ?? [])
            {
                if (value is JsonValue text && text.TryGetValue(out string? setting)) values[key] = setting;
                else faults.Add(new(found, $"$.Values.{key}", $"expected a string; got {value?.ToJsonString() ?? "null"}"));
            }
        }
        return faults.Count == 0 ? values : throw new SettingsException(faults);
    }

    /// <summary>Replaces each <c>%Name%</c>; a name that no setting has is added to <paramref name="missing"/>.</summary>
    public static string Resolve(string text, IReadOnlyDictionary<string, string> settings, ICollection<string> missing) =>
        Placeholder().Replace(text, match =>
        {
            if (settings.TryGetValue(match.Groups[1].Value, out var value)) return value;
            missing.Add(match.Groups[1].Value);
            return "";
        });

    /// <summary>A settings file as a JSON object, or null after a fault was noted.</summary>
    public static JsonObject? ReadObject(string folder, string file, List<SettingsFault> faults)
    {
        try
        {
            var node = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, file)), documentOptions: Lenient);
            if (node is JsonObject found) return found;
            faults.Add(new(file, "$", "expected a JSON object"));
        }
        catch (FileNotFoundException)
        {
            faults.Add(new(file, "$", $"the file is missing in {folder}"));
        }
        catch (JsonException e)
        {
            faults.Add(new(file, e.Path ?? "$", $"not valid JSON: {e.Message}"));
        }
        return null;
    }

    // The host reads its files with Newtonsoft.Json, which takes comments and trailing commas.
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Placeholder();
}
