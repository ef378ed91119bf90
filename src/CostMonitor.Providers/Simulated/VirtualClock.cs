namespace CostMonitor.Providers.Simulated;

/// <summary>A clock on which waiting takes no time: a wait ends at once and moves the clock by its length.</summary>
/// <remarks>
/// For one caller at a time: with several, their waits would add up. Time stands still between waits, so that what is
/// measured on it is what the simulated models did, to the tick, on any machine.
/// </remarks>
public sealed class VirtualClock(DateTimeOffset start) : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => start.AddTicks(Interlocked.Read(ref _ticks));

    public override long GetTimestamp() => Interlocked.Read(ref _ticks) + 1; // a timestamp of 0 would look like none

    /// <summary>Waits on a clock: at once on a virtual one, really on any other.</summary>
    public static Task WaitAsync(TimeProvider time, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (time is not VirtualClock clock) return Task.Delay(wait, time, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        Interlocked.Add(ref clock._ticks, wait.Ticks);
        clock.FireDue();
        cancellationToken.ThrowIfCancellationRequested();
        return Task.CompletedTask;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private readonly Lock _lock = new();
    private readonly List<VirtualTimer> _timers = [];

    private void FireDue()
    {
        VirtualTimer[] due;
        lock (_lock)
        {
            due = [.. _timers.Where(t => t.Due <= _ticks)];
            foreach (var timer in due) _timers.Remove(timer);
        }

        foreach (var timer in due) timer.Fire();
    }

    /// <summary>Fires once, when a wait has moved the clock to its time: enough for a timeout.</summary>
    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = clock._ticks + dueTime.Ticks;
                clock._timers.Add(this);
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._lock) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
