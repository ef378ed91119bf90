namespace CostMonitor.Core.Calling.Caching;

/// <summary>The cache that all processes share. Every method may fail: the cache goes on without it.</summary>
public interface IAnswerStore
{
    /// <summary>The answer under a key, fresh or not; null if there is none or it is to be kept no longer.</summary>
    Task<CachedAnswer?> FindAsync(CacheKey key, CancellationToken cancellationToken);

    /// <summary>Keeps an answer under a key until an instant, whatever was there. One that is too large for the store is not kept.</summary>
    Task PutAsync(CacheKey key, CachedAnswer answer, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Claims an idempotency key until an instant, unless it has a result or another process's claim on it is not over.</summary>
    /// <param name="key">The key. A result that is put under it ends the claim.</param>
    /// <param name="question">What is to be asked, for those who come meanwhile.</param>
    /// <param name="until">When the claim is over, if it is not renewed.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    Task<KeyClaim> ClaimAsync(CacheKey key, CacheKey question, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Prolongs a claim.</summary>
    /// <returns>False when it is there no more.</returns>
    Task<bool> RenewAsync(CacheKey key, string token, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Gives a claim back; nothing happens when it is there no more.</summary>
    Task ReleaseAsync(CacheKey key, string token, CancellationToken cancellationToken);

    /// <summary>Removes answers, and notes for other processes that they are to be forgotten.</summary>
    /// <returns>How many there were.</returns>
    Task<int> ClearAsync(AnswerFilter filter, CancellationToken cancellationToken);

    /// <summary>The removals that any process noted since an instant, of the last <see cref="CacheClearing.KeptFor"/>.</summary>
    Task<IReadOnlyList<CacheClearing>> ClearingsAsync(DateTimeOffset since, CancellationToken cancellationToken);
}
