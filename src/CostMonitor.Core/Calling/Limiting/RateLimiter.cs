namespace CostMonitor.Core.Calling.Limiting;

/// <summary>Keeps the calls of one deployment under its limits: those that go beyond wait, in a queue with a bound. Thread-safe.</summary>
/// <remarks>
/// Requests and tokens refill evenly; what ten seconds refill can be used at once after a lull. The limits are one process's view: what others
/// use of the same deployment shows in its answers' headers, or in a 429. While no limit is known and no pause was asked for, all calls pass.
/// Waiting calls stand in one queue for each <see cref="CallLane"/>, and the lanes take turns.
/// </remarks>
public sealed class RateLimiter
{
    /// <summary>The longest pause that is heeded.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // A limit that refills evenly needs its whole minute from empty to full; headers round by a second, and answers take time.
    private static readonly TimeSpan EvenRefill = TimeSpan.FromSeconds(54);
    private static readonly TimeSpan MostWait = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly LimiterSettings _settings;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly ITimer _timer;
    private readonly WaitingLanes _lanes = new();
    private readonly DeadlineHeap _deadlines = new();
    private RefillingBucket _requests, _tokens;
    private TimeSpan _pausedUntil, _learntAt = TimeSpan.MinValue;
    private TimeSpan? _armedFor;
    private volatile RateLimits _limits = RateLimits.Unknown;
    private volatile bool _isOpen;

    public RateLimiter(LimiterSettings settings, TimeProvider time)
    {
        (_settings, _time, _started) = (settings, time, time.GetTimestamp());
        _timer = time.CreateTimer(static state => (state as RateLimiter)?.OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        (_requests, _tokens) = (new RefillingBucket(TimeSpan.Zero), new RefillingBucket(TimeSpan.Zero));
        Allow(settings.Limits);
        _isOpen = !settings.Limits.IsKnown;
    }

    /// <summary>The limits in force: those of the settings, else those learnt.</summary>
    public RateLimits Limits => _limits;

    /// <summary>The most calls that wait.</summary>
    public int Bound => _settings.Queue;

    /// <summary>Calls that wait now.</summary>
    public int Queued
    {
        get
        {
            lock (_gate) return _lanes.Count;
        }
    }

    /// <summary>How long nobody goes in any case; zero when no pause is on.</summary>
    public TimeSpan Paused
    {
        get
        {
            lock (_gate) return _pausedUntil - Now is { Ticks: > 0 } left ? left : TimeSpan.Zero;
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_started);

    /// <summary>Waits until the call can be made within the limits, and counts it. A free way answers at once and allocates nothing.</summary>
    /// <param name="lane">Who asks.</param>
    /// <param name="tokens">What the provider will count: prompt tokens and the most output tokens asked for. More than can be used at once goes when nothing is used up, and later calls wait for it.</param>
    /// <param name="longestWait">At least 0; above a day as a day.</param>
    /// <exception cref="OperationCanceledException">The call was given up while it waited; it counts for nothing.</exception>
    public ValueTask<LimiterEntry> EnterAsync(CallLane lane, long tokens, TimeSpan longestWait, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(longestWait, TimeSpan.Zero);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<LimiterEntry>(cancellationToken);
        if (_isOpen) return default;
        WaitingCall call;
        lock (_gate)
        {
            var now = Now;
            if (_lanes.Count > 0) Serve(now); // the timer may be late
            if (_lanes.Count == 0 && FreeAt((0, 0), tokens, now) <= now)
            {
                Use(tokens, now);
                return default;
            }

            var foreseen = Foreseen(lane, tokens, now);
            if (_lanes.Count >= _settings.Queue) return new(new LimiterEntry(LimiterAnswer.QueueFull, TimeSpan.Zero, foreseen, _lanes.Count));
            if (foreseen > longestWait) return new(new LimiterEntry(LimiterAnswer.WouldWaitTooLong, TimeSpan.Zero, foreseen, _lanes.Count));
            call = new WaitingCall(this, lane, tokens, now, now + (longestWait < MostWait ? longestWait : MostWait));
            _lanes.Add(call);
            _deadlines.Add(call);
            Serve(now);
        }

        call.Watch(cancellationToken);
        return call.Answer;
    }

    /// <summary>Takes back what an entered call counted for: the provider was not asked after all.</summary>
    public void GiveBack(long tokens)
    {
        if (_isOpen) return;
        lock (_gate)
        {
            _requests.GiveBack(_requests.Cost(1));
            _tokens.GiveBack(_tokens.Cost(tokens));
            Serve(Now);
        }
    }

    /// <summary>Heeds what an answer says of the limits. What it says is left only ever lowers this view, since the headers of calls that overlap come in any order.</summary>
    /// <param name="age">How long ago the head of the answer came.</param>
    /// <remarks>
    /// When nothing is left and the reset is near, a window ends then and nobody goes before. When the reset is as far as an even refill
    /// takes, or a limit of a longer period is reported, the next call goes once the first of it has refilled.
    /// A limit of a longer period than a minute, such as a day's, is taken for one of a minute, which is laxer.
    /// </remarks>
    public void Learn(RateLimitHeaders headers, TimeSpan age)
    {
        if (!_settings.Learns) return;
        lock (_gate)
        {
            var (now, at) = (Now, Now - age);
            if (at >= _learntAt)
            {
                _learntAt = at;
                Allow(new RateLimits(
                    _settings.Limits.RequestsPerMinute ?? Positive(headers.Requests.Limit) ?? _limits.RequestsPerMinute,
                    _settings.Limits.TokensPerMinute ?? Positive(headers.Tokens.Limit) ?? _limits.TokensPerMinute));
            }

            if (headers.Requests.Remaining is { } requests) _requests.Lower(requests, at);
            if (headers.Tokens.Remaining is { } tokens) _tokens.Lower(tokens, at);
            PauseUntil(at + WaitFor(headers.Requests), now);
            PauseUntil(at + WaitFor(headers.Tokens), now);
            if (_lanes.Count > 0) Serve(now);
        }
    }

    /// <summary>Lets nobody go for a time, as a provider asks for with a 429. A pause that ends earlier than the present one changes nothing.</summary>
    /// <param name="wait">At most <see cref="LongestPause"/> of it is heeded.</param>
    public void Pause(TimeSpan wait)
    {
        lock (_gate)
        {
            var now = Now;
            PauseUntil(now + (wait < LongestPause ? wait : LongestPause), now);
        }
    }

    internal void Cancel(WaitingCall call, CancellationToken token)
    {
        lock (_gate)
        {
            if (!call.IsWaiting) return;
            _lanes.Remove(call);
            _deadlines.Remove(call);
            call.End(token);
            Serve(Now);
        }
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            _armedFor = null;
            Serve(Now);
        }
    }

    private void Serve(TimeSpan now)
    {
        do Admit(now);
        while (Expire(now));

        if (_lanes.Next is { } next && _deadlines.First is { } first)
        {
            var free = FreeAt((0, 0), next.Tokens, now);
            Arm(free < first.Deadline ? free : first.Deadline, now);
        }
    }

    private void Admit(TimeSpan now)
    {
        while (_lanes.Next is { } call && FreeAt((0, 0), call.Tokens, now) <= now)
        {
            Use(call.Tokens, now);
            _lanes.Serve(call);
            _deadlines.Remove(call);
            call.End(new LimiterEntry(LimiterAnswer.Entered, now - call.Since));
        }
    }

    /// <summary>Refuses those whose longest wait is over.</summary>
    /// <returns>True if there were any, so that others may have come to the front.</returns>
    private bool Expire(TimeSpan now)
    {
        var any = false;
        while (_deadlines.First is { } call && call.Deadline <= now)
        {
            any = true;
            _lanes.Remove(call);
            _deadlines.Remove(call);
            call.End(new LimiterEntry(LimiterAnswer.WaitedTooLong, now - call.Since, Foreseen(call.Lane, call.Tokens, now), _lanes.Count));
        }

        return any;
    }

    // A timer counts whole milliseconds and cuts off the rest: rounded up, it does not fire before its time.
    private void Arm(TimeSpan due, TimeSpan now)
    {
        if (_armedFor == due) return;
        _armedFor = due;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling((due - now).TotalMilliseconds))), Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Foreseen(CallLane lane, long tokens, TimeSpan now) => FreeAt(_lanes.AheadOf(lane), tokens, now) - now is { Ticks: > 0 } wait ? wait : TimeSpan.Zero;

