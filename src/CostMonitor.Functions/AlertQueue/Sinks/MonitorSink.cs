using System.Text;
using CostMonitor.Core.Alerts;

namespace CostMonitor.Functions.AlertQueue.Sinks;

/// <summary>Azure Monitor: one event in the app's log, which a scheduled query rule finds by its name. It never fails.</summary>
internal sealed partial class MonitorSink(ILogger<MonitorSink> logger) : IAlertSink
{
    public string Name => AlertSinks.Monitor;

    public AlertSeverity LeastSeverity => AlertSeverity.Info;

    public Task<SinkAnswer> SendAsync(SinkNotice notice, CancellationToken cancellationToken)
    {
        var level = notice switch
        {
            { Kind: AlertNotice.Recovered } or { Severity: AlertSeverity.Info } => LogLevel.Information,
            { Severity: AlertSeverity.Warning } => LogLevel.Warning,
            { Severity: AlertSeverity.Error } => LogLevel.Error,
            _ => LogLevel.Critical,
        };
        if (logger.IsEnabled(level))
        {
            var alert = Encoding.UTF8.GetString(SinkJson.Bytes(json => WebhookSink.Write(json, notice)));
            Log.Raised(logger, level, notice.Kind, notice.Severity, notice.Id, alert);
        }

        return Task.FromResult(SinkAnswer.Delivered);
    }

    private static partial class Log
    {
        // The name stands in the text too: the host hands the app's output on as lines, without the events' names.
        [LoggerMessage(EventId = 900, EventName = "CostMonitorAlert", Message = "CostMonitorAlert {Notice} {Severity} {AlertId} {Alert}")]
        public static partial void Raised(ILogger logger, LogLevel level, AlertNotice notice, AlertSeverity severity, string alertId, string alert);
    }
}
