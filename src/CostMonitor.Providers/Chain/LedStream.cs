using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Sources;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>The stream of a flight's leader. It goes on without its caller while others wait for what it brings, and ends with its caller if nobody does.</summary>
/// <remarks>A wait is completed by the stream, or by the caller's going, whichever takes <see cref="_waiting"/> first.</remarks>
/// <param name="flight">Ended by this stream: landed when the answer is complete, failed if it does not become so.</param>
/// <param name="collector">Asks, is shown every update, and says what the complete answer is to those who wait.</param>
/// <param name="caller">Cancelled when the leader's caller goes.</param>
internal sealed class LedStream(Flight flight, AnswerCollector collector, CancellationToken caller)
    : IAsyncEnumerator<ChatResponseUpdate>, IValueTaskSource<bool>
{
    private readonly CancellationTokenSource _stop = new();
    private CancellationTokenRegistration _registration;
    private IAsyncEnumerator<ChatResponseUpdate>? _updates;
    private Action? _onMoved;
    private System.Runtime.CompilerServices.ValueTaskAwaiter<bool> _move;
    private ManualResetValueTaskSourceCore<bool> _source;
    private int _waiting; // 1 while a move of the stream is under way and nobody has completed it for the caller
    private volatile bool _isLeft, _isSettled, _hasFailed;

    public ChatResponseUpdate Current => _updates?.Current ?? throw new InvalidOperationException("The stream has not begun.");

    [SuppressMessage("Reliability", "CA2012", Justification = "The move is awaited by hand, once, and is over before the next one.")]
    public ValueTask<bool> MoveNextAsync()
    {
        if (caller.IsCancellationRequested) return ValueTask.FromCanceled<bool>(caller);
        _move = Updates().MoveNextAsync().GetAwaiter();
        if (_move.IsCompleted) return Completed();
        _source.Reset();
        Volatile.Write(ref _waiting, 1);
        if (caller.IsCancellationRequested) OnCallerGone(); // it may have gone just before the wait began
        _move.UnsafeOnCompleted(_onMoved ??= OnMoved);
        return new ValueTask<bool>(this, _source.Version);
    }

    /// <summary>Ends the flight with something else than the stream's answer.</summary>
    public void Settle(Landed landed)
    {
        _isSettled = true;
        flight.Land(landed);
    }

    public async ValueTask DisposeAsync()
    {
        await _registration.DisposeAsync();
        if (_isLeft) return; // goes on without the caller, and ends itself
        if (!_isSettled && !_hasFailed && flight.TryGoOn(_stop))
        {
            _ = GoOnAsync(isMoved: false);
            return;
        }

        if (!_isSettled) flight.Fail();
        if (_updates is not null) await _updates.DisposeAsync();
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private IAsyncEnumerator<ChatResponseUpdate> Updates()
    {
        if (_updates is not null) return _updates;
        _hasFailed = true; // unless it opens
        _updates = collector.Ask(_stop.Token).GetAsyncEnumerator(CancellationToken.None);
        _hasFailed = false;
        _registration = caller.UnsafeRegister(static s => ((LedStream)s!).OnCallerGone(), this);
        return _updates;
    }

    private ValueTask<bool> Completed()
    {
        try
        {
            return new ValueTask<bool>(Moved(_move.GetResult()));
        }
        catch (Exception e) // whatever the stream throws is its caller's
        {
            _hasFailed = true;
            return ValueTask.FromException<bool>(e);
        }
    }

    private bool Moved(bool isThere)
    {
        if (isThere) collector.Note(Current);
        else Settle(collector.Land());
        return isThere;
    }

    private void OnMoved()
    {
        if (Interlocked.Exchange(ref _waiting, 0) == 0)
        {
            _ = GoOnAsync(isMoved: true);
            return;
        }

        bool isThere;
        try
        {
            isThere = Moved(_move.GetResult());
        }
        catch (Exception e) // whatever the stream throws is its caller's
        {
            _hasFailed = true;
            _source.SetException(e);
            return;
        }

        _source.SetResult(isThere);
    }

    private void OnCallerGone()
    {
        if (!flight.TryGoOn(_stop))
        {
            _stop.Cancel();
            return;
        }

        if (Interlocked.Exchange(ref _waiting, 0) == 0) return;
        _isLeft = true;
        _source.SetException(new OperationCanceledException(caller));
    }

    /// <summary>Reads the rest of a stream whose caller has gone, for those who wait.</summary>
    private async Task GoOnAsync(bool isMoved)
    {
        try
        {
            var isThere = isMoved ? Moved(_move.GetResult()) : Moved(await Updates().MoveNextAsync());
            while (isThere) isThere = Moved(await Updates().MoveNextAsync());
        }
        catch (Exception) when (!_isSettled) // the outer edge of this call: the next one in the flight asks again and meets its own failure
        {
            flight.Fail();
        }
        finally
        {
            if (_updates is not null) await _updates.DisposeAsync();
        }
    }
}
