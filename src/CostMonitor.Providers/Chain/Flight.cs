using CostMonitor.Core.Calling.Caching;

namespace CostMonitor.Providers.Chain;

/// <summary>One question under way: its leader asks, all others wait. Made and found by <see cref="InFlight"/>.</summary>
internal sealed class Flight(InFlight all, CacheKey key, CacheKey question)
{
    private readonly Lock _lock = all.Lock;
    private LinkedList<TaskCompletionSource<Landed>>? _waiting;
    private CancellationTokenSource? _stop; // of the call that goes on without its caller; null while the caller is there

    public CacheKey Key { get; } = key;

    /// <summary>What is asked, where the key does not say it.</summary>
    public CacheKey Question { get; } = question;

    /// <summary>Told when the leader gives up: set by it, and gone with it.</summary>
    public Action? OnFailed { get; set; }

    /// <summary>Ends the flight: all who wait get what it brought.</summary>
    public void Land(Landed landed)
    {
        LinkedList<TaskCompletionSource<Landed>>? waiting;
        lock (_lock)
        {
            all.Remove(this);
            (waiting, _waiting) = (_waiting, null);
        }

        foreach (var one in waiting ?? []) one.SetResult(landed);
    }

    /// <summary>Hands the lead to whoever has waited longest; the others keep waiting. Ends the flight if nobody waits.</summary>
    public void Fail()
    {
        var onFailed = OnFailed;
        OnFailed = null;
        onFailed?.Invoke();
        TaskCompletionSource<Landed> next;
        lock (_lock)
        {
            _stop = null;
            if (_waiting?.First is not { } first)
            {
                all.Remove(this);
                return;
            }

            _waiting.Remove(first);
            next = first.Value;
        }

        next.SetResult(Landed.Leads);
    }

    /// <summary>Tells that the leader's caller has gone.</summary>
    /// <param name="stop">Cancelled when the last of those who wait goes too.</param>
    /// <returns>False when nobody waits, and the call is to end.</returns>
    public bool TryGoOn(CancellationTokenSource stop)
    {
        lock (_lock)
        {
            if (_waiting is not { Count: > 0 }) return false;
            _stop = stop;
            return true;
        }
    }

    /// <summary>Joins those who wait. Called under the lock.</summary>
    internal LinkedListNode<TaskCompletionSource<Landed>> Wait() =>
        (_waiting ??= []).AddLast(new TaskCompletionSource<Landed>(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Gives up waiting; hands on what came meanwhile.</summary>
    internal async Task LeaveAsync(LinkedListNode<TaskCompletionSource<Landed>> place)
    {
        CancellationTokenSource? stop = null;
        bool waited;
        lock (_lock)
        {
            waited = _waiting is not null && place.List == _waiting;
            if (waited) _waiting?.Remove(place);
            if (waited && _waiting is { Count: 0 }) stop = _stop;
        }

        if (stop is not null) await stop.CancelAsync();
        if (!waited && (await place.Value.Task).Turn == FlightTurn.Leads) Fail();
    }
}
