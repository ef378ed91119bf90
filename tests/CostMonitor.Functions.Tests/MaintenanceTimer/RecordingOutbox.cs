using CostMonitor.Core.Alerts;

namespace CostMonitor.Functions.Tests.MaintenanceTimer;

/// <summary>An outbox that keeps its books in memory, and can die before or after it has kept an alert.</summary>
internal sealed class RecordingOutbox : IAlertOutbox
{
    private readonly Lock _gate = new();
    private readonly List<(string Kind, Alert Alert)> _kept = [];

    public IReadOnlyList<(string Kind, Alert Alert)> Kept
    {
        get
        {
            lock (_gate) return [.. _kept];
        }
    }

    public bool DiesBefore { get; set; }

    public bool DiesAfter { get; set; }

    public Task<bool> RaiseAsync(Alert alert, CancellationToken cancellationToken) => KeepAsync("raised", alert, isAllowed: true);

    public Task<bool> RecoverAsync(Alert recovery, CancellationToken cancellationToken) => KeepAsync("recovered", recovery, Has("raised", recovery.Key));

    private Task<bool> KeepAsync(string kind, Alert alert, bool isAllowed)
    {
        if (DiesBefore) throw new InvalidOperationException("The outbox is gone.");
        bool isFirst;
        lock (_gate)
        {
            isFirst = isAllowed && !_kept.Any(k => k.Kind == kind && k.Alert.Key == alert.Key);
            if (isFirst) _kept.Add((kind, alert));
        }

        if (DiesAfter) throw new InvalidOperationException("The outbox is gone.");
        return Task.FromResult(isFirst);
    }

    private bool Has(string kind, AlertKey key)
    {
        lock (_gate) return _kept.Any(k => k.Kind == kind && k.Alert.Key == key);
    }
}
