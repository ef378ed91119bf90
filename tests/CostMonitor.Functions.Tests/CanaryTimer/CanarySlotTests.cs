using System.Globalization;
using CostMonitor.Functions.CanaryTimer;
using NCrontab;

namespace CostMonitor.Functions.Tests.CanaryTimer;

public sealed class CanarySlotTests
{
    [Theory]
    [InlineData("0 0 * * * *", "2026-11-21T09:00:00Z", "2026-11-21T09:00:00Z")]
    [InlineData("0 0 * * * *", "2026-11-21T09:00:01.5Z", "2026-11-21T09:00:00Z")]
    [InlineData("0 0 * * * *", "2026-11-21T08:59:59.2Z", "2026-11-21T09:00:00Z")] // a little early
    [InlineData("0 0 * * * *", "2026-11-21T08:59:58Z", "2026-11-21T08:00:00Z")] // too early to be that slot
    [InlineData("0 0 * * * *", "2026-11-21T09:59:00Z", "2026-11-21T09:00:00Z")] // late
    [InlineData("*/20 * * * * *", "2026-11-21T09:00:41Z", "2026-11-21T09:00:40Z")]
    [InlineData("0 30 6 * * 1", "2026-11-21T09:00:00Z", "2026-11-16T06:30:00Z")] // Mondays; the 21st is a Saturday
    [InlineData("0 0 0 1 1 *", "2026-11-21T09:00:00Z", "2026-01-01T00:00:00Z")]
    [InlineData("0 0 0 1 1 *", "2026-01-01T02:00:00+02:00", "2026-01-01T00:00:00Z")] // the schedule is in UTC
    public void Of_GivenAFiring_IsTheLatestOccurrence(string schedule, string fired, string expected)
    {
        var slot = CanarySlot.Of(Parse(schedule), DateTimeOffset.Parse(fired, CultureInfo.InvariantCulture));

        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), slot);
        Assert.Equal(TimeSpan.Zero, slot?.Offset);
    }

    [Fact]
    public void Of_GivenAScheduleWithNoOccurrenceInAYear_IsNone() =>
        Assert.Null(CanarySlot.Of(Parse("0 0 0 29 2 *"), new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero)));

    private static CrontabSchedule Parse(string schedule) => CrontabSchedule.Parse(schedule, new CrontabSchedule.ParseOptions { IncludingSeconds = true });
}
