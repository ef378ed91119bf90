namespace CostMonitor.Core.Calling;

/// <summary>When and how soon a failed attempt is made again.</summary>
public sealed record RetrySettings
{
    public static RetrySettings Default { get; } = new();

    /// <summary>Attempts beyond the first: 0 to 10; 3 if not set.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>The longest wait before the first retry, doubled with each further one: 1 ms to 1 minute; 500 ms if not set. The wait is drawn evenly from zero to it.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait that is drawn: 1 ms to 10 minutes; 8 seconds if not set.</summary>
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>The longest wait that a provider may ask for: 0 to 10 minutes; 30 seconds if not set. One that asks for more is not asked again by this call.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The wait before a retry.</summary>
    /// <param name="retry">0 for the first one.</param>
    /// <param name="asked">What the provider asks for; null if it does not say.</param>
    /// <param name="random">A draw from 0 up to 1.</param>
    /// <returns>Null when the provider asks for more than is waited for.</returns>
    /// <remarks>"Full jitter" of M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015. A wait that was asked for is lengthened by up to a tenth, so that those who were told the same do not come back at once.</remarks>
    public TimeSpan? WaitBefore(int retry, TimeSpan? asked, double random)
    {
        if (asked is { } wait) return wait > LongestRetryAfter ? null : wait + (wait * (random / 10));
        var ceiling = Backoff * Math.Pow(2, Math.Min(retry, 30));
        return (ceiling < LongestBackoff ? ceiling : LongestBackoff) * random;
    }
}
