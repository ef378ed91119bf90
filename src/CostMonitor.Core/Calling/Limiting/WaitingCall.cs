using System.Threading.Tasks.Sources;

namespace CostMonitor.Core.Calling.Limiting;

/// <summary>A call that waits at the limiter. All but the awaiting is done under the limiter's lock.</summary>
internal sealed class WaitingCall(RateLimiter limiter, CallLane lane, long tokens, TimeSpan since, TimeSpan deadline) : IValueTaskSource<LimiterEntry>
{
    private ManualResetValueTaskSourceCore<LimiterEntry> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;

    public CallLane Lane => lane;

    public long Tokens => tokens;

    public TimeSpan Since => since;

    /// <summary>When it gives up.</summary>
    public TimeSpan Deadline => deadline;

    /// <summary>Its neighbours in the lane.</summary>
    public WaitingCall? Before { get; set; }

    public WaitingCall? After { get; set; }

    /// <summary>Its place among the deadlines; -1 once it waits no longer.</summary>
    public int Place { get; set; } = -1;

    public bool IsWaiting => Place >= 0;

    public ValueTask<LimiterEntry> Answer => new(this, _source.Version);

    public void End(LimiterEntry entry) => _source.SetResult(entry);

    public void End(CancellationToken cancelled) => _source.SetException(new OperationCanceledException(cancelled));

    /// <summary>To be called without the lock: a token that is cancelled by now calls back at once.</summary>
    public void Watch(CancellationToken cancellationToken) =>
        _registration = cancellationToken.UnsafeRegister(static (state, token) => (state as WaitingCall)?.Cancel(token), this);

    public LimiterEntry GetResult(short token)
    {
        _registration.Dispose();
        return _source.GetResult(token);
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken token) => limiter.Cancel(this, token);
}
