using System.Globalization;
using System.Text.Json;

namespace CostMonitor.Core.Input;

/// <summary>A place in a JSON input that reads typed values and notes what is wrong with them, with the JSON path.</summary>
/// <remarks>A reader that meets a fault gets a valid stand-in value and goes on, so that all faults are found in one pass.</remarks>
public readonly struct InputNode(JsonElement element, string file, string path, InputFaults faults)
{
    public JsonElement Element { get; } = element;

    public string File { get; } = file;

    public string Path { get; } = path;

    public bool IsObject => Element.ValueKind == JsonValueKind.Object;

    public bool IsString => Element.ValueKind == JsonValueKind.String;

    public void Fault(string problem) => faults.Add(File, Path, problem);

    /// <summary>The same place with faults of its own, so that its reader can tell whether there were any; <see cref="AddFaults"/> adds them here.</summary>
    public (InputNode Node, InputFaults Faults) Apart()
    {
        var own = new InputFaults();
        return (new InputNode(Element, File, Path, own), own);
    }

    public void AddFaults(InputFaults found) => faults.AddRange(found.Faults);

    /// <summary>Notes every property whose name is not in <paramref name="known"/>: a misspelt name must not be ignored.</summary>
    public void AllowOnly(params ReadOnlySpan<string> known)
    {
        if (!ExpectObject()) return;
        foreach (var property in Element.EnumerateObject())
        {
            if (known.Contains(property.Name)) continue;
            Child(property.Name, property.Value).Fault($"Unknown property; expected one of {string.Join(", ", known.ToArray())}.");
        }
    }

    public InputNode? Property(string name) =>
        IsObject && Element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? Child(name, value) : null;

    /// <summary>The property, which must be there; null after noting that it is not.</summary>
    public InputNode? Required(string name, string expected)
    {
        if (!ExpectObject()) return null;
        var node = Property(name);
        if (node is null) Fault($"'{name}' is missing; expected {expected}.");
        return node;
    }

    public string RequiredText(string name, string expected) => Required(name, expected)?.Text(expected) ?? "";

    public string? OptionalText(string name, string expected) => Property(name)?.Text(expected);

    public bool Flag(string name, bool otherwise)
    {
        if (Property(name) is not { } node) return otherwise;
        if (node.Element.ValueKind is JsonValueKind.True or JsonValueKind.False) return node.Element.GetBoolean();
        node.Fault($"Expected true or false, got {node.Shown()}.");
        return otherwise;
    }

    public long? OptionalInteger(string name, long least, long most)
    {
        if (Property(name) is not { } node) return null;
        if (node.Element.ValueKind == JsonValueKind.Number && node.Element.TryGetInt64(out var value) && value >= least && value <= most)
        {
            return value;
        }

        node.Fault(string.Create(CultureInfo.InvariantCulture, $"Expected a whole number from {least} to {most}, got {node.Shown()}."));
        return null;
    }

    public double? OptionalNumber(string name, double least, double most)
    {
        if (Property(name) is not { } node) return null;
        if (node.Element.ValueKind == JsonValueKind.Number && node.Element.TryGetDouble(out var value) && value >= least && value <= most)
        {
            return value;
        }

        node.Fault(string.Create(CultureInfo.InvariantCulture, $"Expected a number from {least} to {most}, got {node.Shown()}."));
        return null;
    }

    public decimal? OptionalDecimal(string name, decimal least, decimal most) => Property(name)?.Amount(least, most);

    /// <summary>The decimal that this is; null after noting that it is none within the bounds.</summary>
    public decimal? Amount(decimal least, decimal most)
    {
        if (Element.ValueKind == JsonValueKind.Number && Element.TryGetDecimal(out var value) && value >= least && value <= most) return value;
        Fault(string.Create(CultureInfo.InvariantCulture, $"Expected a decimal from {least} to {most}, got {Shown()}."));
        return null;
    }

    /// <summary>One of an enumeration's names.</summary>
    public T OptionalName<T>(string name, T otherwise)
        where T : struct, Enum
    {
        if (Property(name) is not { } node) return otherwise;
        if (node.IsString && EnumNames.TryParse(node.Element.GetString(), out T value)) return value;
        node.Fault($"Expected one of {EnumNames.All<T>()}, got {node.Shown()}.");
        return otherwise;
    }

    public DateOnly? RequiredDate(string name) => Required(name, "a day as yyyy-MM-dd") is null ? null : OptionalDate(name);

    public DateOnly? OptionalDate(string name)
    {
        if (Property(name) is not { } node) return null;
        if (node.IsString && DateOnly.TryParseExact(node.Element.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        node.Fault($"Expected a day as yyyy-MM-dd, got {node.Shown()}.");
        return null;
    }

    /// <summary>The properties of an object, those that are null left out; none after noting that it is not one.</summary>
    public IEnumerable<(string Name, InputNode Node)> Members()
    {
        if (!ExpectObject()) yield break;
        foreach (var property in Element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Null) yield return (property.Name, Child(property.Name, property.Value));
        }
    }

    /// <summary>The elements of an array; none after noting that it is not one.</summary>
    public IEnumerable<InputNode> Items(string expected)
    {
        if (Element.ValueKind != JsonValueKind.Array)
        {
            Fault($"Expected {expected}, got {Shown()}.");
            yield break;
        }

        var index = 0;
        foreach (var item in Element.EnumerateArray())
        {
            yield return new InputNode(item, File, string.Create(CultureInfo.InvariantCulture, $"{Path}[{index++}]"), faults);
        }
    }

    /// <summary>A text that is not blank; "" after noting that it is not one.</summary>
    public string Text(string expected)
    {
        if (IsString && Element.GetString() is { } text && !string.IsNullOrWhiteSpace(text)) return text;
        Fault($"Expected {expected}, got {Shown()}.");
        return "";
    }

    /// <summary>The value as a fault shows it: shortened, so that a message never repeats a whole input.</summary>
    public string Shown()
    {
        var raw = Element.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            _ => Element.GetRawText(),
        };
        return raw.Length <= 60 ? raw : raw[..60] + "...";
    }

    private bool ExpectObject()
    {
        if (IsObject) return true;
        Fault($"Expected an object, got {Shown()}.");
        return false;
    }

    internal InputNode Child(string name, JsonElement value) => new(value, File, $"{Path}.{name}", faults);
}
