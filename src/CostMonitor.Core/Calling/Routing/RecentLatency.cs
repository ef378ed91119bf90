namespace CostMonitor.Core.Calling.Routing;

/// <summary>How long a deployment's answers have lately taken, from the request to the last byte of the attempt that answered. Thread-safe.</summary>
/// <remarks>
/// A mean whose weights fall by half with each <see cref="HalfLifeCalls"/> later answers and with each <see cref="HalfLife"/> of time, so that
/// it follows a deployment that turns slow within some tens of calls, and one odd answer does not decide. Long answers take longer: compare
/// deployments that answer the same kind of question.
/// </remarks>
/// <param name="time">The clock by which answers grow old.</param>
public sealed class RecentLatency(TimeProvider time)
{
    /// <summary>Later answers after which one counts half.</summary>
    public const int HalfLifeCalls = 20;

    /// <summary>The time after which an answer counts half, when another comes: 5 minutes.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(5);

    /// <summary>The time without an answer after which nothing is known any more: 30 minutes.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    private readonly Lock _lock = new();
    private double _sum, _weight;
    private long _last;

    /// <summary>Null before the first answer, and when the last one is too old.</summary>
    public double? Ms
    {
        get
        {
            lock (_lock) return _weight == 0 || time.GetElapsedTime(_last) > Longest ? null : _sum / _weight;
        }
    }

    /// <summary>Notes an answer that came to its end just now.</summary>
    public void Note(TimeSpan took)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            var age = _weight == 0 ? TimeSpan.Zero : time.GetElapsedTime(_last, now);
            var kept = age > Longest ? 0 : Math.Pow(0.5, (1.0 / HalfLifeCalls) + (Math.Max(0, age.Ticks) / (double)HalfLife.Ticks));
            (_sum, _weight, _last) = ((_sum * kept) + took.TotalMilliseconds, (_weight * kept) + 1, now);
        }
    }
}
