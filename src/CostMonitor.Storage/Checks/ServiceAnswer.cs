namespace CostMonitor.Storage.Checks;

/// <summary>What one service of an account said to a small request, or why it said nothing.</summary>
/// <param name="Service">Which one was asked.</param>
/// <param name="Address">Where.</param>
public sealed record ServiceAnswer(StorageService Service, Uri Address)
{
    /// <summary>The HTTP status; 0 when no answer came.</summary>
    public int Status { get; init; }

    /// <summary>The service's error code; null when it gave none.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>Whether the answer bears the marks of Azure Storage.</summary>
    public bool IsStorage { get; init; }

    /// <summary>How far the service's clock is ahead of ours, give or take the time of the request; null when it did not tell its time.</summary>
    public TimeSpan? Ahead { get; init; }

    /// <summary>Why no answer came; null when one did.</summary>
    public Exception? Failure { get; init; }

    /// <summary>What a refused or lost request of a client tells.</summary>
    public static ServiceAnswer Of(StorageException e, StorageAccount account)
    {
        var service = e.Host == account.QueueEndpoint.Authority ? StorageService.Queue : StorageService.Table;
        return new ServiceAnswer(service, service == StorageService.Queue ? account.QueueEndpoint : account.TableEndpoint)
        {
            Status = e.Status, ErrorCode = e.ErrorCode, IsStorage = true, Failure = e.Status == 0 ? e.InnerException ?? e : null,
        };
    }
}
