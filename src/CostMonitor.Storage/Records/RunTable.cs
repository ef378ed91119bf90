using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using CostMonitor.Core.Batches;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>The table Runs: one row a run under its model and hour, and markers of chunks that are done.</summary>
/// <param name="account">The account.</param>
/// <param name="time">The clock.</param>
/// <param name="table">Another table, for runs that no figure may know of.</param>
public sealed class RunTable(StorageAccount account, TimeProvider time, string table = "Runs")
{
    /// <summary>
    /// How long after its chunk's first claim a run may start and still be found by time: a chunk whose worker died may wait in the queue.
    /// </summary>
    public static readonly TimeSpan LatestStart = TimeSpan.FromDays(7);

    private readonly TableClient _table = account.Table(table);
    private readonly ConcurrentDictionary<string, PartitionWriter> _writers = new();

    public Task CreateIfNotExistsAsync(CancellationToken cancellationToken) => _table.CreateIfNotExistsAsync(cancellationToken);

    /// <summary>Removes the table with every run in it.</summary>
    public Task DeleteTableAsync(CancellationToken cancellationToken) => _table.DeleteTableAsync(cancellationToken);

    /// <summary>Opens a claimed chunk for writing; of one that was claimed before, only the missing runs are left to do.</summary>
    public async Task<ChunkWriter> OpenAsync(ChunkClaim claim, CancellationToken cancellationToken)
    {
        var requests = claim.Batch.RequestsOf(claim.Chunk);
        if (claim.Takeovers == 0) return new ChunkWriter(claim, requests, [], WriterOf);
        var recorded = new Dictionary<RunId, RunRecord>();
        foreach (var model in claim.Chunk.Models)
        {
            await foreach (var run in RunsOfAsync(RunPartition.Of(model, claim.Hour), claim.Batch.Id, claim.Chunk, cancellationToken)) recorded[run.Id] = run;
        }

        var writer = new ChunkWriter(claim, [.. requests.Where(r => !recorded.ContainsKey(r.Id))], recorded.Values, WriterOf);
        await writer.MarkCompleteAsync();
        return writer;
    }

    /// <summary>The runs of some models that started from one instant on and before another.</summary>
    public IAsyncEnumerable<RunRecord> QueryAsync(IReadOnlyList<ModelKey> models, DateTimeOffset from, DateTimeOffset before, CancellationToken cancellationToken) =>
        QueryAsync(models, from, before, LatestStart, cancellationToken);

