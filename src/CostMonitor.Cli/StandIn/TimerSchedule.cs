using System.Globalization;
using NCrontab;

namespace CostMonitor.Cli.StandIn;

/// <summary>When a timer is due: an NCrontab expression of six fields with the second first, or a fixed time span, in UTC.</summary>
internal sealed class TimerSchedule
{
    private readonly CrontabSchedule? _cron;
    private readonly TimeSpan _every;

    private TimerSchedule(CrontabSchedule? cron, TimeSpan every) => (_cron, _every) = (cron, every);

    /// <summary>What the host sends as <c>Schedule.AdjustForDST</c>: true for a cron expression, false for a time span.</summary>
    public bool AdjustsForDaylightSaving => _cron is not null;

    public static TimerSchedule? TryParse(string text)
    {
        var options = new CrontabSchedule.ParseOptions { IncludingSeconds = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6 };
        if (CrontabSchedule.TryParse(text, options) is { } cron) return new TimerSchedule(cron, TimeSpan.Zero);
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var every) && every > TimeSpan.Zero
            ? new TimerSchedule(null, every)
            : null;
    }

    /// <summary>The first instant after <paramref name="instant"/> that is due.</summary>
    public DateTimeOffset NextAfter(DateTimeOffset instant) =>
        _cron is null ? instant + _every : new DateTimeOffset(_cron.GetNextOccurrence(instant.UtcDateTime), TimeSpan.Zero);

    /// <summary>Whether it is due more than once in the minute after <paramref name="instant"/> and always so: then the host keeps no status.</summary>
    public bool IsTooFrequentToMonitor(DateTimeOffset instant) => _cron is null
        ? _every < TimeSpan.FromMinutes(1)
        : _cron.ToString().Split(' ').Skip(1).All(field => field == "*")
            && NextAfter(NextAfter(instant)) < instant + TimeSpan.FromMinutes(1);
}
