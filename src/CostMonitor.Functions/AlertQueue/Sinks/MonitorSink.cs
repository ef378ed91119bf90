using System.Text;
using CostMonitor.Core.Alerts;
using CostMonitor.Functions.Telemetry;

namespace CostMonitor.Functions.AlertQueue.Sinks;

/// <summary>Azure Monitor: one event, which a scheduled query rule finds by its name. It never fails.</summary>
/// <remarks>A custom event where telemetry is sent; else a line in the app's log, so that it is told of in any case.</remarks>
internal sealed partial class MonitorSink(MonitorReports reports, ILogger<MonitorSink> logger) : IAlertSink
{
    public string Name => AlertSinks.Monitor;

    public AlertSeverity LeastSeverity => AlertSeverity.Info;

    public Task<SinkAnswer> SendAsync(SinkNotice notice, CancellationToken cancellationToken)
    {
        if (reports.Telemetry.IsOn)
        {
            reports.Sent(notice);
            return Task.FromResult(SinkAnswer.Delivered);
        }

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
