using CostMonitor.Core.Calling.Caching;

namespace CostMonitor.Providers.Chain;

/// <summary>The cache that all processes share, as one process works with it: read with a bound on the wait, written in the background, and never the reason why a call fails.</summary>
/// <param name="store">The store; null for none.</param>
/// <param name="tally">Told of failures.</param>
/// <param name="onFailure">Told of one failure a minute at most.</param>
/// <param name="time">The clock of the bounds.</param>
internal sealed class SharedAnswers(IAnswerStore? store, CacheTally tally, Action<Exception>? onFailure, TimeProvider time)
{
    /// <summary>The longest wait for a read: a small part of what a call of a model takes.</summary>
    public static readonly TimeSpan LongestRead = TimeSpan.FromMilliseconds(250);

    private const int MostWrites = 1000; // beyond it answers stay in memory alone

    private static readonly TimeSpan BetweenReports = TimeSpan.FromMinutes(1);

    private readonly HashSet<Task> _writes = [];
    private long _reported;

    public bool IsThere => store is not null;

    /// <returns>The answer, fresh or not; null also when the store failed or took too long.</returns>
    public Task<CachedAnswer?> FindAsync(CacheKey key, CancellationToken cancellationToken) =>
        ReadAsync((from, stop) => from.FindAsync(key, stop), cancellationToken);

    public void Put(CacheKey key, CachedAnswer answer, DateTimeOffset until)
    {
        if (store is null) return;
        lock (_writes)
        {
            if (_writes.Count < MostWrites)
            {
                var write = Task.Run(() => WriteAsync(store, key, answer, until));
                _writes.Add(write);
                _ = RemoveAsync(write);
                return;
            }
        }

        Failed(new InvalidOperationException($"{MostWrites} answers wait to be stored; further ones are not."));
    }

    /// <returns>What other processes cleared; null when the store failed or took too long.</returns>
    public Task<IReadOnlyList<CacheClearing>?> ClearingsAsync(DateTimeOffset since) =>
        ReadAsync<IReadOnlyList<CacheClearing>>(async (from, stop) => await from.ClearingsAsync(since, stop), CancellationToken.None);

    public Task<int> ClearAsync(AnswerFilter filter, CancellationToken cancellationToken) => store?.ClearAsync(filter, cancellationToken) ?? Task.FromResult(0);

    /// <summary>Waits until all that was put is stored or has failed.</summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        lock (_writes) return Task.WhenAll(_writes).WaitAsync(cancellationToken);
    }

    private async Task<T?> ReadAsync<T>(Func<IAnswerStore, CancellationToken, Task<T?>> read, CancellationToken cancellationToken)
        where T : class
    {
        if (store is null) return null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await read(store, stop.Token).WaitAsync(LongestRead, time, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested) // whatever a store throws: the call goes on without it
        {
            await stop.CancelAsync();
            Failed(e);
            return null;
        }
    }

    private async Task WriteAsync(IAnswerStore to, CacheKey key, CachedAnswer answer, DateTimeOffset until)
    {
        try
        {
            await to.PutAsync(key, answer, until, CancellationToken.None);
        }
        catch (Exception e) // whatever a store throws: the answer is in memory
        {
            Failed(e);
        }
    }

    private async Task RemoveAsync(Task write)
    {
        await write;
        lock (_writes) _writes.Remove(write);
    }

    /// <summary>Counts a failure of the store, and reports it if none was reported in the last minute.</summary>
    public void Failed(Exception e)
    {
        tally.StoreFailed();
        var (now, before) = (time.GetTimestamp(), Volatile.Read(ref _reported));
        if (before != 0 && time.GetElapsedTime(before, now) < BetweenReports) return;
        if (Interlocked.CompareExchange(ref _reported, now, before) == before) onFailure?.Invoke(e);
    }
}
