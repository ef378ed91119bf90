namespace CostMonitor.Storage.Tables;

/// <summary>A transaction that was refused as a whole: nothing of it is stored.</summary>
public sealed class TableTransactionException : StorageException
{
    /// <summary>Describes a refused transaction.</summary>
    public TableTransactionException(string message, int status, string? errorCode, int attemptsMade, int? failedActionIndex)
        : base(message, status, errorCode, attemptsMade, null) => FailedActionIndex = failedActionIndex;

    /// <summary>Zero-based index of the action that was refused; null when the service did not say.</summary>
    public int? FailedActionIndex { get; }
}
