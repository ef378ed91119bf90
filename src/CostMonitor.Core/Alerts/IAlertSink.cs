namespace CostMonitor.Core.Alerts;

/// <summary>Takes notices to people or to their tools.</summary>
public interface IAlertSink
{
    /// <summary>Unlike that of any other sink.</summary>
    string Name { get; }

    /// <summary>Milder alerts are not sent here.</summary>
    AlertSeverity LeastSeverity { get; }

    /// <summary>Sends a notice. The same one may come again when the worker that sent it died before it could note so: its id is then the same.</summary>
    /// <returns>What came of it; a sink that failed is an answer, not a throw.</returns>
    Task<SinkAnswer> SendAsync(SinkNotice notice, CancellationToken cancellationToken);
}
