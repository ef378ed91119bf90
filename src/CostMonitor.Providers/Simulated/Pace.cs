namespace CostMonitor.Providers.Simulated;

/// <summary>Waits one after the other against one schedule, so that a timer's lateness does not add up over an answer.</summary>
internal sealed class Pace(TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private TimeSpan _due;

    public async ValueTask WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        if (wait != Timeout.InfiniteTimeSpan)
        {
            _due += wait;
            wait = _due - time.GetElapsedTime(_started);
            if (wait <= TimeSpan.Zero) return;
        }

        if (time is VirtualClock clock) clock.Wait(wait, cancellationToken);
        else await Task.Delay(wait, time, cancellationToken);
    }
}
