namespace CostMonitor.Functions.Telemetry;

/// <summary>What telemetry of one name is.</summary>
internal enum TelemetryKind
{
    Event,
    Metric,
    Dependency,
}