    /// <summary>As the other one, and finds only runs that were filed at most so long before the period: fewer partitions are looked into.</summary>
    public async IAsyncEnumerable<RunRecord> QueryAsync(
        IReadOnlyList<ModelKey> models, DateTimeOffset from, DateTimeOffset before, TimeSpan filedBefore, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var model in models)
        {
            var first = RunPartition.Of(model, RunPartition.Hour(from <= Earliest ? from : from - filedBefore));
            var last = RunPartition.Of(model, RunPartition.Hour(before));
            var filter = TableFilter.Create(
                $"PartitionKey ge {first} and PartitionKey le {last} and RowKey ge {FirstRun} and Started ge {from} and Started lt {before}");
            await foreach (var row in _table.QueryAsync(filter, null, cancellationToken)) yield return RunRow.ToRecord(row);
        }
    }

    /// <summary>The calls without a cost that some models were sent in a period. The service reads the hours' rows, and only such calls come back.</summary>
    /// <remarks>A call that waited in the queue into the period is found when it was filed at most an hour before it.</remarks>
    public async Task<UnpricedWatch> UnpricedAsync(
        IReadOnlyList<ModelKey> models, DateTimeOffset from, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var calls = new List<UnpricedCall>();
        foreach (var model in models)
        {
            var (first, last) = (RunPartition.Of(model, RunPartition.Hour(from - TimeSpan.FromHours(1))), RunPartition.Of(model, RunPartition.Hour(before)));
            var filter = TableFilter.Create(
                $"PartitionKey ge {first} and PartitionKey le {last} and RowKey ge {FirstRun} and Unpriced eq {true} and Started ge {from} and Started lt {before}");
            await foreach (var row in _table.QueryAsync(filter, RunRow.UnpricedColumns, cancellationToken))
            {
                if (RunRow.ToUnpriced(row) is { } call) calls.Add(call);
            }
        }

        return UnpricedWatch.Of(calls);
    }

    /// <summary>What the runs of some models that started in a period were charged to. A run that was paid for twice comes twice: so it was charged.</summary>
    public async IAsyncEnumerable<ChargedRun> SpentAsync(
        IReadOnlyList<ModelKey> models, DateTimeOffset from, DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var model in models)
        {
            var first = RunPartition.Of(model, RunPartition.Hour(from <= Earliest ? from : from - LatestStart));
            var last = RunPartition.Of(model, RunPartition.Hour(before));
            var filter = TableFilter.Create(
                $"PartitionKey ge {first} and PartitionKey le {last} and Ledgers gt {""} and Started ge {from} and Started lt {before}");
            await foreach (var row in _table.QueryAsync(filter, RunRow.ChargedColumns, cancellationToken)) yield return RunRow.ToCharged(row);
        }
    }

    /// <summary>The rows of runs of one model that started in a period, by partition and then in their order.</summary>
    internal IAsyncEnumerable<TableEntity> RowsAsync(ModelKey model, DateTimeOffset? from, DateTimeOffset? before, CancellationToken cancellationToken)
    {
        var (start, end) = (from ?? Earliest, before ?? Latest);
        var first = RunPartition.Of(model, RunPartition.Hour(start <= Earliest ? start : start - LatestStart));
        var last = RunPartition.Of(model, RunPartition.Hour(end));
        return _table.QueryAsync(TableFilter.Create(
            $"PartitionKey ge {first} and PartitionKey le {last} and RowKey ge {FirstRun} and Started ge {start} and Started lt {end}"), null, cancellationToken);
    }

    /// <summary>The rows of some runs of a batch in one partition, in their order.</summary>
    internal IAsyncEnumerable<TableEntity> RowsAsync(string partition, BatchId batch, int first, int last, CancellationToken cancellationToken) =>
        _table.QueryAsync(FilterOf(partition, batch, first, last), null, cancellationToken);

    /// <summary>The marker of a chunk in one partition; null while there is none.</summary>
    internal Task<TableEntity?> MarkerAsync(string partition, BatchId batch, int chunk, CancellationToken cancellationToken) =>
        _table.GetAsync(partition, MarkerKey(batch, chunk), cancellationToken);

    internal Task SubmitAsync(IReadOnlyList<TableAction> actions, CancellationToken cancellationToken) =>
        _table.SubmitTransactionAsync(actions, cancellationToken);

    /// <summary>One page of a batch's runs, by partition and then in their order.</summary>
    /// <param name="partitions">The batch's partitions, as <see cref="BatchTable.PartitionsOfAsync"/> gives them.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="top">The most runs to give: 1 to 1,000.</param>
    /// <param name="continuation">Of the page before; null for the first.</param>
    /// <param name="cancellationToken">Stops the requests.</param>
    /// <exception cref="ArgumentException">The continuation is not one that a page gave.</exception>
    internal async Task<(IReadOnlyList<RunRecord> Runs, string? Continuation)> PageAsync(
        IReadOnlyList<string> partitions, BatchId batch, int top, string? continuation, CancellationToken cancellationToken)
    {
        var (at, inner) = ReadContinuation(continuation);
        var runs = new List<RunRecord>();
        while (at < partitions.Count && runs.Count < top)
        {
            var page = await _table.QueryPageAsync(FilterOf(partitions[at], batch, 0, RunId.MaxOrdinal), null, top - runs.Count, inner, cancellationToken);
            runs.AddRange(page.Entities.Select(RunRow.ToRecord));
            inner = page.Continuation;
            if (inner is null) at++;
        }

        return (runs, at < partitions.Count ? string.Create(CultureInfo.InvariantCulture, $"{at}.{inner}") : null);
    }

    /// <summary>The record of a run; null if it has none.</summary>
    internal async Task<RunRecord?> FindAsync(string partition, RunId id, CancellationToken cancellationToken) =>
        await _table.GetAsync(partition, id.ToString(), cancellationToken) is { } row ? RunRow.ToRecord(row) : null;

    /// <summary>The markers of a batch in one partition, by chunk.</summary>
    internal async Task<Dictionary<int, ChunkCounts>> MarkersAsync(string partition, BatchId batch, CancellationToken cancellationToken)
    {
        var (first, last) = (MarkerKey(batch, 0), MarkerKey(batch, 999_999));
        var markers = new Dictionary<int, ChunkCounts>();
        var filter = TableFilter.Create($"PartitionKey eq {partition} and RowKey ge {first} and RowKey le {last}");
        await foreach (var row in _table.QueryAsync(filter, null, cancellationToken))
        {
            markers[int.Parse(row.RowKey[^6..], NumberStyles.None, CultureInfo.InvariantCulture)] = ChunkCounts.OfMarker(row);
        }

        return markers;
    }

    /// <summary>Counts the rows of a chunk that is not marked yet.</summary>
    internal async Task<ChunkCounts> CountAsync(string partition, BatchId batch, BatchChunk chunk, CancellationToken cancellationToken)
    {
        var counts = default(ChunkCounts);
        var filter = FilterOf(partition, batch, chunk.First, chunk.First + chunk.Count - 1);
        await foreach (var row in _table.QueryAsync(filter, ["Status", "CostUsd"], cancellationToken)) counts += ChunkCounts.OfRun(row);
        return counts;
    }

    internal static string MarkerKey(BatchId batch, int chunk) => string.Create(CultureInfo.InvariantCulture, $"!done|{batch}|{chunk:D6}");

    private const string FirstRun = "a"; // batch ids begin with a letter; every row that is no run begins with '!'

    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private PartitionWriter WriterOf(string partition) => _writers.GetOrAdd(partition, _ => new PartitionWriter(_table, time));

    private async IAsyncEnumerable<RunRecord> RunsOfAsync(
        string partition, BatchId batch, BatchChunk chunk, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = FilterOf(partition, batch, chunk.First, chunk.First + chunk.Count - 1);
        await foreach (var row in _table.QueryAsync(filter, null, cancellationToken)) yield return RunRow.ToRecord(row);
    }

    private static string FilterOf(string partition, BatchId batch, int first, int last)
    {
        var (low, high) = (new RunId(batch, first).ToString(), new RunId(batch, last).ToString());
        return TableFilter.Create($"PartitionKey eq {partition} and RowKey ge {low} and RowKey le {high}");
    }

    private static (int At, string? Inner) ReadContinuation(string? continuation)
    {
        if (continuation is null) return (0, null);
        var dot = continuation.IndexOf('.', StringComparison.Ordinal);
        if (dot < 1 || !int.TryParse(continuation.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var at))
        {
            throw new ArgumentException("The continuation is not one that a page gave.", nameof(continuation));
        }

        return (at, dot + 1 < continuation.Length ? continuation[(dot + 1)..] : null);
    }
}
