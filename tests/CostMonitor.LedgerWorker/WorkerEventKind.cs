namespace CostMonitor.LedgerWorker;

/// <summary>What happens in a worker.</summary>
public enum WorkerEventKind
{
    /// <summary>It waits for the word to begin.</summary>
    Ready,

    /// <summary>A call was admitted, and its cost is spent from now on, whatever becomes of the worker.</summary>
    Paid,

    /// <summary>A call ended, and the ledger was told what it cost.</summary>
    Settled,

    /// <summary>A call was not admitted.</summary>
    Refused,

    /// <summary>All is written; nothing follows.</summary>
    Ended,
}
