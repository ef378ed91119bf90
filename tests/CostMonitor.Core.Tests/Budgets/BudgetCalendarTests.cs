using CostMonitor.Core.Budgets;
using FsCheck;
using FsCheck.Fluent;
using static CostMonitor.Core.Tests.Budgets.Sample;

namespace CostMonitor.Core.Tests.Budgets;

public sealed class BudgetCalendarTests
{
    // What the clocks did there: forward and back at night, over midnight (Sao_Paulo, Havana, Cairo), by half an hour (Lord_Howe), back from 00:01 to
    // 23:01 of the day before (St_Johns until 2011), and a whole day left out (Apia in 2011).
    private static readonly TimeZoneInfo[] Zones =
    [
        .. new[]
        {
            "UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/Havana", "Africa/Cairo", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia",
            "Asia/Kathmandu",
        }.Select(TimeZoneInfo.FindSystemTimeZoneById),
    ];

    private static readonly DateTimeOffset First = Utc("2005-01-01T00:00:00");
    private static readonly DateTimeOffset[][] Changes = [.. Zones.Select(ChangesOf)];

    // Anywhere in 25 years, or within three hours of a change of the clocks.
    private static readonly Arbitrary<(TimeZoneInfo Zone, DateTimeOffset Instant)> Instants = (
        from zone in Gen.Choose(0, Zones.Length - 1)
        from which in Gen.Choose(0, 10_000)
        from seconds in Gen.Choose(-3 * 3600, 3 * 3600)
        from anywhere in Gen.Choose(0, 25 * 365 * 24 * 3600)
        select (Zones[zone], which % 3 > 0 && Changes[zone].Length > 0 ? Changes[zone][which % Changes[zone].Length].AddSeconds(seconds) : First.AddSeconds(anywhere))).ToArbitrary();

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-29T12:00:00", "2026-03-29", "2026-03-28T23:00:00", 23)]
    [InlineData("Europe/Berlin", "2026-10-25T12:00:00", "2026-10-25", "2026-10-24T22:00:00", 25)]
    [InlineData("Europe/Berlin", "2026-10-26T00:00:00", "2026-10-26", "2026-10-25T23:00:00", 24)]
    [InlineData("America/New_York", "2026-03-08T12:00:00", "2026-03-08", "2026-03-08T05:00:00", 23)]
    [InlineData("America/New_York", "2026-11-01T12:00:00", "2026-11-01", "2026-11-01T04:00:00", 25)]
    [InlineData("America/Sao_Paulo", "2018-11-04T12:00:00", "2018-11-04", "2018-11-04T03:00:00", 23)] // no midnight: it begins at 01:00, at -02:00
    [InlineData("America/Sao_Paulo", "2018-11-04T02:59:59", "2018-11-03", "2018-11-03T03:00:00", 24)]
    [InlineData("America/Sao_Paulo", "2018-02-18T01:30:00", "2018-02-17", "2018-02-17T02:00:00", 25)] // 23:30 for the second time
    [InlineData("America/Havana", "2020-11-01T05:30:00", "2020-11-01", "2020-11-01T04:00:00", 25)] // 00:30 for the second time
    [InlineData("America/St_Johns", "2008-11-02T02:30:30", "2008-11-02", "2008-11-02T02:30:00", 25)] // 00:00:30 for the first time
    [InlineData("America/St_Johns", "2008-11-02T02:45:00", "2008-11-02", "2008-11-02T02:30:00", 25)] // 23:15 of the day before, which is over
    [InlineData("Pacific/Apia", "2011-12-30T10:00:00", "2011-12-31", "2011-12-30T10:00:00", 24)] // there was no 30th
    public void SpanAt_GivenADayOfChange_IsItsKeyBeginAndLength(string zone, string instant, string key, string start, int hours)
    {
        var span = BudgetCalendar.SpanAt(Budget(BudgetPeriod.Day, zone), Utc(instant));

        Assert.Equal(new BudgetSpan(key, Utc(start), Utc(start).AddHours(hours)), span);
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (span.Start.Offset, span.End.Offset));
    }

    [Theory]
    [InlineData("2026-12-31T12:00:00", "2026-W53", "2026-12-28T00:00:00")]
    [InlineData("2027-01-03T23:59:59", "2026-W53", "2026-12-28T00:00:00")]
    [InlineData("2027-01-04T00:00:00", "2027-W01", "2027-01-04T00:00:00")]
    [InlineData("2024-12-30T00:00:00", "2025-W01", "2024-12-30T00:00:00")] // the year's last two days are the next one's first week
    [InlineData("2023-01-01T12:00:00", "2022-W52", "2022-12-26T00:00:00")]
    [InlineData("2026-11-21T10:00:00", "2026-W47", "2026-11-16T00:00:00")]
    public void SpanAt_GivenAWeekOverTheYearsEnd_IsTheIsoWeekFromMonday(string instant, string key, string start) =>
        Assert.Equal(new BudgetSpan(key, Utc(start), Utc(start).AddDays(7)), BudgetCalendar.SpanAt(Budget(BudgetPeriod.Week), Utc(instant)));

    [Theory]
    [InlineData("UTC", "2026-11-30T23:59:59", "2026-11", "2026-11-01T00:00:00", "2026-12-01T00:00:00")]
    [InlineData("UTC", "2028-02-29T12:00:00", "2028-02", "2028-02-01T00:00:00", "2028-03-01T00:00:00")]
    [InlineData("UTC", "2026-12-31T23:59:59", "2026-12", "2026-12-01T00:00:00", "2027-01-01T00:00:00")]
    [InlineData("Europe/Berlin", "2026-10-31T22:59:59", "2026-10", "2026-09-30T22:00:00", "2026-10-31T23:00:00")] // from summer to winter: an hour longer
    [InlineData("Europe/Berlin", "2026-10-31T23:00:00", "2026-11", "2026-10-31T23:00:00", "2026-11-30T23:00:00")]
    [InlineData("Pacific/Apia", "2011-12-30T10:00:00", "2011-12", "2011-12-01T10:00:00", "2011-12-31T10:00:00")]
    public void SpanAt_GivenAMonth_IsTheZonesMonth(string zone, string instant, string key, string start, string end) =>
        Assert.Equal(new BudgetSpan(key, Utc(start), Utc(end)), BudgetCalendar.SpanAt(Budget(BudgetPeriod.Month, zone), Utc(instant)));

    [Fact]
    public void SpanAt_GivenARollingBudget_IsTheWindowThatEndsNow()
    {
        var now = new DateTimeOffset(2026, 11, 21, 11, 0, 0, TimeSpan.FromHours(1));

        var span = BudgetCalendar.SpanAt(Budget(BudgetPeriod.Rolling), now);

        Assert.Equal(new BudgetSpan("rolling", Utc("2026-11-20T10:00:00"), Utc("2026-11-21T10:00:00")), span);
    }

    [Theory]
    [InlineData(BudgetPeriod.Day)]
    [InlineData(BudgetPeriod.Week)]
    [InlineData(BudgetPeriod.Month)]
    public void SpanAt_GivenAnyInstant_HoldsItAndIsFollowedByTheNextWithoutGap(BudgetPeriod period) =>
        Prop.ForAll(Instants, given =>
        {
            var budget = Budget(period) with { Zone = given.Zone };
            var span = BudgetCalendar.SpanAt(budget, given.Instant);
            var (first, last) = (BudgetCalendar.SpanAt(budget, span.Start), BudgetCalendar.SpanAt(budget, span.End.AddTicks(-1)));
            var (before, behind) = (BudgetCalendar.SpanAt(budget, span.Start.AddTicks(-1)), BudgetCalendar.SpanAt(budget, span.End));
            return (span.Start <= given.Instant && given.Instant < span.End).Label($"{span} holds it")
                .And((first == span && last == span).Label($"{first} and {last} are {span}"))
                .And((before.End == span.Start && behind.Start == span.End).Label($"{before} and {behind} join {span}"))
                .And((string.CompareOrdinal(before.Key, span.Key) < 0 && string.CompareOrdinal(span.Key, behind.Key) < 0).Label("keys rise"));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static DateTimeOffset[] ChangesOf(TimeZoneInfo zone) =>
        [.. Enumerable.Range(0, 25 * 365 * 24).Select(h => First.AddHours(h)).Where(t => zone.GetUtcOffset(t) != zone.GetUtcOffset(t.AddHours(1)))];
}
