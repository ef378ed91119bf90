using NCrontab;

namespace CostMonitor.Functions.CanaryTimer;

/// <summary>Finds the slot that a firing of the canary's timer stands for.</summary>
internal static class CanarySlot
{
    /// <summary>A host's timer may fire a little before its time.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(1);

    /// <summary>The latest occurrence of the schedule at or before the firing, so that a late or second firing gives the same slot.</summary>
    /// <returns>Null when the schedule has no occurrence in the year before.</returns>
    public static DateTimeOffset? Of(CrontabSchedule schedule, DateTimeOffset fired)
    {
        var end = fired.UtcDateTime + Early;
        foreach (var back in new[] { TimeSpan.FromMinutes(2), TimeSpan.FromHours(2), TimeSpan.FromDays(2), TimeSpan.FromDays(366) })
        {
            var last = schedule.GetNextOccurrences(end - back, end).Cast<DateTime?>().LastOrDefault();
            if (last is { } slot) return new DateTimeOffset(slot, TimeSpan.Zero);
        }

        return null;
    }
}
