using System.Diagnostics;

namespace CostMonitor.Testing.ScriptedServer;

/// <summary>Wakes any number of waiters to within a fraction of a millisecond, with one thread that sleeps far ahead and spins at the end.</summary>
/// <remarks>A pool timer alone is 1 to 6 ms late; a spin for each of 256 streams would leave no processor for the streams.</remarks>
internal sealed class PreciseTimer : IDisposable
{
    private static readonly long SleepBelow = Stopwatch.Frequency / 1000 * 3 / 2; // Sleep(1) takes 1.1 ms on Linux
    private readonly PriorityQueue<TaskCompletionSource, long> _waiting = new();
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _added = new(false);
    private readonly Thread _thread;
    private volatile bool _isEnded;

    public PreciseTimer()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = nameof(PreciseTimer) };
        _thread.Start();
    }

    /// <param name="due">On the scale of <see cref="Stopwatch.GetTimestamp"/>.</param>
    public Task WaitUntilAsync(long due)
    {
        if (due <= Stopwatch.GetTimestamp()) return Task.CompletedTask;
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isNext;
        lock (_gate)
        {
            isNext = !_waiting.TryPeek(out _, out var first) || due < first;
            _waiting.Enqueue(waiter, due);
        }

        if (isNext) _added.Set();
        return waiter.Task;
    }

    public void Dispose()
    {
        _isEnded = true;
        _added.Set();
        _thread.Join();
        _added.Dispose();
    }

    private void Run()
    {
        while (!_isEnded)
        {
            var left = Left();
            if (left is null) _added.WaitOne();
            else if (left > 4 * SleepBelow) _added.WaitOne(TimeSpan.FromTicks((left.Value - (2 * SleepBelow)) * TimeSpan.TicksPerSecond / Stopwatch.Frequency));
            else if (left > SleepBelow) Thread.Sleep(1);
            else if (left > 0) Thread.Yield();
            else Wake();
        }
    }

    /// <summary>Until the next waiter is due; null when there is none.</summary>
    private long? Left()
    {
        lock (_gate) return _waiting.TryPeek(out _, out var due) ? due - Stopwatch.GetTimestamp() : null;
    }

    private void Wake()
    {
        TaskCompletionSource waiter;
        lock (_gate) waiter = _waiting.Dequeue();
        waiter.SetResult();
    }
}
