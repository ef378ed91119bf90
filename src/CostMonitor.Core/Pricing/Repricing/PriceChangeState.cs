namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>How far a change of stored costs has come.</summary>
public enum PriceChangeState
{
    /// <summary>Under way, or broken off: then it can be resumed.</summary>
    Applying,

    /// <summary>Done.</summary>
    Applied,

    /// <summary>Done, and taken back by a later change.</summary>
    Reverted,
}
