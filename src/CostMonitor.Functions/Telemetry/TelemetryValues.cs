using System.Collections;

namespace CostMonitor.Functions.Telemetry;

/// <summary>What an event or a reading holds. What is not known is left out.</summary>
internal sealed class TelemetryValues : IEnumerable<string>
{
    private readonly Dictionary<string, string> _dimensions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _numbers = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Dimensions => _dimensions;

    public IReadOnlyDictionary<string, double> Numbers => _numbers;

    public void Add(string dimension, string? value)
    {
        if (value is not null) _dimensions[dimension] = value;
    }

    public void Add(string dimension, bool value) => _dimensions[dimension] = value ? "true" : "false";

    public void Add(string number, double? value)
    {
        if (value is { } known) _numbers[number] = known;
    }

    public void Add(string number, TimeSpan? value) => Add(number, value?.TotalMilliseconds);

    public IEnumerator<string> GetEnumerator() => _dimensions.Keys.Concat(_numbers.Keys).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
