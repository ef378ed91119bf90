using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>Writes the runs of a claimed chunk; with its last run goes a marker that says that the chunk is done.</summary>
/// <remarks>The marker shares the last run's transaction, and rows become durable in their order: a marked chunk is complete.</remarks>
public sealed class ChunkWriter : IRunWriter
{
    private readonly ChunkClaim _claim;
    private readonly Func<string, PartitionWriter> _writerOf;
    private readonly Lock _lock = new();
    private readonly Dictionary<ModelKey, (int Left, ChunkCounts Counts)> _progress;

    internal ChunkWriter(ChunkClaim claim, IReadOnlyList<RunRequest> missing, IEnumerable<RunRecord> recorded, Func<string, PartitionWriter> writerOf)
    {
        (_claim, Missing, _writerOf) = (claim, missing, writerOf);
        _progress = claim.Chunk.Models.ToDictionary(m => m, m => (missing.Count(r => r.Model == m), default(ChunkCounts)));
        foreach (var run in recorded)
        {
            var (left, counts) = _progress[run.Model];
            _progress[run.Model] = (left, counts + ChunkCounts.Of(run));
        }
    }

    /// <summary>The runs of the chunk that had no record when it was claimed, in their order.</summary>
    public IReadOnlyList<RunRequest> Missing { get; }

    public async Task AddAsync(RunRecord record, CancellationToken cancellationToken)
    {
        var partition = RunPartition.Of(record.Model, _claim.Hour);
        var row = RunRow.ToEntity(record, partition, record.Id.ToString());
        var bytes = row.Properties.Sum(p => p.Value is byte[] binary ? binary.Length : 32);
        Task added, marked;
        lock (_lock)
        {
            var (left, counts) = _progress[record.Model];
            _progress[record.Model] = (left, counts) = (left - 1, counts + ChunkCounts.Of(record));
            var last = left == 0;
            added = _writerOf(partition).AddAsync(new TableAction(TableActionKind.Insert, row), bytes, atOnce: false);
            marked = last ? MarkAsync(record.Model, counts) : Task.CompletedTask;
        }

        await added;
        await marked;
    }

    /// <summary>Marks a chunk whose runs all had records, which a worker that died between the last run and its marker leaves.</summary>
    internal async Task MarkCompleteAsync()
    {
        foreach (var (model, (left, counts)) in _progress)
        {
            if (left == 0) await MarkAsync(model, counts);
        }
    }

    private Task MarkAsync(ModelKey model, ChunkCounts counts)
    {
        var partition = RunPartition.Of(model, _claim.Hour);
        var marker = counts.ToMarker(partition, RunTable.MarkerKey(_claim.Batch.Id, _claim.Chunk.Index));
        return _writerOf(partition).AddAsync(new TableAction(TableActionKind.InsertOrReplace, marker), 256, atOnce: true);
    }
}
