using System.Globalization;

namespace CostMonitor.Storage.Tables;

/// <summary>Builds OData filters in which every value is a literal of its own type, whatever it contains.</summary>
public static class TableFilter
{
    /// <summary>A filter such as <c>$"PartitionKey eq {partition} and Tokens gt {100L}"</c>.</summary>
    /// <param name="filter">Values go in without quotes or suffixes; a value's type must be the type of the stored property.</param>
    /// <exception cref="ArgumentException">A value is null, infinite, NaN or of a type that no property has, or stands between quotes.</exception>
    public static string Create(FormattableString filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (filter.Format.Contains("'{", StringComparison.Ordinal))
            throw new ArgumentException("The filter has a value between quotes: write {value}, the quotes are added.", nameof(filter));
        var literals = Array.ConvertAll(filter.GetArguments(), value => (object?)TableLiteral.OfFilter(value));
        return string.Format(CultureInfo.InvariantCulture, filter.Format, literals);
    }
}
