using System.Text.Json;

namespace CostMonitor.Core.Input;

/// <summary>The names that files and commands give the values of an enumeration: <c>DataZone</c> is written <c>data-zone</c>.</summary>
public static class EnumNames
{
    /// <summary>All names, as an error lists them.</summary>
    public static string All<T>()
        where T : struct, Enum => Known<T>.All;

    public static string Of<T>(T value)
        where T : struct, Enum => Known<T>.Names[Array.IndexOf(Known<T>.Values, value)];

    public static bool TryParse<T>(string? name, out T value)
        where T : struct, Enum
    {
        var index = Array.IndexOf(Known<T>.Names, name);
        value = index < 0 ? default : Known<T>.Values[index];
        return index >= 0;
    }

    private static class Known<T>
        where T : struct, Enum
    {
        public static readonly T[] Values = Enum.GetValues<T>();
        public static readonly string[] Names = [.. Values.Select(v => JsonNamingPolicy.KebabCaseLower.ConvertName(v.ToString()))];
        public static readonly string All = string.Join(", ", Names);
    }
}
