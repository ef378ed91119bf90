namespace CostMonitor.Providers.Tests.Prices;

/// <summary>A clock that stands, whose timers of up to a span fire at once, so that no test waits.</summary>
/// <param name="now">What the clock shows.</param>
/// <param name="upTo">Longer timers never fire.</param>
internal sealed class QuickTime(DateTimeOffset now, TimeSpan upTo) : TimeProvider
{
    private readonly List<TimeSpan> _fired = [];

    public DateTimeOffset Now { get; set; } = now;

    /// <summary>The timers that fired, in their order.</summary>
    public IReadOnlyList<TimeSpan> Fired => _fired;

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < TimeSpan.Zero || dueTime > upTo) return new Still();
        lock (_fired) _fired.Add(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }

    private sealed class Still : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
