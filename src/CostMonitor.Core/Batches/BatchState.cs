namespace CostMonitor.Core.Batches;

/// <summary>Where a batch stands.</summary>
public enum BatchState
{
    /// <summary>Accepted; no run has a record yet.</summary>
    Queued,

    /// <summary>Some runs have records.</summary>
    Running,

    /// <summary>Every run has a record.</summary>
    Done,

    /// <summary>What is missing went to the poison queue and is not being retried.</summary>
    Incomplete,
}
