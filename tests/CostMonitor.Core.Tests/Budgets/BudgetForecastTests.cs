using CostMonitor.Core.Budgets;
using CostMonitor.Core.Pricing;
using static CostMonitor.Core.Tests.Budgets.Sample;

namespace CostMonitor.Core.Tests.Budgets;

public sealed class BudgetForecastTests
{
    private static readonly Budget Monthly = Budget();
    private static readonly BudgetSpan November = BudgetCalendar.SpanAt(Monthly, Utc("2026-11-21T00:00:00")); // 30 days, a limit of $500

    [Fact]
    public void Of_GivenAThirdOfTheMonth_IsThreeTimesWhatWasSpent()
    {
        var forecast = BudgetForecast.Of(Monthly, November, Utc("2026-11-11T00:00:00"), new Usd(100)); // 10 of 30 days

        Assert.Equal((300m, null, 60m), (Rounded(forecast?.AtEnd.Amount), forecast?.LimitReachedAt, Rounded(forecast?.Percent)));
    }

    [Fact]
    public void Of_GivenMoreThanTheLimitToCome_SaysWhenItIsReached()
    {
        var forecast = BudgetForecast.Of(Monthly, November, Utc("2026-11-16T00:00:00"), new Usd(400)); // 15 of 30 days: $500 at day 15 * 500 / 400 = 18.75

        Assert.Equal(new BudgetForecast(new Usd(800), Utc("2026-11-19T18:00:00"), 160), forecast);
    }

    [Fact]
    public void Of_GivenExactlyTheLimitToCome_ReachesItAtTheEnd() =>
        Assert.Equal(new BudgetForecast(new Usd(500), November.End, 100), BudgetForecast.Of(Monthly, November, Utc("2026-11-16T00:00:00"), new Usd(250)));

    [Fact]
    public void Of_GivenALimitThatIsReached_SaysNow()
    {
        var now = Utc("2026-11-16T00:00:00");

        Assert.Equal(new BudgetForecast(new Usd(1000), now, 200), BudgetForecast.Of(Monthly, November, now, new Usd(500)));
    }

    [Theory]
    [InlineData("2026-11-02T11:59:59", false)]
    [InlineData("2026-11-02T12:00:00", true)] // 36 of 720 hours
    [InlineData("2026-10-31T00:00:00", false)] // a clock that jumped back
    public void Of_GivenTheBeginOfAPeriod_SaysNothingBeforeFivePercent(string now, bool isSaid) =>
        Assert.Equal(isSaid, BudgetForecast.Of(Monthly, November, Utc(now), new Usd(1)) is not null);

    [Fact]
    public void Of_GivenATimeBehindThePeriod_IsWhatWasSpent() =>
        Assert.Equal(new BudgetForecast(new Usd(321), null, 64.2m), BudgetForecast.Of(Monthly, November, Utc("2027-01-01T00:00:00"), new Usd(321)));

    [Fact]
    public void Of_GivenADayOf25Hours_CountsThem()
    {
        var daily = Budget(BudgetPeriod.Day, "Europe/Berlin");
        var span = BudgetCalendar.SpanAt(daily, Utc("2026-10-25T12:00:00"));

        Assert.Equal(new Usd(250), BudgetForecast.Of(daily, span, span.Start.AddHours(10), new Usd(100))?.AtEnd);
    }

    [Fact]
    public void Of_GivenNothingSpent_ForecastsNothing() =>
        Assert.Equal(new BudgetForecast(Usd.Zero, null, 0), BudgetForecast.Of(Monthly, November, Utc("2026-11-16T00:00:00"), Usd.Zero));

    [Fact]
    public void Of_GivenALimitOfZero_IsReached() =>
        Assert.Equal(
            new BudgetForecast(Usd.Zero, Utc("2026-11-16T00:00:00"), 100),
            BudgetForecast.Of(Monthly with { Limit = Usd.Zero }, November, Utc("2026-11-16T00:00:00"), Usd.Zero));

    [Fact]
    public void Of_GivenARollingBudget_IsNull()
    {
        var rolling = Budget(BudgetPeriod.Rolling);
        var now = Utc("2026-11-16T00:00:00");

        Assert.Null(BudgetForecast.Of(rolling, BudgetCalendar.SpanAt(rolling, now), now, new Usd(100)));
    }

    private static decimal? Rounded(decimal? value) => value is { } v ? Math.Round(v, 15) : null; // a third has no exact decimal
}
