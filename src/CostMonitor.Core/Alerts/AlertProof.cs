using System.Globalization;

namespace CostMonitor.Core.Alerts;

/// <summary>Synthetic alerts, which prove that what is not synthetic would arrive.</summary>
public static class AlertProof
{
    /// <summary>The rule of every synthetic alert: it goes to all sinks, whatever severity they ask for.</summary>
    public const string Rule = "proof";

    /// <summary>The one of a week: the same from whichever process it comes.</summary>
    public static Alert Weekly(DateTimeOffset now)
    {
        var day = now.UtcDateTime;
        var week = string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(day):D4}-W{ISOWeek.GetWeekOfYear(day):D2}");
        return new Alert
        {
            Key = new AlertKey("costmonitor", week, Rule),
            Severity = AlertSeverity.Info,
            At = now,
            Title = $"CostMonitor's alerts arrive here ({week})",
            Text = "This is the weekly proof of the channel. There is nothing to do; when it does not come, alerts do not come either.",
        };
    }

    /// <summary>One that somebody asked for.</summary>
    public static Alert Test(DateTimeOffset now) => new()
    {
        Key = new AlertKey("costmonitor", now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture), Rule),
        Severity = AlertSeverity.Info,
        At = now,
        Title = "CostMonitor: a test alert",
        Text = "Somebody asked for this test of the alert sinks. There is nothing to do.",
        Facts = [new AlertFact("Asked for", now.UtcDateTime.ToString("u", CultureInfo.InvariantCulture))],
    };
}
