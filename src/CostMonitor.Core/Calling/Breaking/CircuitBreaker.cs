using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Calling.Breaking;

/// <summary>Leaves a deployment alone that keeps failing, and lets one call at a time through now and then to see whether it is back. Thread-safe.</summary>
/// <remarks>
/// It opens on a failure only: after <see cref="BreakerSettings.Failures"/> in a row, in the order in which the calls began, or when <see cref="BreakerSettings.ErrorShare"/> of the calls
/// in the window have failed. One probe that succeeds closes it; one that fails opens it again for the same time. Each change of state begins
/// a phase, and what a call of an earlier phase reports is not heard: it says nothing of now.
/// </remarks>
public sealed class CircuitBreaker
{
    // How soon to ask again while a probe is under way: nobody knows when it ends.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly BreakerSettings _settings;
    private readonly TimeProvider _time;
    private readonly Action<BreakerChange>? _onChange;
    private readonly long _origin;
    private readonly FailureWindow _window;
    private readonly FailureRow _row;
    private long _calls; // that have begun
    private long _phase = 1;
    private long _closed = 1; // the phase while it is closed, else 0: all that an allowed call reads
    private BreakerStatus _status;
    private int _failuresInRow;
    private string? _lastFailure;
    private TimeSpan _nextChance; // while it is not closed: when the next call goes through, on the clock of Now()
    private bool _isProbing;
    private bool _isUsed;

    /// <param name="deployment">The name in models.json.</param>
    /// <param name="settings">When it opens, and for how long.</param>
    /// <param name="time">The clock of all times.</param>
    /// <param name="onChange">Told of every change of state once, outside any lock and in the course of a call: it must be quick and must not throw. Null to tell nobody.</param>
    public CircuitBreaker(ModelKey deployment, BreakerSettings settings, TimeProvider time, Action<BreakerChange>? onChange = null)
    {
        (Deployment, _settings, _time, _onChange, _origin) = (deployment, settings, time, onChange, time.GetTimestamp());
        (_window, _row) = (new FailureWindow(settings.Window), new FailureRow(settings.Failures));
        _status = new BreakerStatus { State = BreakerState.Closed, Since = time.GetUtcNow() };
    }

    public ModelKey Deployment { get; }

    /// <summary>Whether a call would go through just now. Takes no probe's place, so that a route may look first.</summary>
    public bool IsAllowing
    {
        get
        {
            if (Volatile.Read(ref _closed) != 0) return true;
            lock (_gate) return _status.State == BreakerState.Closed || Now() >= _nextChance;
        }
    }

    public BreakerStatus Status
    {
        get
        {
            lock (_gate) return Seen();
        }
    }

    /// <summary>Lets a call through, or refuses it. A call that was let through must report its end, once.</summary>
    /// <param name="longest">The longest that the call may take, more than zero: a probe that has reported nothing for so long was lost, and another takes its place.</param>
    /// <param name="pass">To report the call's end with.</param>
    /// <param name="retryAfter">When refused: the time until the next chance; 1 second at most while a probe is under way.</param>
    public bool TryEnter(TimeSpan longest, out BreakerPass pass, out TimeSpan retryAfter)
    {
        var closed = Volatile.Read(ref _closed);
        if (closed == 0) return TryProbe(longest, out pass, out retryAfter);
        (pass, retryAfter) = (new BreakerPass(closed, Interlocked.Increment(ref _calls)), TimeSpan.Zero);
        return true;
    }

    /// <summary>Reports that the deployment answered a call.</summary>
    public void Succeeded(BreakerPass pass)
    {
        BreakerChange? change = null;
        lock (_gate)
        {
            if (pass.Phase != _phase) return;
            _isUsed = true;
            _failuresInRow = 0;
            _row.Note(pass.Number, isFailure: false);
            if (_status.State == BreakerState.Closed) _window.Add(Now(), isFailure: false);
            else change = Close();
        }

        Tell(change);
    }

    /// <summary>Reports that the deployment failed a call.</summary>
    /// <param name="errorType">What kind of failure, as in <c>timeout</c>.</param>
    public void Failed(BreakerPass pass, string errorType)
    {
        BreakerChange? change = null;
        lock (_gate)
        {
            if (pass.Phase != _phase) return;
            _isUsed = true;
            _lastFailure = errorType;
            if (ReasonToOpen(pass, errorType) is { } reason) change = Open(reason);
        }

        Tell(change);
    }

    /// <summary>Reports that a call ended without saying anything of the deployment: its caller gave up, or the request itself was at fault. Frees a probe's place.</summary>
    public void GaveUp(BreakerPass pass)
    {
        lock (_gate)
        {
            if (pass.Phase != _phase) return;
            _row.Note(pass.Number, isFailure: null);
            if (!_isProbing) return;
            _phase++;
            (_isProbing, _nextChance) = (false, Now());
        }
    }

