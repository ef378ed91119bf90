using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Limiting;
using CostMonitor.Testing;

namespace CostMonitor.Core.Tests.Calling.Limiting;

/// <summary>A limiter on a clock that stands, and what tests ask of it.</summary>
internal sealed class LimiterCalls
{
    public static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Hour = TimeSpan.FromHours(1);

    public LimiterCalls(long? requests = null, long? tokens = null, int queue = 10_000, bool learns = true)
    {
        Limiter = new RateLimiter(new LimiterSettings { Limits = new RateLimits(requests, tokens), Queue = queue, Learns = learns }, Time);
    }

    public SteppedTime Time { get; } = new();

    public RateLimiter Limiter { get; }

    public Entering Enter(CallLane lane = CallLane.App, long tokens = 0, TimeSpan? longestWait = null, CancellationToken cancellationToken = default) =>
        new(Limiter.EnterAsync(lane, tokens, longestWait ?? 2 * Hour, cancellationToken));

    /// <summary>Enters so many times, each of which must be free.</summary>
    public void Use(int times, long tokens = 0)
    {
        for (var i = 0; i < times; i++) Assert.Equal(LimiterAnswer.Entered, Enter(tokens: tokens).Entry.Answer);
    }

    /// <summary>Lets calls wait; they must.</summary>
    public Entering[] Queue(int count, CallLane lane = CallLane.App, long tokens = 0)
    {
        var calls = new Entering[count];
        for (var i = 0; i < count; i++) calls[i] = Enter(lane, tokens);
        Assert.All(calls, static c => Assert.False(c.IsDone));
        return calls;
    }

    /// <summary>Moves the clock in steps until the call has its answer.</summary>
    public TimeSpan Until(Entering call)
    {
        var started = Time.Elapsed;
        for (var i = 0; !call.IsDone && i < 100_000; i++) Time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(LimiterAnswer.Entered, call.Entry.Answer);
        return Time.Elapsed - started;
    }
}
