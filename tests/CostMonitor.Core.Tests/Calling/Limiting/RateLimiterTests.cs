using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Limiting;
using static CostMonitor.Core.Tests.Calling.Limiting.LimiterCalls;

namespace CostMonitor.Core.Tests.Calling.Limiting;

public sealed class RateLimiterTests
{
    [Fact]
    public void EnterAsync_GivenNoLimit_PassesAll()
    {
        var calls = new LimiterCalls();

        calls.Use(10_000, tokens: 1_000_000);

        Assert.Equal(0, calls.Limiter.Queued);
    }

    [Fact]
    public void EnterAsync_GivenSixtyAMinute_PassesTenAtOnceAndThenOneASecond()
    {
        var calls = new LimiterCalls(requests: 60);
        calls.Use(10);
        var waiting = calls.Queue(2);

        calls.Time.Advance(Second - TimeSpan.FromMilliseconds(1));
        var before = waiting[0].IsDone;
        calls.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(before);
        Assert.Equal(new LimiterEntry(LimiterAnswer.Entered, Second), waiting[0].Entry);
        Assert.False(waiting[1].IsDone);
        calls.Time.Advance(Second);
        Assert.Equal(new LimiterEntry(LimiterAnswer.Entered, 2 * Second), waiting[1].Entry);
    }

    [Fact]
    public void EnterAsync_GivenATokenLimit_WaitsForTheTokens()
    {
        var calls = new LimiterCalls(tokens: 6000); // 100 a second, 1,000 at once
        calls.Use(2, tokens: 500);

        var wait = calls.Until(calls.Enter(tokens: 250));

        Assert.Equal(TimeSpan.FromSeconds(2.5), wait);
    }

    [Fact]
    public void EnterAsync_GivenMoreTokensThanTheBucketHolds_GoesWhenItIsFullAndLeavesADebt()
    {
        var calls = new LimiterCalls(tokens: 6000);
        calls.Use(1, tokens: 100);

        var first = calls.Until(calls.Enter(tokens: 3000)); // full again after 1 s
        var second = calls.Until(calls.Enter(tokens: 100)); // 1,000 - 3,000, and 100 for itself

        Assert.Equal(Second, first);
        Assert.Equal(21 * Second, second);
    }

