namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>Stored runs whose cost can be changed.</summary>
public interface IRunCosts
{
    IPriceChangeLog Changes { get; }

    /// <summary>Takes a change through all runs that it asks about; as a preview when it has no head. Broken off, it can be called again with the same head.</summary>
    Task<RepricingReport> ChangeAsync(CostChange change, CancellationToken cancellationToken);
}
