using CostMonitor.Core.Alerts;
using CostMonitor.Core.Pricing;
using CostMonitor.Storage.Records;

namespace CostMonitor.Functions.AlertQueue;

/// <summary>The app's alerts: the outbox that everything raises them in, and their way to the sinks.</summary>
internal sealed partial class AppAlerts(
    AlertTable table, AlertSinks sinks, BreakerAlerts breakers, AlertProofing proofing, Uri? dashboard, TimeProvider time, ILoggerFactory loggers) : IAlertOutbox
{
    public const string QueueName = "alerts";

    /// <summary>Messages sent a minute: what the deliverers do in it.</summary>
    private const int MostRequeued = 1000;

    private readonly ILogger<AppAlerts> _logger = loggers.CreateLogger<AppAlerts>();
    private string? _proven;

    public AlertTable Table => table;

    public AlertSinks Sinks => sinks;

    public AlertDeliverer Deliverer { get; } = new(table, sinks.Sinks, dashboard, time, loggers.CreateLogger<AlertDeliverer>());

    public Task<bool> RaiseAsync(Alert alert, CancellationToken cancellationToken) => table.RaiseAsync(alert, cancellationToken);

    public Task<bool> RecoverAsync(Alert recovery, CancellationToken cancellationToken) => table.RecoverAsync(recovery, cancellationToken);

    /// <summary>Each minute: raises what a breaker could not, proves the channel once a week, brings back notices that were left behind.</summary>
    /// <param name="isWatched">Whether a deployment has a breaker in this process.</param>
    /// <param name="cancellationToken">Stops between and within requests.</param>
    public async Task MaintainAsync(Func<ModelKey, bool> isWatched, CancellationToken cancellationToken)
    {
        await breakers.CatchUpAsync(isWatched, time.GetUtcNow(), cancellationToken);
        await ProveAsync(cancellationToken);
        var requeued = await table.RequeueAsync(MostRequeued, cancellationToken);
        if (requeued > 0) Log.Requeued(_logger, requeued);
    }

    /// <summary>Sends a synthetic alert through every sink, past the outbox, and says what each of them answered.</summary>
    public async Task<IReadOnlyList<(string Sink, string Kind, SinkAnswer Answer)>> TestAsync(CancellationToken cancellationToken)
    {
        var notice = new SinkNotice(AlertNotice.Firing, AlertProof.Test(time.GetUtcNow()), AlertSeverity.Info, dashboard);
        return await Task.WhenAll(sinks.All.Select(async s => (s.Sink.Name, s.Kind, await Deliverer.AnswerAsync(s.Sink, notice, cancellationToken))));
    }

    private async Task ProveAsync(CancellationToken cancellationToken)
    {
        if (proofing == AlertProofing.Off || !sinks.HasExternal) return;
        var proof = AlertProof.Weekly(time.GetUtcNow());
        if (proof.Key.Period == _proven) return;
        await table.RaiseAsync(proof, cancellationToken);
        _proven = proof.Key.Period;
    }

    private static partial class Log
    {
        [LoggerMessage(941, LogLevel.Warning, "{Notices} notices of alerts were left behind; they are queued again.")]
        public static partial void Requeued(ILogger logger, int notices);
    }
}
