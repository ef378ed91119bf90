namespace CostMonitor.Functions.Telemetry;

/// <summary>Where the app tells of what it does. It is a view for people; what was spent is in the records and in the ledger, never summed from here.</summary>
/// <remarks>Nothing here waits, throws or keeps a call from being made. Names, dimensions and numbers are those of <see cref="TelemetryNames"/>.</remarks>
internal interface IMonitorTelemetry
{
    /// <summary>Whether anything leaves the process: what costs a request to find out need not be asked for otherwise.</summary>
    bool IsOn { get; }

    /// <summary>What is wrong with its settings; empty if nothing is, or if it is off.</summary>
    IReadOnlyList<string> Faults { get; }

    /// <summary>Something that happened once.</summary>
    void Event(string name, TelemetryValues values);

    /// <summary>A reading of a state, such as the length of a queue.</summary>
    void Metric(string name, double value, TelemetryValues dimensions);

    /// <summary>A request to a model.</summary>
    void Dependency(ModelRequest request);

    /// <summary>Sends what there is, for 2 seconds at most: the host may end the process without notice once an invocation has been answered.</summary>
    Task FlushAsync();
}
