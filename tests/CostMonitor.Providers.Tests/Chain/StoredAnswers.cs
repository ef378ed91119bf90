using System.Collections.Concurrent;
using CostMonitor.Core.Calling.Caching;

namespace CostMonitor.Providers.Tests.Chain;

/// <summary>The shared cache as memory, each answer through its stored form and back.</summary>
internal sealed class StoredAnswers(TimeProvider time) : IAnswerStore
{
    private readonly ConcurrentDictionary<CacheKey, byte[]> _answers = new();
    private readonly ConcurrentQueue<CacheClearing> _clearings = new();
    private readonly Dictionary<CacheKey, (string Token, CacheKey Question, DateTimeOffset Until)> _claims = [];
    private int _reads, _looks, _renewals;

    /// <summary>Awaited before each read and write: may wait, or fail.</summary>
    public Func<CancellationToken, Task> Before { get; set; } = static _ => Task.CompletedTask;

    public int Reads => Volatile.Read(ref _reads);

    /// <summary>How often somebody asked what was cleared.</summary>
    public int Looks => Volatile.Read(ref _looks);

    /// <summary>How often a claim was prolonged.</summary>
    public int Renewals
    {
        get
        {
            lock (_claims) return _renewals;
        }
    }

    /// <summary>How many claims are not over.</summary>
    public int Claims
    {
        get
        {
            lock (_claims) return _claims.Values.Count(c => c.Until > time.GetUtcNow());
        }
    }

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
        lock (_claims) _claims.Remove(key);
    }

    public async Task<KeyClaim> ClaimAsync(CacheKey key, CacheKey question, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await Before(cancellationToken);
        if (_answers.TryGetValue(key, out var bytes) && CachedAnswerJson.Read(bytes) is var result && time.GetUtcNow() < result.Stored + CacheSettings.KeyLifetime) return new KeyClaim.Known(result);
        lock (_claims)
        {
            if (_claims.TryGetValue(key, out var there) && there.Until > time.GetUtcNow()) return new KeyClaim.Busy(there.Question);
            var token = Guid.NewGuid().ToString("N");
            _claims[key] = (token, question, until);
            return new KeyClaim.Taken(token);
        }
    }

    public async Task<bool> RenewAsync(CacheKey key, string token, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await Before(cancellationToken);
        lock (_claims)
        {
            if (!_claims.TryGetValue(key, out var there) || there.Token != token) return false;
            _claims[key] = there with { Until = until };
            _renewals++;
            return true;
        }
    }

    public async Task ReleaseAsync(CacheKey key, string token, CancellationToken cancellationToken)
    {
        await Before(cancellationToken);
        lock (_claims)
        {
            if (_claims.TryGetValue(key, out var there) && there.Token == token) _claims.Remove(key);
        }
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
        return [.. _clearings.Where(c => c.At >= since && time.GetUtcNow() - c.At < CacheClearing.KeptFor)];
    }
}
