using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Tests.Calling.Breaking;

public sealed class CircuitBreakerTests
{
    private static readonly ModelKey Model = new("sim", "a");
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(100);

    private readonly ManualTime _time = new(Start);
    private readonly List<BreakerChange> _changes = [];

    [Fact]
    public void Failed_GivenFiveInARow_OpensOnTheFifth()
    {
        var breaker = Breaker();

        Fail(breaker, 4);
        var before = breaker.Status.State;
        _time.Move(2);
        Fail(breaker, 1);

        Assert.Equal((BreakerState.Closed, false), (before, breaker.IsAllowing));
        Assert.Equal(
            new BreakerStatus
            {
                State = BreakerState.Open, Since = Start.AddSeconds(2), DownSince = Start.AddSeconds(2), ProbesAt = Start.AddSeconds(32),
                FailuresInRow = 5, LastFailure = "http_500", Reason = "5 failures in a row, the last with 'http_500'",
            },
            breaker.Status);
        Assert.Equal((Model, BreakerState.Closed, BreakerState.Open, Start.AddSeconds(2), true), Seen(Assert.Single(_changes)));
    }

    [Fact]
    public void Failed_GivenASuccessBetween_BeginsToCountAnew()
    {
        var breaker = Breaker();

        Fail(breaker, 4);
        Succeed(breaker, 1);
        Fail(breaker, 4);

        Assert.Equal((BreakerState.Closed, 4), (breaker.Status.State, breaker.Status.FailuresInRow));
    }

    [Fact]
    public void Failed_GivenACallerWhoGaveUpBetween_CountsOn()
    {
        var breaker = Breaker();

        Fail(breaker, 4);
        breaker.GaveUp(Enter(breaker));
        Fail(breaker, 1);

        Assert.Equal(BreakerState.Open, breaker.Status.State);
    }

    [Fact]
    public void Failed_GivenQuickFailuresAmongSlowAnswers_WaitsForWhatIsBetween()
    {
        var breaker = Breaker();
        BreakerPass[] passes = [.. Enumerable.Range(0, 10).Select(_ => Enter(breaker))];

        for (var i = 1; i < 10; i += 2) breaker.Failed(passes[i], "http_429"); // every second one, and they end first
        var before = breaker.Status.State;
        for (var i = 0; i < 8; i += 2) breaker.Failed(passes[i], "timeout");

        Assert.Equal((BreakerState.Closed, BreakerState.Open), (before, breaker.Status.State));
    }

    [Fact]
    public void Failed_GivenQuickFailuresAmongSlowAnswersThatSucceed_StaysClosed()
    {
        var breaker = Breaker();
        BreakerPass[] passes = [.. Enumerable.Range(0, 12).Select(_ => Enter(breaker))];

        for (var i = 1; i < 12; i += 2) breaker.Failed(passes[i], "http_429");
        for (var i = 0; i < 12; i += 2) breaker.Succeeded(passes[i]);

        Assert.Equal(BreakerState.Closed, breaker.Status.State);
    }

    [Fact]
    public void Failed_GivenHalfOfTwentyCalls_Opens()
    {
        var breaker = Breaker();

        for (var i = 0; i < 9; i++)
        {
            Fail(breaker, 1);
            Succeed(breaker, 1);
        }

        Succeed(breaker, 1);
        var before = breaker.Status.State; // 9 of 19
        Fail(breaker, 1);

        Assert.Equal((BreakerState.Closed, BreakerState.Open), (before, breaker.Status.State));
        Assert.Equal("10 of 20 calls in 60 s failed, the last with 'http_500'", breaker.Status.Reason);
    }

    [Fact]
    public void Failed_GivenHalfOfNineteenCalls_StaysClosed()
    {
        var breaker = Breaker();

        for (var i = 0; i < 9; i++)
        {
            Succeed(breaker, 1);
            Fail(breaker, 1);
        }

        Fail(breaker, 1); // 10 of 19

        Assert.Equal(BreakerState.Closed, breaker.Status.State);
    }

    [Theory]
    [InlineData(54, BreakerState.Open)] // 10 failures of 20
    [InlineData(60, BreakerState.Closed)] // one failure of one: those of a minute ago are forgotten
    public void Failed_GivenFailuresOfAWhileAgo_CountsThoseOfTheWindow(double secondsLater, BreakerState expected)
    {
        var breaker = Breaker();
        for (var i = 0; i < 9; i++)
        {
            Fail(breaker, 1);
            Succeed(breaker, 1);
        }

        Succeed(breaker, 1);
        _time.Move(secondsLater);
        Fail(breaker, 1);

        Assert.Equal(expected, breaker.Status.State);
    }

    [Fact]
    public void Failed_GivenAnExactShareThatIsNoBinaryFraction_Opens()
    {
        var breaker = Breaker(new BreakerSettings { ErrorShare = 0.1, MinimumCalls = 30 });

        Succeed(breaker, 27);
        Fail(breaker, 3); // 0.1 of 30, though 0.1 * 30 is more than 3 in binary

        Assert.Equal(BreakerState.Open, breaker.Status.State);
    }

