using System.Globalization;

namespace CostMonitor.Storage.Tables;

/// <summary>Values as the service writes them in filters, addresses and bodies.</summary>
internal static class TableLiteral
{
    /// <summary>Seven digits of a second, as many as the service keeps.</summary>
    public const string DateTimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    public static string Quote(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A double keeps a point or an exponent: a bare whole number would be stored and compared as an Int32.</summary>
    public static string Of(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }

    /// <summary>A literal of an OData filter, in the type that the value is stored in: the types must be equal to compare.</summary>
    public static string OfFilter(object? value) => value switch
    {
        string text => Quote(text),
        int number => number.ToString(CultureInfo.InvariantCulture),
        long number => number.ToString(CultureInfo.InvariantCulture) + "L",
        double number when double.IsFinite(number) => Of(number),
        bool flag => flag ? "true" : "false",
        Guid id => $"guid'{id:D}'",
        DateTimeOffset time => $"datetime'{time.UtcDateTime.ToString(DateTimeFormat, CultureInfo.InvariantCulture)}'",
        byte[] bytes => $"X'{Convert.ToHexString(bytes)}'",
        null => throw new ArgumentException("A filter cannot compare with null: an absent property matches no comparison."),
        double number => throw new ArgumentException($"A filter cannot compare with {number}."),
        _ => throw new ArgumentException(
            $"A filter cannot hold a {value.GetType().Name}; it holds string, int, long, double, bool, Guid, DateTimeOffset and byte[]."),
    };
}
