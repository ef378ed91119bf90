namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>Why an account changed.</summary>
public enum LedgerEntryKind
{
    /// <summary>A worker reserved, settled or gave back.</summary>
    Commit,

    /// <summary>A worker was found dead: its hold is free again and shows as unconfirmed.</summary>
    Reaped,

    /// <summary>Run records of a dead worker were settled that it could not settle itself.</summary>
    Recovered,

    /// <summary>The runs of a dead worker all have records: nothing of its hold is unconfirmed any more.</summary>
    Resolved,

    /// <summary>Somebody accepted an account that was changed by hand.</summary>
    Accepted,
}
