using System.Diagnostics;

namespace CostMonitor.Cli.StandIn;

/// <summary>One life of the app's process, from its first answer to its end.</summary>
internal sealed class RunningApp(Process process, Uri address)
{
    /// <summary>Where this process listens.</summary>
    public Uri Address { get; } = address;

    public int ProcessId { get; } = process.Id;

    /// <summary>Ends the process with SIGKILL, as the host does; nothing happens when it has ended already.</summary>
    public void Kill() => process.Kill();
}
