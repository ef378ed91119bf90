using System.Collections.Concurrent;

namespace CostMonitor.Functions.Telemetry;

/// <summary>Keeps the values of a dimension few: whoever is late gets a common name. Thread-safe.</summary>
/// <param name="most">Values a dimension and process.</param>
internal sealed class BoundedValues(int most)
{
    public const string Other = "(other)";

    private readonly ConcurrentDictionary<string, HashSet<string>> _known = new();

    public string? Of(string dimension, string? value)
    {
        if (value is null) return null;
        var known = _known.GetOrAdd(dimension, static _ => new HashSet<string>(StringComparer.Ordinal));
        lock (known) return known.Contains(value) || (known.Count < most && known.Add(value)) ? value : Other;
    }
}
