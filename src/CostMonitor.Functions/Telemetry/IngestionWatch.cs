using System.Diagnostics.Tracing;
using System.Globalization;

namespace CostMonitor.Functions.Telemetry;

/// <summary>Hears from the library of Application Insights what came of what it sends, and says so when that changes: nobody else would.</summary>
internal sealed partial class IngestionWatch(ILogger logger) : EventListener
{
    private const string Source = "Microsoft-ApplicationInsights-Core", Answered = "IngestionResponseTime", Taken = "200";

    private readonly ILogger _logger = logger; // set before the base's constructor, which may have events already
    private int _isFailing;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Source) EnableEvents(eventSource, EventLevel.Informational);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName == Answered) Note(Status(eventData) is var status && status == Taken ? null : $"it answered {status}");
        else if (eventData.Level is EventLevel.Warning or EventLevel.Error or EventLevel.Critical) Note(Words(eventData));
    }

    private static string Status(EventWrittenEventArgs answered) => answered.Payload is [var status, ..] ? $"{status}" : "";

    private static string Words(EventWrittenEventArgs e) =>
        string.Format(CultureInfo.InvariantCulture, e.Message ?? e.EventName ?? "", [.. e.Payload ?? Enumerable.Empty<object?>()]).ReplaceLineEndings(" ");

    private void Note(string? failure)
    {
        var wasFailing = Interlocked.Exchange(ref _isFailing, failure is null ? 0 : 1) == 1;
        if (failure is not null && !wasFailing) Log.NotTaken(_logger, failure);
        else if (failure is null && wasFailing) Log.TakenAgain(_logger);
    }

    private static partial class Log
    {
        [LoggerMessage(715, LogLevel.Warning, "Application Insights does not take telemetry: {Reason}. What is sent meanwhile is lost.")]
        public static partial void NotTaken(ILogger logger, string reason);

        [LoggerMessage(716, LogLevel.Information, "Application Insights takes telemetry again.")]
        public static partial void TakenAgain(ILogger logger);
    }
}
