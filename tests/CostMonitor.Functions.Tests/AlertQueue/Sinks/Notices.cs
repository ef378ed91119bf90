using CostMonitor.Core.Alerts;

namespace CostMonitor.Functions.Tests.AlertQueue.Sinks;

/// <summary>A notice with everything in it that a format could stumble over.</summary>
internal static class Notices
{
    public static SinkNotice Firing { get; } = new(
        AlertNotice.Firing,
        new Alert
        {
            Key = new AlertKey("budget:team_search", "2026-11", "threshold-95"),
            Severity = AlertSeverity.Error,
            At = new DateTimeOffset(2026, 11, 21, 9, 30, 0, TimeSpan.Zero),
            Title = "Budget team_search has reached 95 % & more",
            Text = "# Non-critical calls are <halved>.\nSee *the* [runbook].",
            Facts = [new AlertFact("Spent", "$4,750.00 of $5,000.00"), new AlertFact("Scope", "team:<search>")],
        },
        AlertSeverity.Error,
        new Uri("https://app.example/dashboard?a=1&b=2"));

    public static SinkNotice Recovered { get; } = new(
        AlertNotice.Recovered, Firing.Alert with { Severity = AlertSeverity.Info, Title = "Over", Text = "", Facts = [] }, AlertSeverity.Error, null);
}
