using System.Security.Cryptography;

namespace CostMonitor.Cli.StandIn;

/// <summary>How long to wait before an empty queue is asked again: exponential with jitter, as the host's queue listener.</summary>
internal sealed class PollingPause(TimeSpan longest)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private const int JitterSteps = 1_000;
    private TimeSpan _current = Shortest;
    private int _exponent;

    /// <summary>Messages were found: the next wait is the shortest again.</summary>
    public void Reset() => (_current, _exponent) = (Shortest, 0);

    /// <summary>The queue was empty: the shortest wait, and 0.8 to 1.2 times a doubling step on top of it each further time.</summary>
    public TimeSpan Next()
    {
        if (_current >= longest) return longest;
        var jitter = 0.8 + (0.4 * RandomNumberGenerator.GetInt32(JitterSteps + 1) / JitterSteps);
        var step = _exponent == 0 ? TimeSpan.Zero : Shortest * jitter * Math.Pow(2, _exponent - 1);
        _exponent++;
        _current = Shortest + step < longest ? Shortest + step : longest;
        return _current;
    }
}
