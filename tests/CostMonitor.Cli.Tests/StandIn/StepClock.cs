using System.Threading.Channels;

namespace CostMonitor.Cli.Tests.StandIn;

/// <summary>A clock that stands still until a test advances it; its timers fire inside the advance.</summary>
internal sealed class StepClock(DateTimeOffset start) : TimeProvider
{
    private readonly List<Waiter> _waiters = [];
    private readonly Channel<bool> _armed = Channel.CreateUnbounded<bool>();
    private DateTimeOffset _now = start;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_waiters) return _now;
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var waiter = new Waiter(this, callback, state);
        waiter.Change(dueTime, period);
        return waiter;
    }

    /// <summary>Waits until the code under test waits for time to pass.</summary>
    public Task ArmedAsync() => _armed.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public void Advance(TimeSpan by)
    {
        List<Waiter> due;
        lock (_waiters)
        {
            _now += by;
            due = [.. _waiters.Where(waiter => waiter.Due <= _now)];
            _waiters.RemoveAll(due.Contains);
        }
        foreach (var waiter in due) waiter.Fire();
    }

    private sealed class Waiter(StepClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._waiters)
            {
                clock._waiters.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = clock._now + dueTime;
                clock._waiters.Add(this);
            }
            clock._armed.Writer.TryWrite(true);
            return true;
        }

        public void Dispose()
        {
            lock (clock._waiters) clock._waiters.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
