using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Azure;
using CostMonitor.Core.Batches;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>The table Batches: what each batch asks for, who runs which chunk, and what was poisoned.</summary>
/// <remarks>
/// A batch's partition holds <c>!batch</c>, pages of prompts, claims and poisoned messages. The partition <c>!open</c> lists batches that are not
/// known to be done, <c>!models</c> every model that was ever asked for.
/// </remarks>
public sealed class BatchTable(StorageAccount account, RunTable runs, TimeProvider time)
{
    private const string OpenPartition = "!open";
    private const string ModelPartition = "!models";
    private const string PoisonPartition = "!poison";
    private const int MostCached = 8;

    private readonly TableClient _table = account.Table("Batches");
    private readonly ConcurrentDictionary<BatchId, PromptBatch> _cache = new();
    private readonly ConcurrentDictionary<ModelKey, bool> _knownModels = new();

    public Task CreateIfNotExistsAsync(CancellationToken cancellationToken) => _table.CreateIfNotExistsAsync(cancellationToken);

    /// <summary>Stores a batch; false when one with its id is there, which then stays as it is.</summary>
    /// <remarks>It is listed as open first, so that no batch is stored whose messages nobody would look after.</remarks>
    public async Task<bool> AddAsync(PromptBatch batch, CancellationToken cancellationToken)
    {
        await NoteModelsAsync(batch.Plan.Models, cancellationToken);
        var open = new TableEntity(OpenPartition, batch.Id.ToString()) { ["Submitted"] = batch.Submitted };
        await _table.InsertOrReplaceAsync(open, cancellationToken);
        var set = Guid.NewGuid().ToString("N");
        foreach (var page in BatchRows.PromptPages(batch, set)) await _table.InsertOrReplaceAsync(page, cancellationToken);
        if (!await _table.TryInsertAsync(BatchRows.Head(batch, set), cancellationToken)) return false;
        Remember(batch);
        return true;
    }

    /// <summary>A batch; null if there is none.</summary>
    public async Task<PromptBatch?> FindAsync(BatchId id, CancellationToken cancellationToken)
    {
        if (_cache.TryGetValue(id, out var cached)) return cached;
        var (low, high) = (BatchRows.HeadKey, BatchRows.BehindPrompts);
        var rows = new List<TableEntity>();
        await foreach (var head in _table.QueryAsync(
            TableFilter.Create($"PartitionKey eq {id.ToString()} and RowKey ge {low} and RowKey le {high}"), null, cancellationToken))
        {
            rows.Add(head);
        }

        if (BatchRows.ToBatch(id, rows) is not { } batch) return null;
        Remember(batch);
        return batch;
    }

    private void Remember(PromptBatch batch)
    {
        if (_cache.Count >= MostCached) _cache.Clear();
        _cache[batch.Id] = batch;
    }

