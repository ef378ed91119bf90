namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>Why a call is not paid for.</summary>
public enum ChargeRefusal
{
    /// <summary>It does not fit into what is left of a budget.</summary>
    Exhausted,

    /// <summary>Its model has no price, and a hard budget covers it.</summary>
    Unpriced,

    /// <summary>The ledger could not be read or written in time: what cannot be counted is not spent.</summary>
    Unavailable,

    /// <summary>The ledger was changed by hand.</summary>
    Damaged,
}
