namespace CostMonitor.Storage.Records;

/// <summary>What a worker was told when it asked for a chunk.</summary>
public abstract record ClaimResult
{
    private ClaimResult()
    {
    }

    /// <summary>The chunk is the worker's.</summary>
    public sealed record Granted(ChunkClaim Claim) : ClaimResult;

    /// <summary>Another worker has it, and holds it until <paramref name="Until"/> unless it renews.</summary>
    public sealed record Busy(DateTimeOffset Until) : ClaimResult;

    /// <summary>Every run of the chunk has a record: the message came again.</summary>
    public sealed record Done : ClaimResult;

    /// <summary>There is no such batch or chunk.</summary>
    public sealed record Missing : ClaimResult;
}