    [Fact]
    public void TryEnter_GivenAnOpenBreaker_RefusesUntilItsTimeIsOver()
    {
        var breaker = Opened();

        _time.Move(29.5);
        var isAllowed = breaker.TryEnter(Longest, out _, out var retryAfter);
        _time.Move(0.5);

        Assert.Equal((false, TimeSpan.FromSeconds(0.5)), (isAllowed, retryAfter));
        Assert.True(breaker.IsAllowing);
        Assert.True(breaker.TryEnter(Longest, out _, out _));
        Assert.Equal((BreakerState.HalfOpen, (DateTimeOffset?)null), (breaker.Status.State, breaker.Status.ProbesAt));
        Assert.Equal((Model, BreakerState.Open, BreakerState.HalfOpen, Start.AddSeconds(30), false), Seen(_changes[^1]));
    }

    [Fact]
    public void TryEnter_GivenAProbeUnderWay_RefusesEveryOther()
    {
        var breaker = Opened();
        _time.Move(30);
        Enter(breaker);

        _time.Move(10);
        var isAllowed = breaker.TryEnter(Longest, out _, out var retryAfter);

        Assert.Equal((false, false, TimeSpan.FromSeconds(1)), (isAllowed, breaker.IsAllowing, retryAfter));
    }

    [Fact]
    public void Succeeded_GivenTheProbe_Closes()
    {
        var breaker = Opened();
        _time.Move(31);
        var probe = Enter(breaker);

        _time.Move(1);
        breaker.Succeeded(probe);

        Assert.Equal(
            new BreakerStatus { State = BreakerState.Closed, Since = Start.AddSeconds(32), LastFailure = "http_500", Reason = "a probe succeeded" },
            breaker.Status);
        Assert.Equal((Model, BreakerState.HalfOpen, BreakerState.Closed, Start.AddSeconds(32), false), Seen(_changes[^1]));
        Fail(breaker, 4); // nothing of before counts
        Assert.Equal(BreakerState.Closed, breaker.Status.State);
    }

    [Fact]
    public void Failed_GivenTheProbe_OpensAgainForTheSameTime()
    {
        var breaker = Opened();
        _time.Move(30);
        breaker.Failed(Enter(breaker), "timeout");

        Assert.Equal(
            new BreakerStatus
            {
                State = BreakerState.Open, Since = Start.AddSeconds(30), DownSince = Start, ProbesAt = Start.AddSeconds(60),
                FailuresInRow = 6, LastFailure = "timeout", Reason = "the probe failed with 'timeout'",
            },
            breaker.Status);
        Assert.Equal((Model, BreakerState.HalfOpen, BreakerState.Open, Start.AddSeconds(30), false), Seen(_changes[^1]));
        Assert.Single(_changes, c => c.IsOpening);
    }

    [Fact]
    public void GaveUp_GivenTheProbe_FreesItsPlaceForTheNextCall()
    {
        var breaker = Opened();
        _time.Move(30);
        var first = Enter(breaker);

        breaker.GaveUp(first);
        var free = (breaker.Status.State, breaker.IsAllowing, breaker.Status.ProbesAt);
        Enter(breaker);
        breaker.Failed(first, "late");
        breaker.GaveUp(first);

        Assert.Equal((BreakerState.HalfOpen, true, Start.AddSeconds(30)), free);
        Assert.Equal((BreakerState.HalfOpen, false), (breaker.Status.State, breaker.IsAllowing)); // the second probe has its place
        Assert.Equal(2, _changes.Count); // opened, half-open
    }

    [Fact]
    public void TryEnter_GivenAProbeThatNeverReports_LetsAnotherTakeItsPlace()
    {
        var breaker = Opened();
        _time.Move(30);
        var lost = Enter(breaker);

        _time.Move(100);
        var next = Enter(breaker);
        breaker.Failed(lost, "late");
        breaker.Succeeded(next);

        Assert.Equal(BreakerState.Closed, breaker.Status.State);
    }

    [Fact]
    public void Succeeded_GivenACallFromBeforeTheOpening_ChangesNothing()
    {
        var breaker = Breaker();
        var (early, late) = (Enter(breaker), Enter(breaker));
        Fail(breaker, 5);

        _time.Move(10);
        breaker.Succeeded(early);
        breaker.Failed(late, "late");
        var open = breaker.Status;
        _time.Move(20);
        Enter(breaker);
        breaker.Succeeded(early);

        Assert.Equal((BreakerState.Open, Start.AddSeconds(30), 5), (open.State, open.ProbesAt, open.FailuresInRow));
        Assert.Equal(BreakerState.HalfOpen, breaker.Status.State);
    }

