using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Sources;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>Passes a stream on under its time limits. A stream that does not end when it is cancelled is left behind, so that no caller waits for ever.</summary>
/// <remarks>
/// One timer serves all limits: it looks, when it fires, at how long the piece that is due has been waited for, so that a piece that comes
/// in time costs nothing. A wait is completed by the stream or by the watch, whoever takes <see cref="_waiting"/> first.
/// </remarks>
internal sealed class WatchedStream : IAsyncEnumerable<ChatResponseUpdate>, IAsyncEnumerator<ChatResponseUpdate>, IValueTaskSource<bool>
{
    // A client that does not heed its token is left behind after this.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly ModelKey _model;
    private readonly IChatClient _client;
    private readonly IEnumerable<ChatMessage> _messages;
    private readonly ChatOptions? _options;
    private readonly ModelCall _call;
    private readonly CallLimits _limits;
    private readonly TimeProvider _time;
    private TimeSpan _longest;
    private CancellationToken _caller;
    private CancellationTokenSource? _stop;
    private CancellationTokenRegistration _registration;
    private long _started;
    private ITimer? _timer;
    private Action? _onMoved;
    private IAsyncEnumerator<ChatResponseUpdate>? _updates;
    private System.Runtime.CompilerServices.ValueTaskAwaiter<bool> _move;
    private ManualResetValueTaskSourceCore<bool> _source;
    private long _waitingSince;
    private int _waiting; // 1 while a move of the stream is under way and nobody has completed it for the caller
    private int _pieces;
    private volatile string? _expired; // the error type of the limit that was passed
    private volatile bool _isLeft;

    /// <param name="caller">What was given with the call; else what is given with the enumeration counts.</param>
    public WatchedStream(
        ModelKey model, IChatClient client, IEnumerable<ChatMessage> messages, ChatOptions? options, ModelCall call, CallLimits limits, TimeProvider time,
        CancellationToken caller) =>
        (_model, _client, _messages, _options, _call, _limits, _time, _caller) = (model, client, messages, options, call, limits, time, caller);

    public ChatResponseUpdate Current => _updates?.Current ?? throw new InvalidOperationException("The stream has not begun.");