    /// <summary>Asks for a chunk.</summary>
    /// <param name="id">The batch.</param>
    /// <param name="chunk">The chunk's index.</param>
    /// <param name="owner">Names the worker; no two alive may have the same.</param>
    /// <param name="lease">How long the claim holds unless it is renewed.</param>
    /// <param name="cancellationToken">Stops the requests.</param>
    public async Task<ClaimResult> ClaimAsync(BatchId id, int chunk, string owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } batch) return new ClaimResult.Missing();
        if (batch.Chunks() is var chunks && chunk >= chunks.Count) return new ClaimResult.Missing();
        var hour = RunPartition.Hour(batch.Kind == BatchKind.Canary ? batch.Submitted : time.GetUtcNow());
        var claim = BatchRows.Claim(id, chunk, owner, time.GetUtcNow() + lease, hour, takeovers: 0);
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
        var until = new TableEntity(claim.Batch.Id.ToString(), BatchRows.ClaimKey(claim.Chunk.Index)) { ["Until"] = time.GetUtcNow() + lease };
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

    /// <summary>How far a batch has come; null if there is none.</summary>
    public async Task<BatchProgress?> ProgressAsync(BatchId id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } batch) return null;
        var (claims, poisoned) = await StatusRowsAsync(id, cancellationToken);
        var chunks = batch.Chunks();
        var markers = new Dictionary<string, Dictionary<int, ChunkCounts>>();
        var (counts, done) = (default(ChunkCounts), 0);
        foreach (var (index, claim) in claims)
        {
            var partitions = chunks[index].Models.Select(m => RunPartition.Of(m, claim.Hour)).ToArray();
            var marked = 0;
            foreach (var partition in partitions)
            {
                if (!markers.TryGetValue(partition, out var here)) here = markers[partition] = await runs.MarkersAsync(partition, id, cancellationToken);
                if (here.TryGetValue(index, out var part)) marked++;
                else part = await runs.CountAsync(partition, id, chunks[index], cancellationToken);
                counts += part;
            }

            if (marked == partitions.Length) done++;
        }

        return new BatchProgress
        {
            Id = id,
            Kind = batch.Kind,
            Submitted = batch.Submitted,
            Runs = batch.RunCount,
            Recorded = counts.Recorded,
            Succeeded = counts.Succeeded,
            Failed = counts.Recorded - counts.Succeeded,
            Cost = counts.Cost,
            Unpriced = counts.Unpriced,
            Chunks = chunks.Count,
            ChunksDone = done,
            Takeovers = claims.Values.Sum(c => c.Takeovers),
            Poisoned = poisoned,
        };
    }

    /// <summary>The record of a run; null if it has none.</summary>
    public async Task<RunRecord?> FindRunAsync(RunId id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id.Batch, cancellationToken) is not { } batch) return null;
        if (batch.Chunks().FirstOrDefault(c => id.Ordinal >= c.First && id.Ordinal < c.First + c.Count) is not { } chunk) return null;
        if (await _table.GetAsync(id.Batch.ToString(), BatchRows.ClaimKey(chunk.Index), cancellationToken) is not { } claim) return null;
        foreach (var model in chunk.Models)
        {
            if (await runs.FindAsync(RunPartition.Of(model, BatchRows.HourOf(claim)), id, cancellationToken) is { } run) return run;
        }

        return null;
    }

    /// <summary>One page of a batch's runs; null if there is no such batch.</summary>
    /// <inheritdoc cref="RunTable.PageAsync"/>
    public async Task<(IReadOnlyList<RunRecord> Runs, string? Continuation)?> RunsAsync(
        BatchId id, int top, string? continuation, CancellationToken cancellationToken)
    {
        if (await PartitionsOfAsync(id, cancellationToken) is not { } partitions) return null;
        return await runs.PageAsync(partitions, id, top, continuation, cancellationToken);
    }

    /// <summary>All runs of a batch that have records.</summary>
    public async IAsyncEnumerable<RunRecord> RunsAsync(BatchId id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (string? continuation = null; ;)
        {
            if (await RunsAsync(id, 1000, continuation, cancellationToken) is not var (page, next)) yield break;
            foreach (var run in page) yield return run;
            if ((continuation = next) is null) yield break;
        }
    }

    /// <summary>The partitions of Runs that hold a batch's runs, ordered; null if there is no such batch.</summary>
    internal async Task<IReadOnlyList<string>?> PartitionsOfAsync(BatchId id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } batch) return null;
        var (claims, _) = await StatusRowsAsync(id, cancellationToken);
        var chunks = batch.Chunks();
        return [.. claims.SelectMany(c => chunks[c.Key].Models.Select(m => RunPartition.Of(m, c.Value.Hour))).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Until when a worker holds a chunk; null when nobody ever asked for it.</summary>
    internal async Task<DateTimeOffset?> HeldUntilAsync(BatchId id, int chunk, CancellationToken cancellationToken) =>
        (await _table.GetAsync(id.ToString(), BatchRows.ClaimKey(chunk), cancellationToken))?.GetDateTimeOffset("Until");

    /// <summary>Every model that any batch ever asked for.</summary>
    public async Task<IReadOnlyList<ModelKey>> ModelsAsync(CancellationToken cancellationToken)
    {
        var models = new List<ModelKey>();
        await foreach (var row in _table.QueryAsync(TableFilter.Create($"PartitionKey eq {ModelPartition}"), null, cancellationToken))
        {
            if (ModelKey.TryParse(row.GetString("Model"), out var model)) models.Add(model);
        }

        return models;
    }

    /// <summary>The batches that are not known to be done, with the time of their submission; the id comes before the batch is stored.</summary>
    public async Task<IReadOnlyList<(BatchId Id, DateTimeOffset Submitted)>> OpenAsync(CancellationToken cancellationToken)
    {
        var open = new List<(BatchId, DateTimeOffset)>();
        await foreach (var row in _table.QueryAsync(TableFilter.Create($"PartitionKey eq {OpenPartition}"), null, cancellationToken))
        {
            open.Add((new BatchId(row.RowKey), row.GetDateTimeOffset("Submitted") ?? default));
        }

        return open;
    }

    /// <summary>Takes a batch from the list of open ones.</summary>
    public Task CloseAsync(BatchId id, CancellationToken cancellationToken) =>
        _table.DeleteAsync(OpenPartition, id.ToString(), ETag.All, cancellationToken);

    /// <summary>The chunks of a batch that no worker holds and that are not done: their messages may be lost.</summary>
    public async Task<IReadOnlyList<int>> AbandonedChunksAsync(PromptBatch batch, CancellationToken cancellationToken)
    {
        var (claims, _) = await StatusRowsAsync(batch.Id, cancellationToken);
        var poisoned = await PoisonedChunksAsync(batch.Id, cancellationToken);
        var now = time.GetUtcNow();
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

    /// <summary>Keeps a message that could not be used, under its batch if it names one. Keeping it twice changes nothing.</summary>
    /// <param name="batch">The batch that it names; null if it names none that exists.</param>
    /// <param name="chunk">The chunk that it names; null if that cannot be read.</param>
    /// <param name="messageId">The queue's id of the message.</param>
    /// <param name="text">Its text.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    public Task PoisonAsync(BatchId? batch, int? chunk, string messageId, string text, CancellationToken cancellationToken)
    {
        var row = new TableEntity(batch?.ToString() ?? PoisonPartition, $"{BatchRows.PoisonPrefix}{messageId}")
        {
            ["Chunk"] = chunk,
            ["Text"] = text.Length <= 30_000 ? text : text[..30_000],
            ["At"] = time.GetUtcNow(),
        };
        return _table.InsertOrReplaceAsync(row, cancellationToken);
    }

    /// <summary>Messages that could not be used and named no batch.</summary>
    public async Task<int> PoisonedWithoutBatchAsync(CancellationToken cancellationToken)
    {
        var n = 0;
        await foreach (var _ in _table.QueryAsync(TableFilter.Create($"PartitionKey eq {PoisonPartition}"), ["At"], cancellationToken)) n++;
        return n;
    }

    private async Task<ClaimResult> TakeOverAsync(PromptBatch batch, BatchChunk chunk, string owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        var held = await _table.GetAsync(batch.Id.ToString(), BatchRows.ClaimKey(chunk.Index), cancellationToken);
        if (held is null) return new ClaimResult.Busy(time.GetUtcNow());
        var (until, hour, takeovers) = (held.GetDateTimeOffset("Until") ?? default, BatchRows.HourOf(held), (held.GetInt32("Takeovers") ?? 0) + 1);
        if (until > time.GetUtcNow()) return new ClaimResult.Busy(until);
        if (await IsDoneAsync(batch.Id, chunk, hour, cancellationToken)) return new ClaimResult.Done();
        var claim = BatchRows.Claim(batch.Id, chunk.Index, owner, time.GetUtcNow() + lease, hour, takeovers);
        try
        {
            var etag = await _table.ReplaceAsync(claim, held.ETag, cancellationToken);
            return new ClaimResult.Granted(new ChunkClaim(batch, chunk, hour, takeovers, etag));
        }
        catch (StorageException e) when (e.Status == 412)
        {
            return new ClaimResult.Busy(time.GetUtcNow() + lease);
        }
    }

    private async Task<bool> IsDoneAsync(BatchId id, BatchChunk chunk, string hour, CancellationToken cancellationToken)
    {
        foreach (var model in chunk.Models)
        {
            var markers = await runs.MarkersAsync(RunPartition.Of(model, hour), id, cancellationToken);
            if (!markers.ContainsKey(chunk.Index)) return false;
        }

        return true;
    }

    private async Task<(SortedDictionary<int, (string Hour, DateTimeOffset Until, int Takeovers)> Claims, int Poisoned)> StatusRowsAsync(
        BatchId id, CancellationToken cancellationToken)
    {
        var claims = new SortedDictionary<int, (string, DateTimeOffset, int)>();
        var poisoned = 0;
        var (low, high) = (BatchRows.ClaimKey(0), BatchRows.PoisonPrefix + "~");
        var filter = TableFilter.Create($"PartitionKey eq {id.ToString()} and RowKey ge {low} and RowKey le {high}");
        await foreach (var row in _table.QueryAsync(filter, ["Hour", "Until", "Takeovers"], cancellationToken))
        {
            if (row.RowKey.StartsWith(BatchRows.PoisonPrefix, StringComparison.Ordinal)) poisoned++;
            else if (BatchRows.ClaimIndex(row.RowKey) is { } index)
            {
                claims[index] = (BatchRows.HourOf(row), row.GetDateTimeOffset("Until") ?? default, row.GetInt32("Takeovers") ?? 0);
            }
        }

        return (claims, poisoned);
    }

    private async Task<HashSet<int>> PoisonedChunksAsync(BatchId id, CancellationToken cancellationToken)
    {
        var chunks = new HashSet<int>();
        var (low, high) = (BatchRows.PoisonPrefix, BatchRows.PoisonPrefix + "~");
        var filter = TableFilter.Create($"PartitionKey eq {id.ToString()} and RowKey ge {low} and RowKey le {high}");
        await foreach (var row in _table.QueryAsync(filter, ["Chunk"], cancellationToken))
        {
            if (row.GetInt32("Chunk") is { } chunk) chunks.Add(chunk);
        }

        return chunks;
    }

    private async Task NoteModelsAsync(IReadOnlyList<ModelKey> models, CancellationToken cancellationToken)
    {
        foreach (var model in models)
        {
            if (!_knownModels.TryAdd(model, true)) continue;
            var row = new TableEntity(ModelPartition, RunPartition.Escape(model)) { ["Model"] = model.ToString() };
            await _table.InsertOrReplaceAsync(row, cancellationToken);
        }
    }
}
