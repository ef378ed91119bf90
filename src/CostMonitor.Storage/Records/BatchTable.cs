using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Azure;
using CostMonitor.Core.Batches;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>The table Batches: what each batch asks for and how far it is.</summary>
/// <remarks>
/// A batch's partition holds <c>!batch</c>, pages of prompts, claims and poisoned messages. The partition <c>!open</c> lists batches that are not
/// known to be done, <c>!models</c> every model that was ever asked for.
/// </remarks>
/// <param name="account">The account.</param>
/// <param name="runs">Where the batches' runs are kept.</param>
/// <param name="time">The clock.</param>
/// <param name="table">Another table, for batches that no figure may know of.</param>
public sealed class BatchTable(StorageAccount account, RunTable runs, TimeProvider time, string table = "Batches")
{
    private const string OpenPartition = "!open";
    private const string ModelPartition = "!models";
    private const int MostCached = 8;

    private readonly TableClient _table = account.Table(table);
    private readonly ConcurrentDictionary<BatchId, PromptBatch> _cache = new();
    private readonly ConcurrentDictionary<ModelKey, bool> _knownModels = new();

    /// <summary>Who runs which chunk.</summary>
    public ChunkClaims Claims => field ??= new ChunkClaims(_table, this, runs, time);

    /// <summary>Messages that could not be used.</summary>
    public PoisonedMessages Poisoned => field ??= new PoisonedMessages(_table, time);

    public Task CreateIfNotExistsAsync(CancellationToken cancellationToken) => _table.CreateIfNotExistsAsync(cancellationToken);

    /// <summary>Removes the table with every batch in it.</summary>
    public Task DeleteTableAsync(CancellationToken cancellationToken) => _table.DeleteTableAsync(cancellationToken);

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

    /// <summary>How far a batch has come; null if there is none.</summary>
    public async Task<BatchProgress?> ProgressAsync(BatchId id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } batch) return null;
        var (claims, poisoned) = (await Claims.ReadAsync(id, cancellationToken), await Poisoned.CountAsync(id, cancellationToken));
        var chunks = batch.Chunks();
        var markers = new Dictionary<string, Dictionary<int, ChunkCounts>>();
        var (counts, done) = (default(ChunkCounts), 0);
        foreach (var (index, claim) in claims)
        {
            var partitions = chunks[index].Models.Select(m => RunPartition.Of(m, claim.Hour)).ToArray();
            var recorded = 0;
            foreach (var partition in partitions)
            {
                if (!markers.TryGetValue(partition, out var here)) here = markers[partition] = await runs.MarkersAsync(partition, id, cancellationToken);
                if (!here.TryGetValue(index, out var part)) part = await runs.CountAsync(partition, id, chunks[index], cancellationToken);
                counts += part;
                recorded += part.Recorded;
            }

            if (recorded == chunks[index].Count) done++; // with or without markers: a killed worker may have written every run and no marker
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
        var claims = await Claims.ReadAsync(id, cancellationToken);
        var chunks = batch.Chunks();
        return [.. claims.SelectMany(c => chunks[c.Key].Models.Select(m => RunPartition.Of(m, c.Value.Hour))).Distinct().Order(StringComparer.Ordinal)];
    }

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

    /// <summary>The slots of a canary plan that are stored, from one instant on and before another, in their order.</summary>
    public async IAsyncEnumerable<DateTimeOffset> CanarySlotsAsync(
        string plan, DateTimeOffset from, DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (first, behind) = (BatchId.ForSlot(plan, from).ToString(), BatchId.ForSlot(plan, before).ToString());
        var head = BatchRows.HeadKey;
        var filter = TableFilter.Create($"PartitionKey ge {first} and PartitionKey lt {behind} and RowKey eq {head}");
        await foreach (var row in _table.QueryAsync(filter, ["Submitted"], cancellationToken))
        {
            // The range also holds plans whose names go on where this one's ends, as in a-2 beside a.
            if (row.GetDateTimeOffset("Submitted") is { } slot && BatchId.ForSlot(plan, slot).ToString() == row.PartitionKey) yield return slot;
        }
    }

    /// <summary>Takes a batch from the list of open ones.</summary>
    public Task CloseAsync(BatchId id, CancellationToken cancellationToken) =>
        _table.DeleteAsync(OpenPartition, id.ToString(), ETag.All, cancellationToken);

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
