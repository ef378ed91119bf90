using System.Runtime.CompilerServices;
using CostMonitor.Core.Batches;
using CostMonitor.Core.Pricing.Repricing;
using CostMonitor.Core.Runs;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>Changes the costs of the runs in the table Runs, chunk by chunk, so that a chunk's marker always agrees with its rows at the end.</summary>
/// <remarks>
/// The walk can be killed at any moment and called again: a row that holds the change's id is left as it is, and a marker that does not agree with its
/// rows is put right. A run that a second paid attempt repeated keeps its repeat as it was: that is outside every figure.
/// </remarks>
public sealed class StoredRunCosts(RunTable runs, BatchTable batches, PriceChangeTable changes, TimeProvider time) : IRunCosts
{
    private const int ChunksAtOnce = 8;
    private const int RunsWithoutBatch = 100;

    private readonly ChunkRepricing _chunks = new(runs, batches, time);

    public IPriceChangeLog Changes => changes;

    public async Task<RepricingReport> ChangeAsync(CostChange change, CancellationToken cancellationToken)
    {
        var tally = new RepricingTally();
        var options = new ParallelOptions { MaxDegreeOfParallelism = ChunksAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(PartsAsync(change, cancellationToken), options, async (part, stop) =>
        {
            var (rows, isUnderWay) = await _chunks.ChangeAsync(part.Part, part.Rows, change, stop);
            lock (tally)
            {
                foreach (var row in rows)
                {
                    tally.Add(row.Run.Model, isUnderWay ? AsItIs(row.Cost) : row.Cost);
                    if (isUnderWay && row.Cost.Verdict == CostVerdict.Changed) tally.AddUnderWay();
                }
            }
        });
        return tally.ToReport();
    }

    private static RepricedCost AsItIs(RepricedCost cost) =>
        cost.Verdict == CostVerdict.Changed ? RepricedCost.Unchanged(cost.Before) : cost;

    /// <summary>The rows of the period, those of one chunk and partition together.</summary>
    private async IAsyncEnumerable<(ChunkPart Part, IReadOnlyList<PricedRow> Rows)> PartsAsync(
        CostChange change, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ChunkPart? part = null;
        var rows = new List<PricedRow>();
        await foreach (var row in RowsAsync(change.Request, cancellationToken))
        {
            var priced = PricedRow.Of(row, change);
            var id = RunId.Parse(row.RowKey);
            if (part?.Holds(row.PartitionKey, id) != true)
            {
                if (part is not null) yield return (part, rows);
                (part, rows) = (await PartOfAsync(row.PartitionKey, id, cancellationToken), []);
            }

            rows.Add(priced);
        }

        if (part is not null) yield return (part, rows);
    }

    private async IAsyncEnumerable<TableEntity> RowsAsync(RepricingRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (request.Batch is { } batch)
        {
            foreach (var partition in await batches.PartitionsOfAsync(batch, cancellationToken) ?? throw new InvalidOperationException($"Storage has no batch '{batch}'."))
            {
                await foreach (var row in runs.RowsAsync(partition, batch, 0, RunId.MaxOrdinal, cancellationToken)) yield return row;
            }

            yield break;
        }

        foreach (var model in await batches.ModelsAsync(cancellationToken))
        {
            await foreach (var row in runs.RowsAsync(model, request.From, request.Before, cancellationToken)) yield return row;
        }
    }

    private async Task<ChunkPart> PartOfAsync(string partition, RunId id, CancellationToken cancellationToken)
    {
        var chunks = await batches.FindAsync(id.Batch, cancellationToken) is { } batch ? batch.Chunks() : [];
        if (ChunkOf(chunks, id.Ordinal) is { } chunk) return new ChunkPart(partition, id.Batch, chunk.Index, chunk.First, chunk.First + chunk.Count - 1);
        var first = id.Ordinal / RunsWithoutBatch * RunsWithoutBatch;
        return new ChunkPart(partition, id.Batch, null, first, first + RunsWithoutBatch - 1);
    }

    private static BatchChunk? ChunkOf(IReadOnlyList<BatchChunk> chunks, int ordinal) =>
        chunks.FirstOrDefault(c => ordinal >= c.First && ordinal < c.First + c.Count);
}
