using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Pricing;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Calling.Breaking;

public sealed class BreakerPropertyTests
{
    private const int LongestSeconds = 45;

    private static readonly BreakerSettings Settings = new()
    {
        Failures = 3, ErrorShare = 0.5, MinimumCalls = 6, Window = TimeSpan.FromSeconds(20), OpenFor = TimeSpan.FromSeconds(10),
    };

    // What happens: time passes, a call comes, or the call of a place among those under way ends.
    private static readonly Arbitrary<(int What, int Which)[]> Events = (
        from what in Gen.Frequency((4, Gen.Constant(0)), (5, Gen.Constant(1)), (4, Gen.Constant(2)), (4, Gen.Constant(3)), (1, Gen.Constant(4)))
        from which in Gen.Choose(0, 1_000)
        select (what, which)).ArrayOf(200).ToArbitrary();

    [Fact]
    public void States_GivenAnyEvents_AreThoseOfTheReferee() =>
        Prop.ForAll(Events, events => Differs(events) is { } difference ? false.Label(difference) : true.ToProperty()).QuickCheckThrowOnFailure();

    private static string? Differs((int What, int Which)[] events)
    {
        var time = new ManualTime(new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero));
        var (now, openings) = (0.0, 0);
        var breaker = new CircuitBreaker(new ModelKey("sim", "a"), Settings, time, c => openings += c.IsOpening ? 1 : 0);
        var referee = new BreakerReferee(Settings);
        var underWay = new List<(int Call, BreakerPass Pass)>();
        for (var i = 0; i < events.Length; i++)
        {
            var (what, which) = events[i];
            if (what == 0)
            {
                var seconds = which % 20 == 0 ? 50 : which % 8 * 0.5;
                time.Move(seconds);
                now += seconds;
            }
            else if (what == 1)
            {
                var isAllowing = breaker.IsAllowing;
                var enters = breaker.TryEnter(TimeSpan.FromSeconds(LongestSeconds), out var pass, out var retryAfter);
                if (enters != referee.Enters(i, now, LongestSeconds) || enters != isAllowing) return $"At {i}: entered {enters}, allowing {isAllowing}.";
                if (enters == retryAfter > TimeSpan.Zero) return $"At {i}: entered {enters} with a wait of {retryAfter}.";
                if (enters) underWay.Add((i, pass));
            }
            else if (underWay.Count > 0)
            {
                var (call, pass) = underWay[which % underWay.Count];
                underWay.RemoveAt(which % underWay.Count);
                if (what == 2) breaker.Failed(pass, "timeout");
                else if (what == 3) breaker.Succeeded(pass);
                else breaker.GaveUp(pass);
                referee.Reports(call, what == 4 ? null : what == 2, now);
            }

            if ((breaker.Status.State, openings) != (referee.State, referee.Openings)) return $"At {i}: {breaker.Status} and {openings} openings; expected {referee.State} and {referee.Openings}.";
        }

        return null;
    }
}
