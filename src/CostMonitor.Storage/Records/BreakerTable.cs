using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>The table Breakers: what any process knew last of each deployment's health. One row a deployment; the latest change wins.</summary>
public sealed class BreakerTable(StorageAccount account)
{
    private const string Partition = "breaker";

    private readonly TableClient _table = account.Table("Breakers");

    public Task CreateIfNotExistsAsync(CancellationToken cancellationToken) => _table.CreateIfNotExistsAsync(cancellationToken);

    /// <summary>The last known state of every deployment that ever changed its state. A row that cannot be understood is left out: a later version may have written it.</summary>
    public async Task<IReadOnlyDictionary<ModelKey, BreakerStatus>> ReadAsync(CancellationToken cancellationToken)
    {
        var known = new Dictionary<ModelKey, BreakerStatus>();
        await foreach (var row in _table.QueryAsync(TableFilter.Create($"PartitionKey eq {Partition}"), null, cancellationToken))
        {
            if (ModelKey.TryParse(row.GetString("Model"), out var model) && FromEntity(row) is { } status) known[model] = status;
        }

        return known;
    }

    /// <summary>Keeps a state unless a later one is kept already.</summary>
    /// <returns>False when a later one is.</returns>
    public async Task<bool> SaveAsync(ModelKey deployment, BreakerStatus status, CancellationToken cancellationToken)
    {
        var entity = ToEntity(deployment, status);
        while (true)
        {
            var stored = await _table.GetAsync(entity.PartitionKey, entity.RowKey, cancellationToken);
            if (stored?.GetDateTimeOffset("Since") > status.Since) return false;
            try
            {
                if (stored is null) await _table.InsertAsync(entity, cancellationToken);
                else await _table.ReplaceAsync(entity, stored.ETag, cancellationToken);
                return true;
            }
            catch (StorageException e) when (e.ErrorCode == StorageErrorCodes.EntityAlreadyExists || e.Status is 404 or 412)
            {
                // Another process wrote in between, or this one twice: what is there now decides.
            }
        }
    }

    private static TableEntity ToEntity(ModelKey deployment, BreakerStatus status) => new(Partition, RunPartition.Escape(deployment))
    {
        ["Model"] = deployment.ToString(),
        ["State"] = EnumNames.Of(status.State),
        ["Since"] = status.Since,
        ["DownSince"] = status.DownSince,
        ["ProbesAt"] = status.ProbesAt,
        ["FailuresInRow"] = status.FailuresInRow,
        ["LastFailure"] = status.LastFailure,
        ["Reason"] = status.Reason,
    };

    private static BreakerStatus? FromEntity(TableEntity row) =>
        EnumNames.TryParse(row.GetString("State"), out BreakerState state) && row.GetDateTimeOffset("Since") is { } since
            ? new BreakerStatus
            {
                State = state,
                Since = since,
                DownSince = row.GetDateTimeOffset("DownSince"),
                ProbesAt = row.GetDateTimeOffset("ProbesAt"),
                FailuresInRow = row.GetInt32("FailuresInRow") ?? 0,
                LastFailure = row.GetString("LastFailure"),
                Reason = row.GetString("Reason") ?? "",
            }
            : null;
}