    [Fact]
    public void EnterAsync_GivenTenMinutesOfPressure_LetsThroughTheLimitAndOneBurst()
    {
        var calls = new LimiterCalls(requests: 600);
        var entered = 0;

        for (var i = 0; i < 60_000; i++) // one each 10 ms
        {
            if (calls.Enter(longestWait: TimeSpan.Zero).Entry.Answer == LimiterAnswer.Entered) entered++;
            calls.Time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(6099, entered); // 100 at once, and one each 100 ms up to 599.9 s
    }

    [Fact]
    public void EnterAsync_GivenAFullQueue_RefusesAtOnceAndSaysHowLongItWouldTake()
    {
        var calls = new LimiterCalls(requests: 60, queue: 3);
        calls.Use(10);
        calls.Queue(3);

        var refused = calls.Enter();

        Assert.Equal(new LimiterEntry(LimiterAnswer.QueueFull, TimeSpan.Zero, 4 * Second, 3), refused.Entry);
        Assert.Equal(3, calls.Limiter.Queued);
    }

    [Fact]
    public void EnterAsync_GivenNoQueue_NeverWaits()
    {
        var calls = new LimiterCalls(requests: 60, queue: 0);
        calls.Use(10);

        Assert.Equal(new LimiterEntry(LimiterAnswer.QueueFull, TimeSpan.Zero, Second, 0), calls.Enter().Entry);
    }

    [Fact]
    public void EnterAsync_GivenLessTimeThanTheWaitWillTake_RefusesAtOnce()
    {
        var calls = new LimiterCalls(requests: 60);
        calls.Use(10);
        calls.Queue(4);

        var refused = calls.Enter(longestWait: TimeSpan.FromSeconds(4.9));
        var waits = calls.Enter(longestWait: 5 * Second);

        Assert.Equal(new LimiterEntry(LimiterAnswer.WouldWaitTooLong, TimeSpan.Zero, 5 * Second, 4), refused.Entry);
        Assert.False(waits.IsDone);
    }

    [Fact]
    public void EnterAsync_GivenWaitingTokensOfOtherLanes_ForeseesTheTurnsBeforeIt()
    {
        var calls = new LimiterCalls(tokens: 6000);
        calls.Use(1, tokens: 1000);
        calls.Queue(100, CallLane.Batch, tokens: 200);
        calls.Queue(1, CallLane.Canary, tokens: 300);

        var refused = calls.Enter(CallLane.Canary, tokens: 100, longestWait: TimeSpan.Zero);

        // App was served last, so Canary's turn is next: 300 of its first, 200 of one batch call, 100 of its own, 100 a second.
        Assert.Equal(6 * Second, refused.Entry.Foreseen);
    }

    [Fact]
    public void EnterAsync_GivenAPauseThatComesLater_RefusesAfterTheLongestWait()
    {
        var calls = new LimiterCalls(requests: 60);
        calls.Use(10);
        var hurried = calls.Enter(longestWait: 2 * Second);
        var patient = calls.Enter();
        calls.Limiter.Pause(20 * Second);

        calls.Time.Advance(2 * Second);

        Assert.Equal(new LimiterEntry(LimiterAnswer.WaitedTooLong, 2 * Second, 18 * Second, 1), hurried.Entry);
        Assert.False(patient.IsDone);
    }

    [Fact]
    public void EnterAsync_GivenOneLane_KeepsTheOrder()
    {
        var calls = new LimiterCalls(tokens: 6000);
        calls.Use(1, tokens: 1000);
        var big = calls.Queue(1, tokens: 900)[0];
        var small = calls.Queue(1, tokens: 1)[0];

        calls.Time.Advance(8 * Second);
        var early = small.IsDone;
        calls.Time.Advance(2 * Second);

        Assert.False(early); // 800 tokens are there, and it needs but one
        Assert.Equal(9 * Second, big.Entry.Waited);
        Assert.Equal(TimeSpan.FromSeconds(9.01), small.Entry.Waited);
    }

    [Fact]
    public void EnterAsync_GivenFiveThousandBatchCalls_LetsACanaryWaitForOneTurnAtMost()
    {
        var calls = new LimiterCalls(requests: 60);
        calls.Use(10);
        calls.Queue(5000, CallLane.Batch);

        var first = calls.Until(calls.Enter(CallLane.Canary));
        var second = calls.Until(calls.Enter(CallLane.Canary));

        Assert.Equal(Second, first); // its turn
        Assert.Equal(2 * Second, second); // one batch call before it
        Assert.Equal(4999, calls.Limiter.Queued);
    }

    [Fact]
    public void EnterAsync_GivenABigCallAmongSmallOnesOfOtherLanes_DoesNotStarveIt()
    {
        var calls = new LimiterCalls(tokens: 6000);
        calls.Use(1, tokens: 1000);
        var big = calls.Enter(CallLane.Batch, tokens: 900);

        for (var i = 0; !big.IsDone && i < 1000; i++) // a small call of each other lane waits at any time
        {
            calls.Enter(CallLane.App, tokens: 50);
            calls.Enter(CallLane.Canary, tokens: 50);
            calls.Time.Advance(Second);
        }

        Assert.Equal(10 * Second, big.Entry.Waited); // one turn of each other lane, and its own tokens
    }

    [Fact]
    public void EnterAsync_GivenThreeBusyLanes_ServesThemEvenly()
    {
        var calls = new LimiterCalls(requests: 60);
        calls.Use(10);
        var lanes = new[] { CallLane.Batch, CallLane.App, CallLane.Canary }.Select(l => calls.Queue(20, l)).ToArray();

        calls.Time.Advance(30 * Second);

        Assert.All(lanes, static l => Assert.Equal(10, l.Count(static c => c.IsDone)));
        Assert.All(lanes, static l => Assert.True(l.Take(10).All(static c => c.IsDone)));
        Assert.Equal(LimiterAnswer.Entered, lanes[0][9].Entry.Answer);
    }

    [Fact]
    public async Task EnterAsync_GivenACancelledCall_ServesTheNextInItsPlace()
    {
        var calls = new LimiterCalls(requests: 60);
        calls.Use(10);
        using var source = new CancellationTokenSource();
        var cancelled = calls.Enter(cancellationToken: source.Token);
        var next = calls.Queue(1)[0];

        await source.CancelAsync();
        calls.Time.Advance(Second);

        var e = Assert.Throws<OperationCanceledException>(() => cancelled.Entry);
        Assert.Equal(source.Token, e.CancellationToken);
        Assert.Equal(Second, next.Entry.Waited);
        Assert.Equal(0, calls.Limiter.Queued);
    }

    [Fact]
    public void EnterAsync_GivenATokenThatIsCancelled_DoesNotCountTheCall()
    {
        var calls = new LimiterCalls(requests: 60);

        Assert.ThrowsAny<OperationCanceledException>(() => calls.Enter(cancellationToken: new CancellationToken(canceled: true)).Entry);

        calls.Use(10);
    }

    [Fact]
    public async Task EnterAsync_GivenACancelledBigHead_LetsTheSmallOnesBehindGoAtOnce()
    {
        var calls = new LimiterCalls(tokens: 6000);
        calls.Use(1, tokens: 500);
        using var source = new CancellationTokenSource();
        var big = calls.Enter(tokens: 1000, cancellationToken: source.Token);
        var small = calls.Queue(1, tokens: 100)[0];

        await source.CancelAsync();

        Assert.True(big.IsCanceled);
        Assert.True(small.IsDone);
    }

    [Fact]
    public void EnterAsync_GivenManyWaitingCalls_NeedsOneTimer()
    {
        var calls = new LimiterCalls(requests: 60);
        calls.Use(10);

        calls.Queue(1000);

        Assert.Equal(1, calls.Time.TimersMade);
    }

    [Fact]
    public void GiveBack_GivenACallThatWasNotMade_LetsAnotherGo()
    {
        var calls = new LimiterCalls(requests: 60, tokens: 6000);
        calls.Use(1, tokens: 1000);
        var waiting = calls.Queue(1, tokens: 1000)[0];

        calls.Limiter.GiveBack(1000);

        Assert.True(waiting.IsDone);
    }

    [Fact]
    public void GiveBack_GivenAFullBucket_DoesNotDeepenIt()
    {
        var calls = new LimiterCalls(requests: 60);
        calls.Limiter.GiveBack(0);

        calls.Use(10);

        Assert.False(calls.Enter().IsDone);
    }

    [Fact]
    public void Pause_GivenFreeLimits_LetsNobodyGoBeforeItsEnd()
    {
        var calls = new LimiterCalls();
        calls.Limiter.Pause(5 * Second);
        calls.Limiter.Pause(3 * Second); // ends earlier: changes nothing
        var waiting = calls.Queue(3);

        calls.Time.Advance(TimeSpan.FromSeconds(4.999));
        var early = waiting[0].IsDone;
        calls.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(early);
        Assert.All(waiting, static w => Assert.True(w.IsDone));
        Assert.Equal(5 * Second, waiting[2].Entry.Waited);
        Assert.Equal(TimeSpan.Zero, calls.Limiter.Paused);
    }

    [Fact]
    public void Pause_GivenAnHour_HeedsAMinute()
    {
        var calls = new LimiterCalls();

        calls.Limiter.Pause(Hour);

        Assert.Equal(TimeSpan.FromMinutes(1), calls.Limiter.Paused);
    }

    [Fact]
    public void Pause_GivenALongQueueAfterIt_IsForeseen()
    {
        var calls = new LimiterCalls(requests: 60);
        calls.Limiter.Pause(30 * Second);
        calls.Queue(12);

        var refused = calls.Enter(longestWait: Second);

        Assert.Equal(33 * Second, refused.Entry.Foreseen); // ten go at its end, the eleventh a second later
    }
}
