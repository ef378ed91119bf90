using System.Text.Json;
using CostMonitor.Functions.Telemetry;

namespace CostMonitor.Functions.Tests.Telemetry;

/// <summary>One item as Application Insights was sent it.</summary>
internal sealed record SentItem(
    TelemetryKind Kind, string Name, IReadOnlyDictionary<string, string> Dimensions, IReadOnlyDictionary<string, double> Numbers, IReadOnlyDictionary<string, string> Tags, JsonElement Data, string Text)
{
    public static SentItem Of(JsonElement envelope, string text)
    {
        var data = envelope.GetProperty("data").GetProperty("baseData");
        var (kind, name) = envelope.GetProperty("data").GetProperty("baseType").GetString() switch
        {
            "EventData" => (TelemetryKind.Event, data.GetProperty("name").GetString()),
            "MetricData" => (TelemetryKind.Metric, data.GetProperty("metrics")[0].GetProperty("name").GetString()),
            "RemoteDependencyData" => (TelemetryKind.Dependency, data.GetProperty("type").GetString()),
            var other => throw new InvalidOperationException($"Unexpected telemetry: {other}"),
        };
        return new SentItem(
            kind, name ?? "", Map(data, "properties", static v => v.GetString() ?? ""), Map(data, "measurements", static v => v.GetDouble()),
            Map(envelope, "tags", static v => v.GetString() ?? ""), data, text);
    }

    private static Dictionary<string, T> Map<T>(JsonElement owner, string property, Func<JsonElement, T> read) =>
        owner.TryGetProperty(property, out var map) ? map.EnumerateObject().ToDictionary(static p => p.Name, p => read(p.Value)) : [];
}
