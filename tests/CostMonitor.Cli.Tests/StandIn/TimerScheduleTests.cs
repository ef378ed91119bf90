using CostMonitor.Cli.StandIn;

namespace CostMonitor.Cli.Tests.StandIn;

public sealed class TimerScheduleTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0 */5 * * * *", "2026-05-01T12:05:00Z")]
    [InlineData("30 * * * * *", "2026-05-01T12:00:30Z")]
    [InlineData("0 0 9 * * Mon", "2026-05-04T09:00:00Z")]
    [InlineData("*/5 * * * *", "2026-05-01T12:05:00Z")]
    [InlineData("00:07:30", "2026-05-01T12:07:30Z")]
    public void NextAfter_GivenASchedule_IsTheFirstOccurrenceAfterwards(string schedule, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, null), TimerSchedule.TryParse(schedule)?.NextAfter(Noon));

    [Theory]
    [InlineData("*/10 * * * * *", true)]
    [InlineData("0 * * * * *", false)]
    [InlineData("* */20 * * * *", false)]
    [InlineData("00:00:59", true)]
    [InlineData("00:01:00", false)]
    public void IsTooFrequentToMonitor_GivenASchedule_IsTrueBelowAMinute(string schedule, bool expected) =>
        Assert.Equal(expected, TimerSchedule.TryParse(schedule)?.IsTooFrequentToMonitor(Noon));

    [Theory]
    [InlineData("often")]
    [InlineData("61 * * * * *")]
    [InlineData("-00:01:00")]
    [InlineData("")]
    public void TryParse_GivenNoSchedule_IsNull(string text) => Assert.Null(TimerSchedule.TryParse(text));
}
