namespace CostMonitor.Storage;

/// <summary>The service's error codes that callers answer, as in <see cref="StorageException.ErrorCode"/>.</summary>
public static class StorageErrorCodes
{
    /// <summary>409: an insert met an entity with its keys.</summary>
    public const string EntityAlreadyExists = "EntityAlreadyExists";

    /// <summary>404: no such entity; also the answer to deleting a table that is not there.</summary>
    public const string ResourceNotFound = "ResourceNotFound";

    /// <summary>404: no such entity, as some operations say it.</summary>
    public const string EntityNotFound = "EntityNotFound";

    /// <summary>412: the entity changed since its ETag was read.</summary>
    public const string UpdateConditionNotSatisfied = "UpdateConditionNotSatisfied";

    /// <summary>412: the same, as some operations say it.</summary>
    public const string ConditionNotMet = "ConditionNotMet";

    /// <summary>404: the table does not exist.</summary>
    public const string TableNotFound = "TableNotFound";

    /// <summary>409: the table exists.</summary>
    public const string TableAlreadyExists = "TableAlreadyExists";

    /// <summary>409: a table of this name was deleted a moment ago and is not gone yet.</summary>
    public const string TableBeingDeleted = "TableBeingDeleted";

    /// <summary>404: the queue does not exist.</summary>
    public const string QueueNotFound = "QueueNotFound";

    /// <summary>409: the queue exists with other metadata.</summary>
    public const string QueueAlreadyExists = "QueueAlreadyExists";

    /// <summary>404: the message was deleted or has expired.</summary>
    public const string MessageNotFound = "MessageNotFound";

    /// <summary>400: somebody received or updated the message since, so this receipt is dead.</summary>
    public const string PopReceiptMismatch = "PopReceiptMismatch";
}
