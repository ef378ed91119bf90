namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>The audit of changes of stored costs.</summary>
public interface IPriceChangeLog
{
    /// <summary>Keeps a change, or its new state.</summary>
    Task WriteAsync(PriceChangeHead head, CancellationToken cancellationToken);

    /// <summary>All changes, the first one first, each in its last state.</summary>
    Task<IReadOnlyList<PriceChangeHead>> ListAsync(CancellationToken cancellationToken);
}
