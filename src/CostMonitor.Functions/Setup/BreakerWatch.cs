using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Pricing;
using CostMonitor.Functions.AlertQueue;
using CostMonitor.Storage;
using CostMonitor.Storage.Records;

namespace CostMonitor.Functions.Setup;

/// <summary>Hears of every breaker that opens or closes: says so at once, raises an alert, and keeps it for processes that start later.</summary>
/// <remarks>A call never waits for storage here, and storage that fails stops no call: a fresh process then finds out for itself, and maintenance raises the alert.</remarks>
internal sealed partial class BreakerWatch(BreakerTable table, BreakerAlerts alerts, TimeProvider time, ILogger<BreakerWatch> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task _saving = Task.CompletedTask;

    /// <summary>What other processes knew last; nothing when storage does not say.</summary>
    public async Task<IReadOnlyDictionary<ModelKey, BreakerStatus>> KnownAsync(CancellationToken cancellationToken)
    {
        try
        {
            await table.CreateIfNotExistsAsync(cancellationToken);
            return await table.ReadAsync(cancellationToken);
        }
        catch (StorageException e)
        {
            Log.NotRead(logger, e.Message);
            return new Dictionary<ModelKey, BreakerStatus>();
        }
    }

    public void Changed(BreakerChange change)
    {
        if (change.IsOpening) Log.Opened(logger, change.Deployment, change.Reason, change.Status.ProbesAt);
        else if (change.To == BreakerState.Closed) Log.Closed(logger, change.Deployment, change.Reason);
        else if (change.To == BreakerState.Open) Log.OpenedAgain(logger, change.Deployment, change.Status.DownSince, change.Reason, change.Status.ProbesAt);
        lock (_gate) _saving = SaveAsync(change, _saving);
    }

    /// <summary>Waits until all that was heard so far is kept, a few seconds at most.</summary>
    public async Task SettleAsync()
    {
        Task saving;
        lock (_gate) saving = _saving;
        try
        {
            await saving.WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            Log.StillSaving(logger, Patience);
        }
    }

    private async Task SaveAsync(BreakerChange change, Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // in their order, while the call that brought the change goes on
        try
        {
            await table.SaveAsync(change.Deployment, change.Status, CancellationToken.None);
            if (change.IsOpening) await alerts.OpenedAsync(change.Deployment, change.Status, CancellationToken.None);
            else if (change.To == BreakerState.Closed) await alerts.ClosedAsync(change.Deployment, change.Status, CancellationToken.None);
        }
        catch (StorageException e)
        {
            Log.NotSaved(logger, change.Deployment, change.To, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(801, LogLevel.Error, "The circuit breaker of {Deployment} has opened: {Reason}. It is probed from {ProbesAt:u} on.")]
        public static partial void Opened(ILogger logger, ModelKey deployment, string reason, DateTimeOffset? probesAt);

        [LoggerMessage(802, LogLevel.Warning, "{Deployment} is still down, since {DownSince:u}: {Reason}. It is probed again from {ProbesAt:u} on.")]
        public static partial void OpenedAgain(ILogger logger, ModelKey deployment, DateTimeOffset? downSince, string reason, DateTimeOffset? probesAt);

        [LoggerMessage(803, LogLevel.Information, "The circuit breaker of {Deployment} has closed: {Reason}.")]
        public static partial void Closed(ILogger logger, ModelKey deployment, string reason);

        [LoggerMessage(804, LogLevel.Warning, "What other processes know of the deployments' health could not be read; all begin as healthy: {Reason}")]
        public static partial void NotRead(ILogger logger, string reason);

        [LoggerMessage(805, LogLevel.Warning, "That the circuit breaker of {Deployment} is now {State} could not be kept for other processes: {Reason}")]
        public static partial void NotSaved(ILogger logger, ModelKey deployment, BreakerState state, string reason);

        [LoggerMessage(806, LogLevel.Warning, "The circuit breakers' states are still being kept after {Patience}.")]
        public static partial void StillSaving(ILogger logger, TimeSpan patience);
    }
}
