using System.Diagnostics;

namespace CostMonitor.Cli.StandIn;

/// <summary>One life of the app's process, from its first answer to its end.</summary>
internal sealed class RunningApp(Process process, Uri address)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where this process listens.</summary>
    public Uri Address { get; } = address;

    public int ProcessId { get; } = process.Id;

    /// <summary>Ends the process with SIGKILL, as the host does; nothing happens when it has ended already.</summary>
    public void Kill() => process.Kill();

    /// <summary>Notes that the process has ended.</summary>
    public void End() => _ended.TrySetResult();

    /// <summary>Waits until the process has ended, or for as long as given.</summary>
    public async Task EndedAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_ended.Task, Task.Delay(atMost, clock, over.Token));
        await over.CancelAsync();
    }
}
