using CostMonitor.Core.Alerts;
using CostMonitor.Core.Alerts.Rules;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Alerts.Rules;

public sealed class RuleStateTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    /// <summary>Fires above 3 s, recovers at 2.7 s.</summary>
    private static readonly AlertRule Latency = AlertRules.BuiltIn.Single(r => r.Name == "p95-latency");

    /// <summary>Fires below 20 %, recovers at 22 %.</summary>
    private static readonly AlertRule Hits = AlertRules.BuiltIn.Single(r => r.Name == "cache-hit-rate");

    // Tenths of the threshold, so that the band and its ends come often; -1 is unknown.
    private static readonly Arbitrary<int[]> Values = Gen.Choose(-1, 14).ArrayOf(60).ToArbitrary();

    [Fact]
    public void Next_GivenValuesAroundTheThreshold_FiresAndRecoversOnce()
    {
        Assert.Equal(
            ["3.01 Raise", "2.7 Recover", "9 Raise"],
            Notices(Latency, 2.9m, 3, 3.01m, 3.5m, 2.71m, 3.01m, 2.7m, 2.9m, 3, 9));
        Assert.Equal(
            ["19.9 Raise", "22 Recover"],
            Notices(Hits, 25, 20, 19.9m, 21.9m, 5, 22, 20, 21));
    }

    [Fact]
    public void Next_GivenAnUnknownValue_NeitherFiresNorRecoversNorBreaksARow()
    {
        Assert.Equal(["4 Raise", "1 Recover"], Notices(Latency, null, 4, null, null, 1, null));
        Assert.Equal(["5 Raise"], Notices(Latency with { For = 2 }, 4, null, 5));
    }

    [Fact]
    public void Next_GivenFor_WantsThatManyInARowBothWays()
    {
        Assert.Equal(["6 Raise", "3 Recover"], Notices(Latency with { For = 3, Threshold = 4 }, 5, 5, 4, 5, 5, 6, 3, 3, 4, 3, 3, 3));
    }

    [Fact]
    public void Next_GivenAThresholdOfZero_RecoversAtZero()
    {
        var breakers = AlertRules.BuiltIn.Single(r => r.Name == "breaker-open");

        Assert.Equal(["1 Raise", "0 Recover"], Notices(breakers, 0, 1, 2, 1, 0, 0));
    }

    [Fact]
    public void Next_GivenAChange_NotesWhenAndWhatItOwes()
    {
        var now = Start.AddMinutes(5).AddMilliseconds(700);

        var fired = RuleState.Fresh("p95-latency", "sim:a", Start).Next(Latency, new RuleMeasure("sim:a", 4, 25, "x"), now);
        var over = fired.Told().Next(Latency, new RuleMeasure("sim:a", 1, 30), now.AddMinutes(1));

        Assert.Equal(
            new RuleState
            {
                Rule = "p95-latency", Scope = "sim:a", IsFiring = true, Since = now, Episode = Start.AddMinutes(5), Value = 4, N = 25, Detail = "x", Owed = RuleNotice.Raise,
            },
            fired);
        Assert.Equal(fired with { IsFiring = false, Since = now.AddMinutes(1), Value = 1, N = 30, Detail = null, Owed = RuleNotice.Recover }, over);
    }

    [Fact]
    public void Next_GivenANoticeThatIsOwed_ChangesNothing()
    {
        var fired = RuleState.Fresh("p95-latency", "", Start).Next(Latency, new RuleMeasure("", 4, 25), Start);

        Assert.Same(fired, fired.Next(Latency, new RuleMeasure("", 1, 30), Start.AddMinutes(1)));
    }

    [Fact]
    public void Next_GivenAClockThatWasPutBack_GivesTheSecondEpisodeAnotherName()
    {
        var state = RuleState.Fresh("p95-latency", "", Start);
        var keys = new List<AlertKey>();
        foreach (var value in (decimal[])[4, 1, 4])
        {
            state = state.Next(Latency, new RuleMeasure("", value, 25), Start);
            keys.Add(RuleAlerts.KeyOf(state));
            state = state.Told();
        }

        Assert.Equal(["20261121T100000Z", "20261121T100000Z", "20261121T100001Z"], keys.Select(k => k.Period));
    }

    [Fact]
    public void Retired_GivenAFiringState_OwesARecovery()
    {
        var fired = RuleState.Fresh("p95-latency", "", Start).Next(Latency, new RuleMeasure("", 4, 25), Start).Told();

        var retired = fired.Retired(Start.AddHours(1));

        Assert.Equal((false, RuleNotice.Recover, fired.Episode), (retired.IsFiring, retired.Owed, retired.Episode));
        Assert.Equal(retired.Told(), retired.Told().Retired(Start.AddHours(2)));
    }

    [Fact]
    public void Next_GivenAnyValues_AlternatesItsNotices() =>
        Prop.ForAll(Values, Gen.Choose(1, 4).ToArbitrary(), (tenths, inARow) =>
            new[] { Latency, Hits }.All(rule => Alternates(Kinds(rule with { For = inARow }, tenths)))).QuickCheckThrowOnFailure();

    [Fact]
    public void Next_GivenValuesInsideTheBand_GivesNoFurtherNotice() =>
        Prop.ForAll(Values, tenths => Steps(Latency, [14, .. tenths.Select(t => t < 0 ? t : 9.1m + t * 0.06m)]).Count(s => s.Owed != RuleNotice.None) == 1).QuickCheckThrowOnFailure();

    /// <summary>The slow way: looks at all that was seen so far instead of keeping a state.</summary>
    [Fact]
    public void Next_GivenAnyValues_IsAsIfItLookedBackOverAllOfThem() =>
        Prop.ForAll(Values, Gen.Choose(1, 3).ToArbitrary(), (tenths, inARow) =>
        {
            var rule = Latency with { For = inARow };
            var states = Steps(rule, [.. tenths.Select(t => (decimal)t)]).Select(s => s.IsFiring);
            return states.SequenceEqual(Enumerable.Range(1, tenths.Length).Select(n => LookBack(tenths[..n], inARow)));
        }).QuickCheckThrowOnFailure();

    private static bool LookBack(int[] tenths, int inARow)
    {
        var known = tenths.Where(t => t >= 0).ToList();
        var isFiring = false;
        for (var from = 0; from + inARow <= known.Count;)
        {
            var row = known.GetRange(from, inARow);
            if (!row.All(t => isFiring ? t <= 9 : t > 10))
            {
                from++;
                continue;
            }

            isFiring = !isFiring;
            from += inARow;
        }

        return isFiring;
    }

    private static bool Alternates(IReadOnlyList<RuleNotice> notices) =>
        notices.Select((notice, i) => notice == (i % 2 == 0 ? RuleNotice.Raise : RuleNotice.Recover)).All(right => right);

    private static IReadOnlyList<RuleNotice> Kinds(AlertRule rule, int[] tenths) =>
        [.. Steps(rule, [.. tenths.Select(t => (decimal)t)]).Select(s => s.Owed).Where(n => n != RuleNotice.None)];

    private static IReadOnlyList<string> Notices(AlertRule rule, params decimal?[] values) =>
    [
        .. States(rule, values).Where(s => s.Owed != RuleNotice.None)
            .Select(s => $"{s.Value?.ToString(System.Globalization.CultureInfo.InvariantCulture)} {s.Owed}"),
    ];

    /// <summary>The states after each value, in tenths of the threshold; below 0 is unknown.</summary>
    private static IReadOnlyList<RuleState> Steps(AlertRule rule, decimal[] tenths) => States(rule, [.. tenths.Select(t => t < 0 ? (decimal?)null : rule.Threshold * t / 10)]);

    private static IReadOnlyList<RuleState> States(AlertRule rule, decimal?[] values)
    {
        var (state, states) = (RuleState.Fresh(rule.Name, "", Start), new List<RuleState>());
        foreach (var value in values)
        {
            state = state.Told().Next(rule, new RuleMeasure("", value, 100), Start.AddMinutes(states.Count));
            states.Add(state);
        }

        return states;
    }
}
