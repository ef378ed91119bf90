namespace CostMonitor.Core.Calling.Caching;

/// <summary>The cache that all processes share. Every method may fail: the cache goes on without it.</summary>
public interface IAnswerStore
{
    /// <summary>The answer under a key, fresh or not; null if there is none or it is to be kept no longer.</summary>
    Task<CachedAnswer?> FindAsync(CacheKey key, CancellationToken cancellationToken);

    /// <summary>Keeps an answer under a key until an instant, whatever was there. One that is too large for the store is not kept.</summary>
    Task PutAsync(CacheKey key, CachedAnswer answer, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Removes answers, and notes for other processes that they are to be forgotten.</summary>
    /// <returns>How many there were.</returns>
    Task<int> ClearAsync(AnswerFilter filter, CancellationToken cancellationToken);

    /// <summary>The removals that any process noted since an instant, of the last <see cref="CacheClearing.KeptFor"/>.</summary>
    Task<IReadOnlyList<CacheClearing>> ClearingsAsync(DateTimeOffset since, CancellationToken cancellationToken);
}
