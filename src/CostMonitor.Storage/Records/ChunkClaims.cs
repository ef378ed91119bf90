using CostMonitor.Core.Batches;
using CostMonitor.Core.Runs;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>Who runs which chunk of a batch: a claim is held for a time, renewed while it is worked on, and taken over when it has run out.</summary>
public sealed class ChunkClaims
{
    private readonly TableClient _table;
    private readonly BatchTable _batches;
    private readonly RunTable _runs;
    private readonly TimeProvider _time;

    internal ChunkClaims(TableClient table, BatchTable batches, RunTable runs, TimeProvider time) =>
        (_table, _batches, _runs, _time) = (table, batches, runs, time);

    /// <summary>Asks for a chunk.</summary>
    /// <param name="id">The batch.</param>
    /// <param name="chunk">The chunk's index.</param>
    /// <param name="owner">Names the worker; no two alive may have the same.</param>
    /// <param name="lease">How long the claim holds unless it is renewed.</param>
    /// <param name="cancellationToken">Stops the requests.</param>
    public async Task<ClaimResult> ClaimAsync(BatchId id, int chunk, string owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        if (await _batches.FindAsync(id, cancellationToken) is not { } batch) return new ClaimResult.Missing();
        if (batch.Chunks() is var chunks && chunk >= chunks.Count) return new ClaimResult.Missing();
        var hour = RunPartition.Hour(batch.Kind == BatchKind.Canary ? batch.Submitted : _time.GetUtcNow());
        var claim = BatchRows.Claim(id, chunk, owner, _time.GetUtcNow() + lease, hour, takeovers: 0);
        try
        {
            var etag = await _table.InsertAsync(claim, cancellationToken);
            return new ClaimResult.Granted(new ChunkClaim(batch, chunks[chunk], hour, 0, etag));
        }
        catch (StorageException e) when (e.ErrorCode == StorageErrorCodes.EntityAlreadyExists)
        {
            return await TakeOverAsync(batch, chunks[chunk], owner, lease, cancellationToken);
        }
    }

    /// <summary>Holds a claim for another lease; false when another worker has taken it over.</summary>
    public async Task<bool> RenewAsync(ChunkClaim claim, TimeSpan lease, CancellationToken cancellationToken)
    {
        var until = new TableEntity(claim.Batch.Id.ToString(), BatchRows.ClaimKey(claim.Chunk.Index)) { ["Until"] = _time.GetUtcNow() + lease };
        try
        {
            claim.ETag = await _table.MergeAsync(until, claim.ETag, cancellationToken);
            return true;
        }
        catch (StorageException e) when (e.Status == 412)
        {
            return false;
        }
    }

    /// <summary>Gives a claim back, so that the chunk can be taken over at once. Does nothing when it is no longer held.</summary>
    public Task ReleaseAsync(ChunkClaim claim, CancellationToken cancellationToken) => RenewAsync(claim, TimeSpan.Zero, cancellationToken);

    /// <summary>Until when a worker holds a chunk; null when nobody ever asked for it.</summary>
    internal async Task<DateTimeOffset?> HeldUntilAsync(BatchId id, int chunk, CancellationToken cancellationToken) =>
        (await _table.GetAsync(id.ToString(), BatchRows.ClaimKey(chunk), cancellationToken))?.GetDateTimeOffset("Until");

    /// <summary>The chunks of a batch that no worker holds and that are not done: their messages may be lost.</summary>
    public async Task<IReadOnlyList<int>> AbandonedChunksAsync(PromptBatch batch, CancellationToken cancellationToken)
    {
        var claims = await ReadAsync(batch.Id, cancellationToken);
        var poisoned = await _batches.Poisoned.ChunksAsync(batch.Id, cancellationToken);
        var now = _time.GetUtcNow();
        var abandoned = new List<int>();
        foreach (var chunk in batch.Chunks().Where(c => !poisoned.Contains(c.Index)))
        {
            if (claims.TryGetValue(chunk.Index, out var claim))
            {
                if (claim.Until > now || await IsDoneAsync(batch.Id, chunk, claim.Hour, cancellationToken)) continue;
            }

            abandoned.Add(chunk.Index);
        }

        return abandoned;
    }

    /// <summary>The claims on a batch's chunks, by chunk.</summary>
    internal async Task<SortedDictionary<int, (string Hour, DateTimeOffset Until, int Takeovers)>> ReadAsync(BatchId id, CancellationToken cancellationToken)
    {
        var claims = new SortedDictionary<int, (string, DateTimeOffset, int)>();
        var (low, high) = (BatchRows.ClaimKey(0), BatchRows.ClaimKey(999_999));
        var filter = TableFilter.Create($"PartitionKey eq {id.ToString()} and RowKey ge {low} and RowKey le {high}");
        await foreach (var row in _table.QueryAsync(filter, ["Hour", "Until", "Takeovers"], cancellationToken))
        {
            if (BatchRows.ClaimIndex(row.RowKey) is not { } index) continue;
            claims[index] = (BatchRows.HourOf(row), row.GetDateTimeOffset("Until") ?? default, row.GetInt32("Takeovers") ?? 0);
        }

        return claims;
    }

    private async Task<ClaimResult> TakeOverAsync(PromptBatch batch, BatchChunk chunk, string owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        var held = await _table.GetAsync(batch.Id.ToString(), BatchRows.ClaimKey(chunk.Index), cancellationToken);
        if (held is null) return new ClaimResult.Busy(_time.GetUtcNow());
        var (until, hour, takeovers) = (held.GetDateTimeOffset("Until") ?? default, BatchRows.HourOf(held), (held.GetInt32("Takeovers") ?? 0) + 1);
        if (until > _time.GetUtcNow()) return new ClaimResult.Busy(until);
        if (await IsDoneAsync(batch.Id, chunk, hour, cancellationToken)) return new ClaimResult.Done();
        var claim = BatchRows.Claim(batch.Id, chunk.Index, owner, _time.GetUtcNow() + lease, hour, takeovers);
        try
        {
            var etag = await _table.ReplaceAsync(claim, held.ETag, cancellationToken);
            return new ClaimResult.Granted(new ChunkClaim(batch, chunk, hour, takeovers, etag));
        }
        catch (StorageException e) when (e.Status == 412)
        {
            return new ClaimResult.Busy(_time.GetUtcNow() + lease);
        }
    }

    private async Task<bool> IsDoneAsync(BatchId id, BatchChunk chunk, string hour, CancellationToken cancellationToken)
    {
        foreach (var model in chunk.Models)
        {
            var markers = await _runs.MarkersAsync(RunPartition.Of(model, hour), id, cancellationToken);
            if (!markers.ContainsKey(chunk.Index)) return false;
        }

        return true;
    }
}
