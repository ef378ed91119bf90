using CostMonitor.Core.Calling.Caching;

namespace CostMonitor.Providers.Chain;

/// <summary>The idempotency keys under which this process asks just now, as all processes see them: a claim is renewed while the call goes on, and runs out when its process dies.</summary>
/// <param name="store">The store; null for none, and then no process sees another.</param>
/// <param name="onFailure">Told of every failure of the store; a call goes on without a claim.</param>
/// <param name="time">The clock of leases and waits.</param>
internal sealed class KeyClaims(IAnswerStore? store, Action<Exception> onFailure, TimeProvider time)
{
    /// <summary>How long a claim outlives its last renewal: the longest that others wait for a process that has died.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(20);

    /// <summary>The longest wait for a claim, beyond which the call goes on without.</summary>
    public static readonly TimeSpan LongestClaim = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(6); // two may fail before the lease is over

    private readonly Lock _gate = new();
    private readonly Dictionary<CacheKey, Held> _held = [];

    /// <summary>Claims a key, unless its result is known or another process asks.</summary>
    /// <returns>Null where that could not be found out.</returns>
    public async Task<KeyClaim?> TakeAsync(CacheKey key, CacheKey question, CancellationToken cancellationToken)
    {
        if (store is null) return null;
        Held? before;
        lock (_gate) before = _held.GetValueOrDefault(key);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await ClaimAsync(store, key, question, before, stop.Token).WaitAsync(LongestClaim, time, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested) // whatever a store throws: the call goes on without it
        {
            await stop.CancelAsync();
            onFailure(e);
            return null;
        }
    }

    /// <summary>Ends a claim: with a result, which takes its place in the store, or without, and then the key is given back in the background.</summary>
    public void End(CacheKey key, bool hasResult)
    {
        lock (_gate)
        {
            if (_held.TryGetValue(key, out var held)) held.End(hasResult);
        }
    }

    /// <summary>Waits until all keys whose calls have ended are given back.</summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return Task.WhenAll(_held.Values.Where(static h => h.IsEnded).Select(static h => h.Keeping)).WaitAsync(cancellationToken);
    }

    private async Task<KeyClaim> ClaimAsync(IAnswerStore from, CacheKey key, CacheKey question, Held? before, CancellationToken cancellationToken)
    {
        if (before is not null) await before.Keeping.WaitAsync(cancellationToken); // the call before this one is giving the key back
        var claim = await from.ClaimAsync(key, question, time.GetUtcNow() + Lease, cancellationToken);
        if (claim is not KeyClaim.Taken(var token)) return claim;
        var held = new Held(token);
        lock (_gate)
        {
            _held[key] = held;
            held.Keeping = KeepAsync(from, key, held);
        }

        if (cancellationToken.IsCancellationRequested) held.End(hasResult: false); // nobody waits for it any more
        return claim;
    }

    private async Task KeepAsync(IAnswerStore from, CacheKey key, Held held)
    {
        while (await held.IsHeldAfterAsync(Renewal, time)) await TryAsync(() => RenewAsync(from, key, held));
        if (held.IsToGiveBack) await TryAsync(() => from.ReleaseAsync(key, held.Token, CancellationToken.None));
        lock (_gate)
        {
            if (_held.GetValueOrDefault(key) == held) _held.Remove(key);
        }
    }

    private async Task RenewAsync(IAnswerStore from, CacheKey key, Held held)
    {
        if (!await from.RenewAsync(key, held.Token, time.GetUtcNow() + Lease, CancellationToken.None)) held.Lose();
    }

    private async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception e) // whatever a store throws: a renewal is tried again, and what was not given back runs out
        {
            onFailure(e);
        }
    }

    /// <summary>One claim, from its beginning to its end.</summary>
    private sealed class Held(string token)
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _hasResult, _isLost;

        public string Token { get; } = token;

        /// <summary>Done when the key is free for the next call, or was lost.</summary>
        public Task Keeping { get; set; } = Task.CompletedTask;

        public bool IsEnded => _end.Task.IsCompleted;

        public bool IsToGiveBack => IsEnded && !_hasResult && !_isLost;

        public void End(bool hasResult)
        {
            _hasResult |= hasResult;
            _end.TrySetResult();
        }

        /// <summary>It ran out, and another process may have it.</summary>
        public void Lose() => _isLost = true;

        public async Task<bool> IsHeldAfterAsync(TimeSpan span, TimeProvider time)
        {
            if (_isLost) return false;
            await _end.Task.WaitAsync(span, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // to be told that the time is over is no failure
            return !IsEnded;
        }
    }
}
