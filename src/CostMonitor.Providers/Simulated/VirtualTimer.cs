namespace CostMonitor.Providers.Simulated;

/// <summary>A timer of a <see cref="VirtualClock"/>.</summary>
internal sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
{
    private TimeSpan _period;

    /// <summary>When it fires, in ticks of the clock; only the clock touches it.</summary>
    public long Due { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _period = period;
        clock.Schedule(this, dueTime < TimeSpan.Zero ? null : clock.Now() + dueTime.Ticks);
        return true;
    }

    public void Fire()
    {
        if (_period > TimeSpan.Zero) clock.Schedule(this, Due + _period.Ticks);
        callback(state);
    }

    public void Dispose() => clock.Schedule(this, null);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