    /// <summary>Begins to ask. The stream can be read once, as any answer of a model.</summary>
    public IAsyncEnumerator<ChatResponseUpdate> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (_stop is not null) throw new InvalidOperationException("The stream has begun already; ask the client again for another answer.");
        if (!_caller.CanBeCanceled) _caller = cancellationToken;
        var left = _call.Left(_limits);
        _longest = left < _limits.Attempt ? left : _limits.Attempt;
        _stop = _caller.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(_caller) : new CancellationTokenSource();
        _started = _time.GetTimestamp();
        _timer = _time.CreateTimer(static s => ((WatchedStream)s!).OnTimer(), this, _longest, Timeout.InfiniteTimeSpan);
        _registration = _caller.UnsafeRegister(static s => ((WatchedStream)s!).OnCallerGone(), this);
        _updates = _client.GetStreamingResponseAsync(_messages, _options, _stop.Token).GetAsyncEnumerator(CancellationToken.None);
        return this;
    }

    [SuppressMessage("Reliability", "CA2012", Justification = "The move is awaited by hand, once, and is over before the next one.")]
    public ValueTask<bool> MoveNextAsync()
    {
        var updates = _updates ?? throw new InvalidOperationException("The stream has not begun.");
        _move = updates.MoveNextAsync().GetAwaiter();
        if (_move.IsCompleted) return Completed();
        _source.Reset();
        Volatile.Write(ref _waitingSince, _time.GetTimestamp());
        Volatile.Write(ref _waiting, 1);
        _move.UnsafeOnCompleted(_onMoved ??= OnMoved);
        return new ValueTask<bool>(this, _source.Version);
    }

    public async ValueTask DisposeAsync()
    {
        await _registration.DisposeAsync();
        if (_timer is not null) await _timer.DisposeAsync();
        if (_isLeft) return; // the stream is still moving: it is disposed of when it ends, if ever
        if (_updates is not null) await _updates.DisposeAsync();
        _stop?.Dispose();
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private bool Moved(bool isThere)
    {
        // From the first piece on the limit between two pieces holds, if it is shorter than what is left.
        if (isThere && _pieces++ == 0 && _limits.Stall < _longest) Arm(_limits.Stall);
        return isThere;
    }

    private ValueTask<bool> Completed()
    {
        try
        {
            return new ValueTask<bool>(Moved(_move.GetResult()));
        }
        catch (Exception e) when (Meaning(e) is { } meaning)
        {
            return ValueTask.FromException<bool>(meaning);
        }
    }

    private void OnMoved()
    {
        if (Interlocked.Exchange(ref _waiting, 0) == 0)
        {
            _ = LeaveAsync();
            return;
        }

        try
        {
            _source.SetResult(Moved(_move.GetResult()));
        }
        catch (Exception e) // whatever the stream throws is its caller's
        {
            _source.SetException(Meaning(e) ?? e);
        }
    }

    /// <summary>Ends a stream that was left behind and came back after all.</summary>
    private async Task LeaveAsync()
    {
        try
        {
            _move.GetResult();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Nobody waits for it any more.
        }

        if (_updates is not null) await _updates.DisposeAsync();
        _stop?.Dispose();
    }

    private void OnTimer()
    {
        if (_expired is not null || _caller.IsCancellationRequested)
        {
            LeaveBehind();
            return;
        }

        var (now, waiting) = (_time.GetTimestamp(), Volatile.Read(ref _waiting) == 1);
        var whole = _longest - _time.GetElapsedTime(_started, now);
        var piece = _pieces > 0 && waiting ? _limits.Stall - _time.GetElapsedTime(Volatile.Read(ref _waitingSince), now) : _limits.Stall;
        if (whole > TimeSpan.Zero && piece > TimeSpan.Zero)
        {
            Arm(_pieces > 0 && piece < whole ? piece : whole);
            return;
        }

        _expired = whole > TimeSpan.Zero ? "stalled" : _longest < _limits.Attempt && _limits.Total > _limits.Attempt ? "deadline" : "timeout";
        Arm(Grace);
        _stop?.Cancel();
    }

    private void OnCallerGone() => Arm(Grace); // the linked source has cancelled the stream

    private void LeaveBehind()
    {
        if (Interlocked.Exchange(ref _waiting, 0) == 0) return;
        _isLeft = true;
        _source.SetException((Exception?)Meaning(null) ?? new OperationCanceledException(_caller));
    }

    /// <summary>What the end of the stream means when a limit was passed; null when none was.</summary>
    private ModelCallException? Meaning(Exception? e)
    {
        if (_expired is not { } type || _caller.IsCancellationRequested) return null;
        var (stage, state) = (_pieces > 0, _call.Attempt is { IsAnswered: true }) switch
        {
            (true, _) => (FailureStage.Stream, "the answer was not complete"),
            (_, true) => (FailureStage.Stream, "the answer had begun but had no token"),
            _ => (FailureStage.Connect, "no answer had come"),
        };
        var message = type switch
        {
            "stalled" => FormattableString.Invariant($"{_model}: no further piece of the answer came for {_limits.Stall.TotalSeconds:0.###} s."),
            "deadline" => FormattableString.Invariant($"{_model}: {state} when the {_limits.Total.TotalSeconds:0.###} s of the whole call were over."),
            _ => FormattableString.Invariant($"{_model}: {state} after {_limits.Attempt.TotalSeconds:0.###} s."),
        };
        return new ModelCallException(stage, type, message, e);
    }

    private void Arm(TimeSpan due)
    {
        try
        {
            _timer?.Change(due, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The stream has just ended.
        }
    }
}
