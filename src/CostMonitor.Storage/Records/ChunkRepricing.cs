using CostMonitor.Core.Pricing.Repricing;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>Changes the costs of one chunk's rows in one partition, and its marker with them.</summary>
/// <remarks>
/// Rows and marker share a transaction where they fit; otherwise the marker follows, and a repetition makes up for one that did not come. Every write
/// is made only over the version that was read: whoever meets another writer reads again.
/// </remarks>
internal sealed class ChunkRepricing(RunTable runs, BatchTable batches, TimeProvider time)
{
    private const int MostRows = 100;
    private const int MostBytes = 2_500_000; // base64 in the request makes 3.4 MB of it; the service takes 4 MiB
    private const int MostTries = 8;

    /// <returns>The rows that were asked about and what became of them; and whether a worker still writes the chunk, in which case nothing was changed.</returns>
    public async Task<(IReadOnlyList<PricedRow> Rows, bool IsUnderWay)> ChangeAsync(
        ChunkPart part, IReadOnlyList<PricedRow> seen, CostChange change, CancellationToken cancellationToken)
    {
        if (change.Head is null || !seen.Any(r => r.Cost.Verdict is CostVerdict.Changed or CostVerdict.ChangedAlready)) return (seen, false);
        for (var attempt = 1; ; attempt++)
        {
            var marker = part.Chunk is { } chunk ? await runs.MarkerAsync(part.Partition, part.Batch, chunk, cancellationToken) : null;
            if (marker is null && await IsHeldAsync(part, cancellationToken)) return (seen, true);
            var rows = await ReadAsync(part, change, cancellationToken);
            try
            {
                foreach (var group in Groups(ActionsOf(rows, marker, change))) await runs.SubmitAsync(group, cancellationToken);
                return ([.. rows.Where(r => r.Cost.Verdict != CostVerdict.Outside)], false);
            }
            catch (TableTransactionException e) when (e.Status is 412 or 404 && attempt < MostTries)
            {
                // Another change was faster, or an answer was lost and this is our own work: what is stored now decides.
            }
        }
    }

    /// <summary>A living worker counts its chunk's costs in memory and writes them with the marker: rows that change meanwhile would not agree with it.</summary>
    private async Task<bool> IsHeldAsync(ChunkPart part, CancellationToken cancellationToken) =>
        part.Chunk is { } chunk && await batches.Claims.HeldUntilAsync(part.Batch, chunk, cancellationToken) > time.GetUtcNow();

    private async Task<List<PricedRow>> ReadAsync(ChunkPart part, CostChange change, CancellationToken cancellationToken)
    {
        var rows = new List<PricedRow>();
        await foreach (var row in runs.RowsAsync(part.Partition, part.Batch, part.First, part.Last, cancellationToken)) rows.Add(PricedRow.Of(row, change));
        return rows;
    }

    private static IEnumerable<TableAction> ActionsOf(List<PricedRow> rows, TableEntity? marker, CostChange change)
    {
        var counts = default(ChunkCounts);
        foreach (var (row, run, cost) in rows)
        {
            var isChanged = cost.Verdict == CostVerdict.Changed;
            counts += ChunkCounts.Of(isChanged ? run with { Cost = cost.After } : run);
            if (isChanged) yield return new TableAction(TableActionKind.Replace, RunRow.WithCost(row, change.Applied(run, cost.After)), row.ETag);
        }

        if (marker is not null && ChunkCounts.OfMarker(marker) != counts)
        {
            yield return new TableAction(TableActionKind.Replace, counts.ToMarker(marker.PartitionKey, marker.RowKey), marker.ETag);
        }
    }

    private static IEnumerable<IReadOnlyList<TableAction>> Groups(IEnumerable<TableAction> actions)
    {
        var (group, bytes) = (new List<TableAction>(), 0);
        foreach (var action in actions)
        {
            var size = action.Entity.Properties.Sum(p => p.Value is byte[] binary ? binary.Length : 32);
            if (group.Count == MostRows || (group.Count > 0 && bytes + size > MostBytes))
            {
                yield return group;
                (group, bytes) = ([], 0);
            }

            group.Add(action);
            bytes += size;
        }

        if (group.Count > 0) yield return group;
    }
}
