using CostMonitor.Core.Runs;

namespace CostMonitor.Storage.Records;

/// <summary>The runs of one chunk in one partition, which share its marker.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Batch">The chunk's batch.</param>
/// <param name="Chunk">The chunk; null when its batch is no longer known, and then there is no marker to keep.</param>
/// <param name="First">The first ordinal.</param>
/// <param name="Last">The last ordinal.</param>
internal sealed record ChunkPart(string Partition, BatchId Batch, int? Chunk, int First, int Last)
{
    public bool Holds(string partition, RunId run) => partition == Partition && run.Batch == Batch && run.Ordinal >= First && run.Ordinal <= Last;
}
