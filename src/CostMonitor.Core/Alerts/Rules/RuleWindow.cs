using System.Globalization;

namespace CostMonitor.Core.Alerts.Rules;

/// <summary>The time whose runs a rule looks at. Its default is no time at all: a rule about the state of this moment.</summary>
public readonly record struct RuleWindow
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    private const int Evaluations = 60;

    private RuleWindow(TimeSpan length, bool isDay) => (Length, IsDay) = (length, isDay);

    /// <summary>The state of this moment.</summary>
    public static RuleWindow Now => default;

    /// <summary>Since 00:00 UTC.</summary>
    public static RuleWindow Day { get; } = new(TimeSpan.FromDays(1), true);

    /// <summary>At its longest; zero for <see cref="Now"/>.</summary>
    public TimeSpan Length { get; }

    public bool IsDay { get; }

    /// <summary>How often a rule over it is evaluated: each minute up to an hour, and then 60 times a window.</summary>
    public TimeSpan Every => Length <= TimeSpan.FromHours(1) ? TimeSpan.FromMinutes(1) : Length / Evaluations;

    /// <param name="length"><see cref="Shortest"/> to <see cref="Longest"/>.</param>
    public static RuleWindow Last(TimeSpan length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, Shortest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Longest);
        return new RuleWindow(length, false);
    }

    public DateTimeOffset StartAt(DateTimeOffset now) => IsDay ? new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero) : now - Length;

    /// <summary>As a rules' file writes it: <c>now</c>, <c>day</c>, <c>01:00:00</c>, <c>1.00:00:00</c>.</summary>
    public override string ToString() => IsDay ? "day" : Length == TimeSpan.Zero ? "now" : Length.ToString("c", CultureInfo.InvariantCulture);
}