    [Fact]
    public void Restore_GivenOneThatIsOpen_StaysOpenForTheRest()
    {
        var breaker = Breaker();
        var known = Known(BreakerState.Open, Start.AddSeconds(12));

        var isTaken = breaker.Restore(known);

        Assert.True(isTaken);
        Assert.Equal(known, breaker.Status);
        Assert.False(breaker.TryEnter(Longest, out _, out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(12), retryAfter);
        Assert.Empty(_changes);
    }

    [Fact]
    public void Restore_GivenAClockFarAhead_WaitsNoLongerThanItsOwnTime()
    {
        var breaker = Breaker();

        breaker.Restore(Known(BreakerState.Open, Start.AddHours(2)));

        Assert.False(breaker.TryEnter(Longest, out _, out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(30), retryAfter);
    }

    [Theory]
    [InlineData(BreakerState.Open, -1)]
    [InlineData(BreakerState.Open, 0)]
    [InlineData(BreakerState.HalfOpen, null)]
    public void Restore_GivenOneWhoseTimeIsOver_LetsOneProbeThrough(BreakerState state, int? secondsLeft)
    {
        var breaker = Breaker();

        breaker.Restore(Known(state, secondsLeft is { } left ? Start.AddSeconds(left) : null));

        Assert.Equal((BreakerState.HalfOpen, Start.AddMinutes(-5)), (breaker.Status.State, breaker.Status.DownSince));
        Assert.True(breaker.TryEnter(Longest, out var probe, out _));
        Assert.False(breaker.TryEnter(Longest, out _, out _));
        breaker.Succeeded(probe);
        Assert.Equal(BreakerState.Closed, breaker.Status.State);
    }

    [Fact]
    public void Restore_GivenAClosedOneOrCallsOfItsOwn_KnowsBetter()
    {
        var (breaker, used) = (Breaker(), Breaker());
        Succeed(used, 1);

        Assert.False(breaker.Restore(new BreakerStatus { State = BreakerState.Closed, Since = Start }));
        Assert.False(used.Restore(Known(BreakerState.Open, Start.AddSeconds(12))));
        Assert.True(used.IsAllowing);
    }

    [Fact]
    public async Task TryEnter_GivenManyThreads_LetsOneProbeThroughAndTellsEachChangeOnce()
    {
        const int threads = 16, rounds = 50;
        var changes = 0;
        var breaker = new CircuitBreaker(Model, BreakerSettings.Default, _time, _ => Interlocked.Increment(ref changes));
        for (var round = 0; round < rounds; round++)
        {
            var probes = 0;
            using var together = new Barrier(threads, b =>
            {
                if (b.CurrentPhaseNumber == 1) _time.Move(30); // all have failed
            });
            await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    together.SignalAndWait();
                    for (var i = 0; i < 5; i++) // closed: 80 failures, of which five open it
                    {
                        if (breaker.TryEnter(Longest, out var pass, out var _)) breaker.Failed(pass, "http_500");
                    }

                    together.SignalAndWait();
                    if (breaker.TryEnter(Longest, out var probe, out var _))
                    {
                        Interlocked.Increment(ref probes);
                        together.SignalAndWait();
                        breaker.Succeeded(probe);
                    }
                    else
                    {
                        together.SignalAndWait();
                    }
                },
                TaskCreationOptions.LongRunning)));

            Assert.Equal((1, BreakerState.Closed), (probes, breaker.Status.State));
        }

        Assert.Equal(3 * rounds, changes); // opened, half-open, closed
    }

    [Fact]
    public void TryEnter_GivenAClosedBreaker_AllocatesNothing()
    {
        var breaker = new CircuitBreaker(Model, BreakerSettings.Default, TimeProvider.System);
        Succeed(breaker, 10);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Succeed(breaker, 1000);
        var after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(0, after - before);
    }

    private static (ModelKey, BreakerState, BreakerState, DateTimeOffset, bool) Seen(BreakerChange c) => (c.Deployment, c.From, c.To, c.At, c.IsOpening);

    private static BreakerStatus Known(BreakerState state, DateTimeOffset? probesAt) => new()
    {
        State = state, Since = Start.AddSeconds(-20), DownSince = Start.AddMinutes(-5), ProbesAt = probesAt, FailuresInRow = 7, LastFailure = "timeout",
        Reason = "the probe failed with 'timeout'",
    };

    private static BreakerPass Enter(CircuitBreaker breaker)
    {
        Assert.True(breaker.TryEnter(Longest, out var pass, out _));
        return pass;
    }

    private static void Fail(CircuitBreaker breaker, int times)
    {
        for (var i = 0; i < times; i++) breaker.Failed(Enter(breaker), "http_500");
    }

    private static void Succeed(CircuitBreaker breaker, int times)
    {
        for (var i = 0; i < times; i++) breaker.Succeeded(Enter(breaker));
    }

    private CircuitBreaker Breaker(BreakerSettings? settings = null) => new(Model, settings ?? BreakerSettings.Default, _time, _changes.Add);

    private CircuitBreaker Opened()
    {
        var breaker = Breaker();
        Fail(breaker, 5);
        return breaker;
    }
}
