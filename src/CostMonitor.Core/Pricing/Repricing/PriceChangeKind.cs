namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>What a change of stored costs does.</summary>
public enum PriceChangeKind
{
    /// <summary>Gives a cost to calls that have none.</summary>
    Fill,

    /// <summary>Prices calls anew, those with a cost too.</summary>
    Reprice,

    /// <summary>Gives calls the cost back that they had before a change.</summary>
    Revert,
}
