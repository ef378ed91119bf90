using CostMonitor.Core.Alerts;

namespace CostMonitor.Functions.AlertQueue;

/// <summary>Where alerts are sent.</summary>
/// <param name="All">Every sink by name, in the file's order, Azure Monitor last.</param>
/// <param name="NotConfigured">Those of the file that lack a setting, with what they lack; nothing is sent there.</param>
internal sealed record AlertSinks(IReadOnlyList<(IAlertSink Sink, string Kind)> All, IReadOnlyList<(string Name, string Kind, string Missing)> NotConfigured)
{
    /// <summary>The name of the one that every app has.</summary>
    public const string Monitor = "monitor";

    public IReadOnlyList<IAlertSink> Sinks { get; } = [.. All.Select(s => s.Sink)];

    /// <summary>Whether anything leaves the app's own log.</summary>
    public bool HasExternal => All.Any(static s => s.Kind != Monitor);
}
