namespace CostMonitor.Functions.Telemetry;

/// <summary>Keeps everything to itself.</summary>
/// <param name="faults">Why, if it was not wanted so.</param>
internal sealed class NoTelemetry(params IReadOnlyList<string> faults) : IMonitorTelemetry
{
    public bool IsOn => false;

    public IReadOnlyList<string> Faults => faults;

    public void Event(string name, TelemetryValues values)
    {
    }

    public void Metric(string name, double value, TelemetryValues dimensions)
    {
    }

    public void Dependency(ModelRequest request)
    {
    }

    public Task FlushAsync() => Task.CompletedTask;
}
