using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Contracts;

/// <summary>The part of JSON Schema (2020-12) that prompt contracts use; a schema with any other keyword is refused, not half applied.</summary>
internal sealed class JsonSchema
{
    private static readonly string[] Keywords =
    [
        "type", "properties", "required", "additionalProperties", "items", "enum", "const", "minimum", "maximum",
        "minLength", "maxLength", "pattern", "minItems", "maxItems", "title", "description", "$schema",
    ];

    private static readonly string[] Types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    private readonly List<Func<JsonElement, string, string?>> _rules = [];

    private JsonSchema()
    {
    }

    /// <returns>The schema; null after a fault.</returns>
    public static JsonSchema? Parse(string text, Action<string> fault)
    {
        if (SurrogatePairs.IndexOfHalf(text) >= 0)
        {
            fault("Not valid JSON: a text holds half a surrogate pair.");
            return null;
        }

        try
        {
            var sound = true;
            var schema = Compile(JsonElement.Parse(text), "#", problem =>
            {
                sound = false;
                fault(problem);
            });
            return sound ? schema : null;
        }
        catch (JsonException e)
        {
            fault($"Not valid JSON: {e.Message}");
            return null;
        }
    }

    /// <returns>Where and how the value breaks the schema; null if it does not.</returns>
    public string? FirstViolation(JsonElement value) => FirstViolation(value, "$");

    private string? FirstViolation(JsonElement value, string path)
    {
        foreach (var rule in _rules)
        {
            if (rule(value, path) is { } violation) return violation;
        }

        return null;
    }

    private static JsonSchema Compile(JsonElement source, string at, Action<string> fault)
    {
        var schema = new JsonSchema();
        if (source.ValueKind != JsonValueKind.Object)
        {
            fault($"{at}: expected a schema object.");
            return schema;
        }

        foreach (var keyword in source.EnumerateObject())
        {
            if (!Keywords.Contains(keyword.Name)) fault($"{at}: the keyword '{keyword.Name}' is not supported; use {string.Join(", ", Keywords)}.");
            else schema.Add(keyword, source, $"{at}/{keyword.Name}", fault);
        }

        return schema;
    }

    private void Add(JsonProperty keyword, JsonElement source, string at, Action<string> fault)
    {
        var value = keyword.Value;
        switch (keyword.Name)
        {
            case "type": AddType(value, at, fault); break;
            case "properties": AddProperties(value, at, fault); break;
            case "required": AddRequired(value, at, fault); break;
            case "additionalProperties": AddClosed(value, source, at, fault); break;
            case "items":
                var items = Compile(value, at, fault);
                _rules.Add((v, p) => v.ValueKind != JsonValueKind.Array ? null
                    : v.EnumerateArray().Select((item, i) => items.FirstViolation(item, $"{p}[{i}]")).FirstOrDefault(x => x is not null));
                break;
            case "enum" when value.ValueKind == JsonValueKind.Array:
                _rules.Add((v, p) => value.EnumerateArray().Any(e => JsonElement.DeepEquals(e, v)) ? null : $"{p} is none of the allowed values.");
                break;
            case "const":
                _rules.Add((v, p) => JsonElement.DeepEquals(value, v) ? null : $"{p} is not the required value.");
                break;
            case "pattern": AddPattern(value, at, fault); break;
            case "minimum" or "maximum" or "minLength" or "maxLength" or "minItems" or "maxItems": AddBound(keyword.Name, value, at, fault); break;
            case "title" or "description" or "$schema": break;
            default: fault($"{at}: expected an array."); break;
        }
    }

    private void AddType(JsonElement value, string at, Action<string> fault)
    {
        var types = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(t => t.ToString())] : new[] { value.ToString() };
        if (types.FirstOrDefault(t => !Types.Contains(t)) is { } unknown) fault($"{at}: '{unknown}' is no type.");
        _rules.Add((v, p) => types.Any(t => HasType(v, t)) ? null : $"{p} is not of type {string.Join(" or ", types)}.");
    }

    private static bool HasType(JsonElement value, string type) => value.ValueKind switch
    {
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.Null => type == "null",
        JsonValueKind.Number => type == "number" || (type == "integer" && double.IsInteger(value.GetDouble())),
        _ => false,
    };

    private void AddProperties(JsonElement value, string at, Action<string> fault)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            fault($"{at}: expected an object of schemas.");
            return;
        }

        foreach (var property in value.EnumerateObject())
        {
            var (name, schema) = (property.Name, Compile(property.Value, $"{at}/{property.Name}", fault));
            _rules.Add((v, p) =>
                v.ValueKind == JsonValueKind.Object && v.TryGetProperty(name, out var child) ? schema.FirstViolation(child, $"{p}.{name}") : null);
        }
    }

    private void AddRequired(JsonElement value, string at, Action<string> fault)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            fault($"{at}: expected an array of names.");
            return;
        }

        foreach (var name in value.EnumerateArray().Select(n => n.ToString()))
        {
            _rules.Add((v, p) => v.ValueKind != JsonValueKind.Object || v.TryGetProperty(name, out _) ? null : $"{p}.{name} is missing.");
        }
    }

    private void AddClosed(JsonElement value, JsonElement source, string at, Action<string> fault)
    {
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) fault($"{at}: expected true or false.");
        if (value.ValueKind != JsonValueKind.False) return;
        HashSet<string> known = source.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
            ? [.. properties.EnumerateObject().Select(p => p.Name)]
            : [];
        _rules.Add((v, p) => v.ValueKind == JsonValueKind.Object && v.EnumerateObject().Any(x => !known.Contains(x.Name))
            ? $"{p} has a property that the schema does not allow." : null);
    }

    private void AddPattern(JsonElement value, string at, Action<string> fault)
    {
        try
        {
            var pattern = new Regex(value.ToString(), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            _rules.Add((v, p) => v.ValueKind != JsonValueKind.String || Matches(pattern, v.ToString()) ? null : $"{p} does not match the pattern.");
        }
        catch (ArgumentException e)
        {
            fault($"{at}: {e.Message}");
        }
    }

    private static bool Matches(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false; // undecided within its second: not shown to match
        }
    }

    private void AddBound(string name, JsonElement value, string at, Action<string> fault)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            fault($"{at}: expected a number.");
            return;
        }

        var bound = value.GetDouble();
        _rules.Add((v, p) => Measured(v, name) is not { } size || (name.StartsWith("min", StringComparison.Ordinal) ? size >= bound : size <= bound)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{p} breaks {name} {bound}."));
    }

    private static double? Measured(JsonElement value, string bound) => (bound, value.ValueKind) switch
    {
        ("minimum" or "maximum", JsonValueKind.Number) => value.GetDouble(),
        ("minLength" or "maxLength", JsonValueKind.String) => value.ToString().EnumerateRunes().Count(),
        ("minItems" or "maxItems", JsonValueKind.Array) => value.GetArrayLength(),
        _ => null,
    };
}
