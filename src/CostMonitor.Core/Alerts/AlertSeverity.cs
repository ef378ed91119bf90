namespace CostMonitor.Core.Alerts;

public enum AlertSeverity
{
    Info,
    Warning,
    Error,
    Critical,
}
