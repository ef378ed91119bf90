namespace CostMonitor.Providers.Simulated;

/// <summary>A clock on which waiting takes no time: whoever waits moves it on. For one caller at a time.</summary>
/// <remarks>
/// <see cref="Task.Delay(TimeSpan, TimeProvider)"/> on it is over at once and has moved it by the delay. A deadline, such as that of a
/// <see cref="CancellationTokenSource"/>, fires when some wait passes it.
/// </remarks>
public sealed class VirtualClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<VirtualTimer> _timers = [];
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    // One tick on, so that no event stands at zero, which the meter takes for "not yet".
    public override long GetTimestamp()
    {
        lock (_gate) return _ticks + 1;
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return start.AddTicks(_ticks);
    }

    /// <summary>Waits by moving the clock, up to the moment at which a deadline on the way cancels.</summary>
    /// <param name="delay">At least zero, or infinite to wait for the cancellation.</param>
    /// <exception cref="OperationCanceledException">A deadline was passed on the way; the clock stands at it.</exception>
    /// <exception cref="InvalidOperationException">The wait is infinite and no deadline will ever end it.</exception>
    public void Wait(TimeSpan delay, CancellationToken cancellationToken)
    {
        var isEndless = delay == Timeout.InfiniteTimeSpan;
        if (!isEndless) ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        var end = isEndless ? long.MaxValue : Now() + delay.Ticks;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (NextDue(end) is not { } timer) break;
            timer.Fire();
        }

        if (isEndless) throw new InvalidOperationException("An endless wait with no deadline on the clock.");
        MoveTo(end);
    }

    /// <summary>Moves to the next deadline, which fires: for one who waits for what happens there.</summary>
    /// <exception cref="InvalidOperationException">There is none, and the wait would have no end.</exception>
    public void MoveToNextDeadline() => (NextDue(long.MaxValue) ?? throw new InvalidOperationException("An endless wait with no deadline on the clock.")).Fire();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // A delay's state is its task: that wait moves the clock. Any other timer is a deadline and waits for the clock to be moved.
        var isDelay = state is Task && dueTime >= TimeSpan.Zero;
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        if (isDelay) Wait(dueTime, CancellationToken.None);
        return timer;
    }

    internal void Schedule(VirtualTimer timer, long? due)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            timer.Due = due ?? 0;
            if (due is not null) _timers.Add(timer);
        }
    }

    internal long Now()
    {
        lock (_gate) return _ticks;
    }

    /// <summary>Takes the earliest timer that is due by then, the first one made among equals, and moves the clock to it.</summary>
    private VirtualTimer? NextDue(long end)
    {
        lock (_gate)
        {
            if (_timers.MinBy(static t => t.Due) is not { } next || next.Due > end) return null;
            _timers.Remove(next);
            _ticks = Math.Max(_ticks, next.Due);
            return next;
        }
    }

    private void MoveTo(long ticks)
    {
        lock (_gate) _ticks = Math.Max(_ticks, ticks);
    }
}
