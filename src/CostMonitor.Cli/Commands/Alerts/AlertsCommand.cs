using System.CommandLine;

namespace CostMonitor.Cli.Commands.Alerts;

/// <summary><c>costmon alerts</c>.</summary>
internal static class AlertsCommand
{
    public static Command Create() => new("alerts", "Shows an app's alert rules.") { AlertRulesCommand.Create() };
}
