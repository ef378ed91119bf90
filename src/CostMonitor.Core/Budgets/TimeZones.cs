using System.Reflection;

namespace CostMonitor.Core.Budgets;

/// <summary>Finds time zones by the names that people know: <c>Europe/Berlin</c>, and on every system <c>W. Europe Standard Time</c> too.</summary>
/// <remarks>
/// We run without ICU, so that .NET itself does not know the names of Windows here: windows-zones.csv has them, as Unicode CLDR 42 (windowsZones, territory 001)
/// maps them.
/// </remarks>
internal static class TimeZones
{
    public const string Expected = "the name of a time zone, as in Europe/Berlin, America/New_York, UTC or W. Europe Standard Time";

    private static readonly Lazy<IReadOnlyDictionary<string, string>> FromWindows = new(ReadWindowsNames);

    /// <summary>The zone of a name; null when there is none, or this system has no data for it.</summary>
    public static TimeZoneInfo? Find(string name)
    {
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)) return zone;
        return FromWindows.Value.TryGetValue(name, out var iana) && TimeZoneInfo.TryFindSystemTimeZoneById(iana, out zone) ? zone : null;
    }

    private static IReadOnlyDictionary<string, string> ReadWindowsNames()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("windows-zones.csv")
            ?? throw new InvalidOperationException("The names of Windows' time zones are not in the assembly.");
        using var reader = new StreamReader(stream);
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (reader.ReadLine() is { } line)
        {
            var comma = line.IndexOf(',', StringComparison.Ordinal);
            names.Add(line[..comma], line[(comma + 1)..]);
        }

        return names;
    }
}
