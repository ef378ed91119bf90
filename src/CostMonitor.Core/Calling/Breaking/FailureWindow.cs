namespace CostMonitor.Core.Calling.Breaking;

/// <summary>Counts calls and failures of the last while, in tenths of it. Not thread-safe.</summary>
internal sealed class FailureWindow(TimeSpan length)
{
    private const int Tenths = 10;

    private readonly long _width = Math.Max(1, length.Ticks / Tenths);
    private readonly (long Slot, int Calls, int Failures)[] _buckets = new (long, int, int)[Tenths];

    /// <param name="at">At least that of the call before.</param>
    public void Add(TimeSpan at, bool isFailure)
    {
        var slot = at.Ticks / _width;
        ref var bucket = ref _buckets[slot % Tenths];
        if (bucket.Slot != slot) bucket = (slot, 0, 0);
        bucket.Calls++;
        if (isFailure) bucket.Failures++;
    }

    public (int Calls, int Failures) Count(TimeSpan at)
    {
        var oldest = (at.Ticks / _width) - Tenths + 1;
        var (calls, failures) = (0, 0);
        foreach (var bucket in _buckets)
        {
            if (bucket.Slot < oldest) continue;
            calls += bucket.Calls;
            failures += bucket.Failures;
        }

        return (calls, failures);
    }

    public void Clear() => Array.Clear(_buckets);
}
