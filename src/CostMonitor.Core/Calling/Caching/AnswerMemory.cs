namespace CostMonitor.Core.Calling.Caching;

/// <summary>The answers in this process's memory. Those that were asked for longest ago make room for new ones. Thread-safe.</summary>
/// <param name="entries">The most answers: at least 1.</param>
/// <param name="bytes">The most bytes of all answers together, as <see cref="CachedAnswer.Bytes"/> counts them; one that has more alone is not kept.</param>
/// <param name="timeToLive">Gives how long an answer is fresh.</param>
/// <param name="staleFor">How long beyond that it can still be read as stale.</param>
/// <param name="time">The clock that tells an answer's age.</param>
public sealed class AnswerMemory(int entries, long bytes, Func<TimeSpan> timeToLive, TimeSpan staleFor, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CacheKey, LinkedListNode<Entry>> _byKey = [];
    private readonly LinkedList<Entry> _byUse = []; // the one that was asked for last comes first
    private long _bytes;

    public int Entries
    {
        get
        {
            lock (_lock) return _byKey.Count;
        }
    }

    public long Bytes
    {
        get
        {
            lock (_lock) return _bytes;
        }
    }

    /// <summary>The answer if it is fresh.</summary>
    /// <param name="key">The question.</param>
    /// <param name="factor">How many times as long as usual it counts as fresh, from 1; none is kept longer for it.</param>
    public CachedAnswer? Find(CacheKey key, double factor = 1) => Find(key, timeToLive() * factor);

    /// <summary>The answer even if its time is over.</summary>
    public CachedAnswer? FindStale(CacheKey key) => Find(key, timeToLive() + staleFor);

    /// <summary>Whether an answer of that age is fresh.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="factor">How many times as long as usual it counts as fresh, from 1.</param>
    public bool IsFresh(CachedAnswer answer, double factor = 1) => time.GetUtcNow() - answer.Stored < timeToLive() * factor;

    public void Put(CacheKey key, CachedAnswer answer)
    {
        if (answer.Bytes > bytes) return;
        lock (_lock)
        {
            if (_byKey.TryGetValue(key, out var before)) Remove(before);
            _byKey[key] = _byUse.AddFirst(new Entry(key, answer));
            _bytes += answer.Bytes;
            while ((_byKey.Count > entries || _bytes > bytes) && _byUse.Last is { } last) Remove(last);
        }
    }

    /// <param name="filter">Which answers.</param>
    /// <param name="storedBefore">Of them, only those that were complete before this instant.</param>
    /// <returns>How many went.</returns>
    public int Clear(AnswerFilter filter, DateTimeOffset storedBefore)
    {
        lock (_lock)
        {
            var going = _byKey.Values.Where(node => node.Value.Answer.Stored < storedBefore && filter.Matches(node.Value.Key, node.Value.Answer)).ToArray();
            foreach (var node in going) Remove(node);
            return going.Length;
        }
    }

    private CachedAnswer? Find(CacheKey key, TimeSpan oldest)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (!_byKey.TryGetValue(key, out var node)) return null;
            var age = now - node.Value.Answer.Stored;
            if (age >= timeToLive() + staleFor) Remove(node);
            if (age >= oldest) return null;
            if (node != _byUse.First)
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
            }

            return node.Value.Answer;
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _byKey.Remove(node.Value.Key);
        _bytes -= node.Value.Answer.Bytes;
    }

    private readonly record struct Entry(CacheKey Key, CachedAnswer Answer);
}
