using CostMonitor.Core.Alerts;
using CostMonitor.Core.Input;
using CostMonitor.Functions.Host;
using CostMonitor.Functions.Setup;

namespace CostMonitor.Functions.AlertQueue;

/// <summary>Delivers the notice that a message of <c>alerts</c> names.</summary>
/// <remarks>
/// A message is never failed, so that none ends in a poison queue: it only says that there is something to do, and the table Alerts says what.
/// What could not be done now, maintenance brings back from there; a message that cannot be read is logged and dropped.
/// </remarks>
internal sealed partial class AlertQueueFunction(Composition composition, ILogger<AlertQueueFunction> logger)
{
    public async Task RunAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var trigger = await QueueTrigger.ReadAsync(request, cancellationToken);
        var alert = "";
        try
        {
            var message = NoticeMessage.Parse(trigger.Text);
            alert = message.Key.ToString();
            var app = await composition.GetAsync(cancellationToken);
            await app.Alerts.Deliverer.RunAsync(message.Key, cancellationToken);
        }
        catch (InputException e) when (alert.Length == 0)
        {
            Log.Unreadable(logger, trigger.MessageId, e.Message.ReplaceLineEndings(" "));
        }
        catch (Exception e) // the outer edge
        {
            Log.NotDelivered(logger, alert, e.GetType().Name, e.Message.ReplaceLineEndings(" "));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(921, LogLevel.Error, "Message {MessageId} of the queue of alerts cannot be read, and is dropped: {Reason}")]
        public static partial void Unreadable(ILogger logger, string messageId, string reason);

        [LoggerMessage(922, LogLevel.Error, "Alert {Alert} was not delivered now, and will be brought back by maintenance: {ErrorType}: {Reason}")]
        public static partial void NotDelivered(ILogger logger, string alert, string errorType, string reason);
    }
}
