using CostMonitor.Core.Runs;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>Messages that could not be used, kept for people to see.</summary>
public sealed class PoisonedMessages
{
    private const string PoisonPartition = "!poison";

    /// <summary>Lists every message, whether it has a batch or not, so that the newest of all can be counted.</summary>
    private const string ListPartition = "!poisoned";

    private readonly TableClient _table;
    private readonly TimeProvider _time;

    internal PoisonedMessages(TableClient table, TimeProvider time) => (_table, _time) = (table, time);

    /// <summary>Keeps a message that could not be used, under its batch if it names one. Keeping it twice changes nothing.</summary>
    /// <param name="batch">The batch that it names; null if it names none that exists.</param>
    /// <param name="chunk">The chunk that it names; null if that cannot be read.</param>
    /// <param name="messageId">The queue's id of the message.</param>
    /// <param name="text">Its text.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    public async Task AddAsync(BatchId? batch, int? chunk, string messageId, string text, CancellationToken cancellationToken)
    {
        var row = new TableEntity(batch?.ToString() ?? PoisonPartition, $"{BatchRows.PoisonPrefix}{messageId}")
        {
            ["Chunk"] = chunk,
            ["Text"] = text.Length <= 30_000 ? text : text[..30_000],
            ["At"] = _time.GetUtcNow(),
        };
        await _table.InsertOrReplaceAsync(new TableEntity(ListPartition, row.RowKey) { ["At"] = row["At"], ["Batch"] = batch?.ToString() }, cancellationToken);
        await _table.InsertOrReplaceAsync(row, cancellationToken);
    }

    /// <summary>Messages that could not be used since an instant, with a batch or without.</summary>
    public async Task<int> SinceAsync(DateTimeOffset instant, CancellationToken cancellationToken)
    {
        var n = 0;
        await foreach (var _ in _table.QueryAsync(TableFilter.Create($"PartitionKey eq {ListPartition} and At ge {instant}"), ["At"], cancellationToken)) n++;
        return n;
    }

    /// <summary>Messages that could not be used and named no batch.</summary>
    public async Task<int> WithoutBatchAsync(CancellationToken cancellationToken)
    {
        var n = 0;
        await foreach (var _ in _table.QueryAsync(TableFilter.Create($"PartitionKey eq {PoisonPartition}"), ["At"], cancellationToken)) n++;
        return n;
    }

    /// <summary>The messages of a batch that could not be used.</summary>
    internal async Task<int> CountAsync(BatchId id, CancellationToken cancellationToken)
    {
        var n = 0;
        await foreach (var _ in _table.QueryAsync(OfBatch(id), ["Chunk"], cancellationToken)) n++;
        return n;
    }

    /// <summary>The chunks of a batch whose messages could not be used.</summary>
    internal async Task<HashSet<int>> ChunksAsync(BatchId id, CancellationToken cancellationToken)
    {
        var chunks = new HashSet<int>();
        await foreach (var row in _table.QueryAsync(OfBatch(id), ["Chunk"], cancellationToken))
        {
            if (row.GetInt32("Chunk") is { } chunk) chunks.Add(chunk);
        }

        return chunks;
    }

    private static string OfBatch(BatchId id)
    {
        var (low, high) = (BatchRows.PoisonPrefix, BatchRows.PoisonPrefix + "~");
        return TableFilter.Create($"PartitionKey eq {id.ToString()} and RowKey ge {low} and RowKey le {high}");
    }
}
