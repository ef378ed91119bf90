namespace CostMonitor.Core.Alerts;

/// <summary>When a notice that a sink did not take is tried again: after 1 s, 5 s, 30 s, 2 min, 10 min, and then each hour for a day.</summary>
public static class DeliveryRetries
{
    /// <summary>How long a notice is tried before it is given up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1),
    ];

    /// <param name="attempts">Attempts that failed, 1 or more.</param>
    /// <param name="first">When the first one began.</param>
    /// <param name="now">When the last one ended.</param>
    /// <param name="asked">How long the sink asked to be left alone; an hour at most is granted.</param>
    /// <returns>The next attempt's time; null when it would be later than a day after the first.</returns>
    public static DateTimeOffset? Next(int attempts, DateTimeOffset first, DateTimeOffset now, TimeSpan? asked)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        var usual = Waits[Math.Min(attempts, Waits.Length) - 1];
        var wait = asked is { } longer && longer > usual ? TimeSpan.FromTicks(Math.Min(longer.Ticks, Waits[^1].Ticks)) : usual;
        return now + wait is var next && next - first <= Patience ? next : null;
    }
}
