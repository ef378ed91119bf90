using System.Diagnostics;
using System.Text.Json;

namespace CostMonitor.LedgerWorker;

/// <summary>A worker as its parent sees it: what it said until it ended or was killed.</summary>
public sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<WorkerEvent> _events = [];
    private readonly Task _reading;
    private int _paid;

    private WorkerProcess(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>What it said; whole once <see cref="EndAsync"/> is over.</summary>
    public IReadOnlyList<WorkerEvent> Events => _events;

    public bool IsKilled { get; private set; }

    public bool HasExited => _process.HasExited;

    /// <summary>The calls that it has paid so far.</summary>
    public int Paid => Volatile.Read(ref _paid);

    /// <summary>Starts a worker that waits for <see cref="GoAsync"/>.</summary>
    public static async Task<WorkerProcess> StartAsync(WorkerPlan plan, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "CostMonitor.LedgerWorker"), [JsonSerializer.Serialize(plan)]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var worker = new WorkerProcess(Process.Start(start) ?? throw new InvalidOperationException("The worker did not start."));
        await worker._ready.Task.WaitAsync(cancellationToken);
        return worker;
    }

    public async Task GoAsync()
    {
        await _process.StandardInput.WriteLineAsync("go");
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>SIGKILL: nothing is given back or flushed.</summary>
    public void Kill()
    {
        if (_process.HasExited) return;
        IsKilled = true;
        _process.Kill();
    }

    /// <summary>Waits until it has ended and all that it said is read.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await _reading.WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.EndsWith('}')) continue; // cut by the kill: a call is paid by its whole line
            var said = JsonSerializer.Deserialize<WorkerEvent>(line) ?? throw new InvalidDataException($"A worker said '{line}'.");
            _events.Add(said);
            if (said.Kind == WorkerEventKind.Paid) Interlocked.Increment(ref _paid);
            _ready.TrySetResult();
        }

        _ready.TrySetException(new InvalidOperationException("The worker ended before it was ready."));
    }
}
