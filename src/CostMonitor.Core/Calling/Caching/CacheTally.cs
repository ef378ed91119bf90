using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Calling.Caching;

/// <summary>Counts what the cache does. Thread-safe.</summary>
/// <param name="time">The clock of the span that is covered.</param>
public sealed class CacheTally(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly long[] _hits = new long[Enum.GetValues<CacheSource>().Length];
    private readonly long _started = time.GetTimestamp();
    private long _lookups, _notCacheable, _stale, _near, _unpriced, _storeFailures;
    private Usd _saved;

    public void LookedUp() => Interlocked.Increment(ref _lookups);

    public void CouldNotBeCached() => Interlocked.Increment(ref _notCacheable);

    public void StoreFailed() => Interlocked.Increment(ref _storeFailures);

    /// <param name="hit">The hit.</param>
    /// <param name="isNear">Whether the question was only nearly the same.</param>
    /// <param name="saved">What asking the provider would have cost.</param>
    public void Hit(CacheHit hit, bool isNear, CallCost saved)
    {
        lock (_lock)
        {
            _hits[(int)hit.Source]++;
            if (hit.IsStale) _stale++;
            if (isNear) _near++;
            if (saved.Amount is { } amount) _saved += amount;
            else _unpriced++;
        }
    }

    public CacheFigures Figures(AnswerMemory memory)
    {
        lock (_lock)
        {
            return new CacheFigures
            {
                Span = time.GetElapsedTime(_started),
                Lookups = Interlocked.Read(ref _lookups),
                NotCacheable = Interlocked.Read(ref _notCacheable),
                MemoryHits = _hits[(int)CacheSource.Memory],
                SharedHits = _hits[(int)CacheSource.Shared],
                InFlightHits = _hits[(int)CacheSource.InFlight],
                StaleHits = _stale,
                NearHits = _near,
                IdempotencyHits = _hits[(int)CacheSource.Idempotency],
                Saved = _saved,
                UnpricedHits = _unpriced,
                StoreFailures = Interlocked.Read(ref _storeFailures),
                Entries = memory.Entries,
                Bytes = memory.Bytes,
            };
        }
    }
}
