using Azure;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>The partition <c>!definitions</c> of the table Budgets: one row a budget that came through the API.</summary>
/// <remarks>
/// Whether a definition contradicts another can only be judged for the set as a whole. So the row <c>!set</c> changes with each of them in one transaction, and a
/// change that was judged by an older set is not made.
/// </remarks>
public sealed class BudgetTable(StorageAccount account, TimeProvider time)
{
    private const string Partition = "!definitions";
    private const string SetKey = "!set";
    private const string Definition = "Definition";

    private readonly TableClient _table = account.Table("Budgets");

    public Task CreateIfNotExistsAsync(CancellationToken cancellationToken) => _table.CreateIfNotExistsAsync(cancellationToken);

    /// <summary>All definitions, in one request for up to a thousand.</summary>
    public async Task<StoredBudgets> ReadAsync(CancellationToken cancellationToken)
    {
        var (budgets, version) = (new List<StoredBudget>(), default(ETag));
        await foreach (var row in _table.QueryAsync(TableFilter.Create($"PartitionKey eq {Partition}"), null, cancellationToken))
        {
            if (row.RowKey == SetKey) version = row.ETag;
            else budgets.Add(new StoredBudget(row.RowKey, row.GetString(Definition) ?? "", row.ETag));
        }

        return new StoredBudgets(budgets, version);
    }

    /// <summary>Stores a definition, if the set is still the one that was seen.</summary>
    /// <param name="seen">The set that the definition was judged by.</param>
    /// <param name="id">Of the budget.</param>
    /// <param name="json">Its definition, which contradicts nothing in <paramref name="seen"/>; up to 30,000 characters.</param>
    /// <returns>False when the set has changed since; nothing is stored then.</returns>
    public Task<bool> TryPutAsync(StoredBudgets seen, string id, string json, CancellationToken cancellationToken) =>
        TryChangeAsync(seen, new TableAction(TableActionKind.InsertOrReplace, new TableEntity(Partition, id) { [Definition] = json, ["Written"] = time.GetUtcNow() }), cancellationToken);

    /// <summary>Removes a definition that was seen, if the set is still the one that was seen.</summary>
    /// <returns>False when the set has changed since; nothing is removed then.</returns>
    public Task<bool> TryRemoveAsync(StoredBudgets seen, string id, CancellationToken cancellationToken) =>
        TryChangeAsync(seen, new TableAction(TableActionKind.Delete, new TableEntity(Partition, id), ETag.All), cancellationToken);

    private async Task<bool> TryChangeAsync(StoredBudgets seen, TableAction change, CancellationToken cancellationToken)
    {
        var set = new TableEntity(Partition, SetKey) { ["Written"] = time.GetUtcNow() };
        var guard = seen.Version == default ? new TableAction(TableActionKind.Insert, set) : new TableAction(TableActionKind.Replace, set, seen.Version);
        try
        {
            await _table.SubmitTransactionAsync([guard, change], cancellationToken);
            return true;
        }
        catch (TableTransactionException e) when (e.Status is 404 or 409 or 412)
        {
            return false;
        }
    }
}
