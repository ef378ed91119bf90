using CostMonitor.Core.Pricing;

namespace CostMonitor.Functions.MaintenanceTimer;

/// <summary>What the last look for calls without a price found. Thread-safe.</summary>
internal sealed class LastUnpriced
{
    private UnpricedWatch? _found;

    /// <summary>Null before the first look of this process.</summary>
    public UnpricedWatch? Found => Volatile.Read(ref _found);

    /// <summary>Takes a new look; true when it differs from the one before.</summary>
    public bool Replace(UnpricedWatch found) => !found.Equals(Interlocked.Exchange(ref _found, found));
}