    private TimeSpan FreeAt((int Calls, double Tokens) ahead, long tokens, TimeSpan now)
    {
        var start = now > _pausedUntil ? now : _pausedUntil;
        var requestsAt = _requests.FreeAt(_requests.Cost(ahead.Calls), _requests.Cost(1), start);
        var tokensAt = _tokens.FreeAt(_tokens.Cost(ahead.Tokens), _tokens.Cost(tokens), start);
        var later = requestsAt > tokensAt ? requestsAt : tokensAt;
        return later > start ? later : start;
    }

    private void Use(long tokens, TimeSpan now)
    {
        _requests.Use(_requests.Cost(1), now);
        _tokens.Use(_tokens.Cost(tokens), now);
    }

    private void Allow(RateLimits limits)
    {
        if (limits == _limits) return;
        _limits = limits;
        _requests.Allow(limits.RequestsPerMinute);
        _tokens.Allow(limits.TokensPerMinute);
        _isOpen = false;
    }

    private void PauseUntil(TimeSpan until, TimeSpan now)
    {
        if (until <= now || until <= _pausedUntil) return;
        _pausedUntil = until;
        _isOpen = false;
    }

    private static TimeSpan WaitFor(RateAllowance allowance)
    {
        if (allowance is not { Remaining: <= 0, Reset: { } reset }) return TimeSpan.Zero;
        var wait = reset >= EvenRefill && allowance.Limit is { } limit and > 0 ? reset / limit : reset;
        return wait < LongestPause ? wait : LongestPause;
    }

    private static long? Positive(long? limit) => limit > 0 ? limit : null;
}
