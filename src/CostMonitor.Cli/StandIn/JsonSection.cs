using System.Globalization;
using System.Text.Json.Nodes;

namespace CostMonitor.Cli.StandIn;

/// <summary>
/// One object of a settings file. Each getter answers with the value, or with the default after it noted a fault, so that
/// one reading finds all faults. Names match without regard to case, as the host's configuration does.
/// </summary>
internal sealed class JsonSection(string file, string path, JsonObject? node, List<SettingsFault> faults)
{
    public JsonSection Section(string name) => Find(name) switch
    {
        null => new JsonSection(file, $"{path}.{name}", null, faults),
        JsonObject child => new JsonSection(file, $"{path}.{name}", child, faults),
        var other => new JsonSection(file, $"{path}.{name}", Fault<JsonObject>(name, "an object", other), faults),
    };

    public IReadOnlyList<JsonSection> Sections(string name)
    {
        if (Find(name) is not JsonArray items)
        {
            Fault(name, "an array of objects" + (Find(name) is { } other ? $"; got {other.ToJsonString()}" : "; it is missing"));
            return [];
        }
        return [.. items.Select((item, i) => new JsonSection(file, $"{path}.{name}[{i}]", item as JsonObject, faults))];
    }

    public string? Text(string name) => Find(name) switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? text) => text,
        var other => Fault<string>(name, "a string", other),
    };

    public string RequiredText(string name)
    {
        if (Text(name) is { Length: > 0 } text) return text;
        Fault(name, "a string is required");
        return "";
    }

    public IReadOnlyList<string> Texts(string name) => Find(name) switch
    {
        null => [],
        JsonArray items when items.All(item => item is JsonValue value && value.TryGetValue(out string? _)) =>
            [.. items.Select(item => item?.GetValue<string>() ?? "")],
        var other => Fault<string[]>(name, "an array of strings", other) ?? [],
    };

    public bool Flag(string name, bool byDefault) => Find(name) switch
    {
        null => byDefault,
        JsonValue value when value.TryGetValue(out bool flag) => flag,
        JsonValue value when value.TryGetValue(out string? text) && bool.TryParse(text, out var flag) => flag,
        var other => Fault(name, "true or false", other, byDefault),
    };

    public int Integer(string name, int least, int most, int byDefault)
    {
        if (Find(name) is not { } found) return byDefault;
        var parsed = int.TryParse(found.ToString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value);
        var range = most == int.MaxValue ? $"a whole number of at least {least}" : $"a whole number from {least} to {most}";
        return parsed && value >= least && value <= most ? value : Fault(name, range, found, byDefault);
    }

    public TimeSpan Duration(string name, TimeSpan least, TimeSpan byDefault)
    {
        if (Find(name) is not { } found) return byDefault;
        return TimeSpan.TryParse(found.ToString(), CultureInfo.InvariantCulture, out var value) && value >= least
            ? value
            : Fault(name, $"a time span hh:mm:ss of at least {least:c}", found, byDefault);
    }

    /// <summary>Notes a fault of the member <paramref name="name"/>, or of this object where the name is empty.</summary>
    public void Fault(string name, string problem) => faults.Add(new(file, name.Length == 0 ? path : $"{path}.{name}", problem));

    private JsonNode? Find(string name) =>
        node?.FirstOrDefault(member => member.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private T Fault<T>(string name, string wanted, JsonNode found, T answer)
    {
        Fault(name, $"expected {wanted}; got {found.ToJsonString()}");
        return answer;
    }

    private T? Fault<T>(string name, string wanted, JsonNode found)
        where T : class => Fault<T?>(name, wanted, found, null);
}
