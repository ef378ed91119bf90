using System.Text.Json;

namespace CostMonitor.Core.Usage.Payloads;

/// <summary>Reads the fields of a usage object, none of which need be there.</summary>
internal static class UsageField
{
    /// <returns>Null when the field is absent or null; -1 when it is no whole number.</returns>
    public static long? Count(JsonElement json, string name) => Find(json, name) switch
    {
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Number } number => Whole(number),
        _ => -1,
    };

    /// <summary>A field of an object inside the object.</summary>
    public static long? Count(JsonElement json, string details, string name) => Count(Find(json, details), name);

    public static bool Has(JsonElement json, string name) => Find(json, name).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <returns>True even when the field is null.</returns>
    public static bool IsNamed(JsonElement json, string name) => Find(json, name).ValueKind != JsonValueKind.Undefined;

    /// <returns>An undefined element when there is no such property or <paramref name="json"/> is no object.</returns>
    public static JsonElement Find(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;

    public static bool Is(JsonElement json, string name, string text) =>
        Find(json, name) is { ValueKind: JsonValueKind.String } value && value.ValueEquals(text);

    /// <returns>The sum of those that are reported; null when none is.</returns>
    public static long? Sum(long? a, long? b) => a is null ? b : b is null ? a : a < 0 || b < 0 ? -1 : a + b;

    // Some SDKs write counts as 12.0.
    private static long Whole(JsonElement number) =>
        number.TryGetInt64(out var count) ? count
        : number.TryGetDecimal(out var value) && value == decimal.Truncate(value) && Math.Abs(value) < long.MaxValue ? (long)value
        : -1;
}
