namespace CostMonitor.Storage;

/// <summary>A storage request that was refused, or that got no answer.</summary>
public class StorageException : Exception
{
    /// <summary>Describes a failed request.</summary>
    public StorageException(string message, int status, string? errorCode, int attemptsMade, Exception? innerException)
        : base(message, innerException) =>
        (Status, ErrorCode, AttemptsMade) = (status, errorCode, attemptsMade);

    /// <summary>The HTTP status; 0 when no answer came, and so nobody knows whether a write was applied.</summary>
    public int Status { get; }

    /// <summary>One of <see cref="StorageErrorCodes"/> or another of the service's codes; null when it gave none.</summary>
    public string? ErrorCode { get; }

    /// <summary>The host and port that was asked; null where that is not known.</summary>
    public string? Host { get; init; }

    /// <summary>How often the request was sent.</summary>
    /// <remarks>
    /// Above 1, an earlier attempt may have been applied although its answer was lost: a conflict (409) or an unmet condition
    /// (412) can then be the request meeting itself. Read the entity back and look for your own operation id before you
    /// call it a conflict.
    /// </remarks>
    public int AttemptsMade { get; }
}
