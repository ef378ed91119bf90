using System.Collections.Concurrent;
using CostMonitor.Core.Calling.Caching;

namespace CostMonitor.Providers.Tests.Chain;

/// <summary>The shared cache as memory, each answer through its stored form and back.</summary>
internal sealed class StoredAnswers(TimeProvider time) : IAnswerStore
{
    private readonly ConcurrentDictionary<CacheKey, byte[]> _answers = new();
    private readonly ConcurrentQueue<CacheClearing> _clearings = new();
    private int _reads, _looks;

    /// <summary>Awaited before each read and write: may wait, or fail.</summary>
    public Func<CancellationToken, Task> Before { get; set; } = static _ => Task.CompletedTask;

    public int Reads => Volatile.Read(ref _reads);

    /// <summary>How often somebody asked what was cleared.</summary>
    public int Looks => Volatile.Read(ref _looks);

    public int Count => _answers.Count;

    public async Task<CachedAnswer?> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        await Before(cancellationToken);
        return _answers.TryGetValue(key, out var bytes) ? CachedAnswerJson.Read(bytes) : null;
    }

    public async Task PutAsync(CacheKey key, CachedAnswer answer, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await Before(cancellationToken);
        _answers[key] = CachedAnswerJson.Write(answer);
    }

    public Task<int> ClearAsync(AnswerFilter filter, CancellationToken cancellationToken)
    {
        var removed = _answers.Count(a => filter.Matches(a.Key, CachedAnswerJson.Read(a.Value)) && _answers.TryRemove(a.Key, out _));
        _clearings.Enqueue(new CacheClearing(time.GetUtcNow(), filter));
        return Task.FromResult(removed);
    }

    public async Task<IReadOnlyList<CacheClearing>> ClearingsAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _looks);
        await Before(cancellationToken);
        return [.. _clearings.Where(c => c.At >= since)];
    }
}