    /// <summary>Begins with what another process knew last, so that a fresh one does not call a deployment that is down. Tells nobody.</summary>
    /// <param name="known">An open one stays open for what is left of its time, at most <see cref="BreakerSettings.OpenFor"/>; one whose time is over is half-open.</param>
    /// <returns>False when it was closed, or when this breaker has seen calls of its own: it knows better.</returns>
    public bool Restore(BreakerStatus known)
    {
        lock (_gate)
        {
            if (known.State == BreakerState.Closed || _isUsed || _status.State != BreakerState.Closed) return false;
            var left = known.State == BreakerState.Open && known.ProbesAt is { } at ? at - _time.GetUtcNow() : TimeSpan.Zero;
            var isOpen = left > TimeSpan.Zero;
            if (left > _settings.OpenFor) left = _settings.OpenFor; // the other's clock or settings are not ours
            BeginPhase(isOpen ? BreakerState.Open : BreakerState.HalfOpen, isOpen ? left : TimeSpan.Zero);
            _status = known with { State = _status.State };
            (_failuresInRow, _lastFailure) = (known.FailuresInRow, known.LastFailure);
            return true;
        }
    }

    private bool TryProbe(TimeSpan longest, out BreakerPass pass, out TimeSpan retryAfter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(longest, TimeSpan.Zero);
        (pass, retryAfter) = (default, TimeSpan.Zero);
        BreakerChange? change = null;
        lock (_gate)
        {
            var wait = _nextChance - Now();
            if (_status.State != BreakerState.Closed && wait > TimeSpan.Zero)
            {
                retryAfter = _isProbing && wait > LookAgain ? LookAgain : wait;
                return false;
            }

            if (_status.State == BreakerState.Closed) // since the caller looked
            {
                pass = new BreakerPass(_phase, Interlocked.Increment(ref _calls));
                return true;
            }

            change = BeginProbe(longest);
            pass = new BreakerPass(_phase, Interlocked.Increment(ref _calls));
        }

        Tell(change);
        return true;
    }

    private string? ReasonToOpen(BreakerPass pass, string errorType)
    {
        if (_status.State == BreakerState.HalfOpen)
        {
            _failuresInRow++;
            return $"the probe failed with '{errorType}'";
        }

        var now = Now();
        _window.Add(now, isFailure: true);
        _row.Note(pass.Number, isFailure: true);
        _failuresInRow = _row.Length(pass.Number, Volatile.Read(ref _calls), _settings.Failures);
        if (_failuresInRow >= _settings.Failures) return FormattableString.Invariant($"{_failuresInRow} failures in a row, the last with '{errorType}'");
        var (calls, failures) = _window.Count(now);
        return calls >= _settings.MinimumCalls && (double)failures / calls >= _settings.ErrorShare
            ? FormattableString.Invariant($"{failures} of {calls} calls in {_settings.Window.TotalSeconds:0.###} s failed, the last with '{errorType}'")
            : null;
    }

    private BreakerChange Open(string reason)
    {
        var (from, since) = (_status.State, _time.GetUtcNow());
        BeginPhase(BreakerState.Open, _settings.OpenFor);
        _status = _status with { Since = since, DownSince = _status.DownSince ?? since, Reason = reason };
        return new BreakerChange(Deployment, from, Seen());
    }

    private BreakerChange? BeginProbe(TimeSpan longest)
    {
        var from = _status.State;
        BeginPhase(BreakerState.HalfOpen, longest);
        _isProbing = true;
        if (from == BreakerState.HalfOpen) return null; // another probe
        _status = _status with { Since = _time.GetUtcNow() };
        return new BreakerChange(Deployment, from, Seen());
    }

    private BreakerChange Close()
    {
        var from = _status.State;
        BeginPhase(BreakerState.Closed, TimeSpan.Zero);
        _window.Clear();
        _row.BeginAt(Volatile.Read(ref _calls) + 1);
        _status = _status with { Since = _time.GetUtcNow(), DownSince = null, Reason = "a probe succeeded" };
        return new BreakerChange(Deployment, from, Seen());
    }

    private void BeginPhase(BreakerState state, TimeSpan untilNextChance)
    {
        _phase++;
        _status = _status with { State = state };
        (_isProbing, _nextChance) = (false, Now() + untilNextChance);
        Volatile.Write(ref _closed, state == BreakerState.Closed ? _phase : 0);
    }

    private BreakerStatus Seen() => _status with
    {
        ProbesAt = _status.State == BreakerState.Closed || _isProbing ? null : _time.GetUtcNow() + (_nextChance - Now()),
        FailuresInRow = _failuresInRow,
        LastFailure = _lastFailure,
    };

    private TimeSpan Now() => _time.GetElapsedTime(_origin);

    private void Tell(BreakerChange? change)
    {
        if (change is not null) _onChange?.Invoke(change);
    }
}
