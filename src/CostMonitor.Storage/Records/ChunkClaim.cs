using Azure;
using CostMonitor.Core.Batches;

namespace CostMonitor.Storage.Records;

/// <summary>One worker's right to run one chunk, for as long as it renews it.</summary>
public sealed class ChunkClaim
{
    internal ChunkClaim(PromptBatch batch, BatchChunk chunk, string hour, int takeovers, ETag etag) =>
        (Batch, Chunk, Hour, Takeovers, ETag) = (batch, chunk, hour, takeovers, etag);

    public PromptBatch Batch { get; }

    public BatchChunk Chunk { get; }

    /// <summary>The hour (yyyyMMddHH, UTC) under which the chunk's runs are filed: that of its first claim.</summary>
    public string Hour { get; }

    /// <summary>How often the chunk was claimed after a worker had died or given up; some of its runs may have records then.</summary>
    public int Takeovers { get; }

    internal ETag ETag { get; set; }
}
