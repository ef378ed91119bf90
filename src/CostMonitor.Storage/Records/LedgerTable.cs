using System.Runtime.CompilerServices;
using Azure;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>The ledger in the table Budgets: an account is one row, written only over the version that was read, together with a row for each of its entries.</summary>
public sealed class LedgerTable(StorageAccount account) : ILedgerStore
{
    private readonly TableClient _table = account.Table("Budgets");

    /// <summary>A transaction has 100 actions; an account needs one, and up to three entries.</summary>
    public int MostChanges => 25;

    public Task CreateIfNotExistsAsync(CancellationToken cancellationToken) => _table.CreateIfNotExistsAsync(cancellationToken);

    public async Task<IReadOnlyList<LedgerAccount>> ReadAsync(IReadOnlyList<LedgerKey> keys, CancellationToken cancellationToken) =>
        await Task.WhenAll(keys.Select(async key =>
            await _table.GetAsync(LedgerRow.Partition, LedgerRow.AccountKey(key), cancellationToken) is { } row ? LedgerRow.ToAccount(key, row) : new LedgerAccount { Key = key }));

    public async Task<IReadOnlyList<LedgerAccount>?> TryCommitAsync(IReadOnlyList<LedgerChange> changes, CancellationToken cancellationToken)
    {
        var (actions, accounts) = (new List<TableAction>(), new List<int>());
        foreach (var (next, entries) in changes)
        {
            accounts.Add(actions.Count);
            actions.Add(next.Version.Length == 0 ? new TableAction(TableActionKind.Insert, LedgerRow.Of(next)) : new TableAction(TableActionKind.Replace, LedgerRow.Of(next), new ETag(next.Version)));
            actions.AddRange(entries.Select(static e => new TableAction(TableActionKind.Insert, LedgerRow.Of(e))));
        }

        try
        {
            var etags = await _table.SubmitTransactionAsync(actions, cancellationToken);
            return [.. changes.Select((c, i) => c.Account with { Version = etags[accounts[i]].ToString() })];
        }
        catch (TableTransactionException e) when (e.Status is 409 or 412 or 404)
        {
            return e.AttemptsMade > 1 && await IsOursAsync(changes, cancellationToken)
                ? await ReadAsync([.. changes.Select(static c => c.Account.Key)], cancellationToken)
                : Conflict(changes, accounts, e);
        }
    }

    public async Task<LedgerEntry?> FindEntryAsync(LedgerKey key, long sequence, CancellationToken cancellationToken) =>
        await _table.GetAsync(LedgerRow.Partition, LedgerRow.EntryKey(key, sequence), cancellationToken) is { } row ? LedgerRow.ToEntry(key, row) : null;

    /// <inheritdoc/>
    /// <exception cref="LedgerDamagedException">A row cannot be read: after all that can.</exception>
    public async IAsyncEnumerable<LedgerAccount> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LedgerDamagedException? damage = null;
        await foreach (var row in RowsAsync("a|", "a}", cancellationToken))
        {
            LedgerAccount? account = null;
            try
            {
                account = LedgerRow.Read(LedgerRow.KeyOf(row), row);
            }
            catch (LedgerDamagedException e)
            {
                damage ??= e;
            }

            if (account is not null) yield return account;
        }

        if (damage is not null) throw damage;
    }

    /// <summary>What is wrong with accounts that were changed by hand; nothing if all agree with themselves and with their last entries.</summary>
    public async IAsyncEnumerable<LedgerDamagedException> DamagedAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in RowsAsync("a|", "a}", cancellationToken))
        {
            if (await DamageOfAsync(row, cancellationToken) is { } damage) yield return damage;
        }
    }

    public async IAsyncEnumerable<LedgerEntry> EntriesAsync(LedgerKey key, long? before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var first = before is { } end ? LedgerRow.EntryKey(key, end - 1) : LedgerRow.EntryKey(key, 999_999_999_999);
        await foreach (var row in RowsAsync(first, LedgerRow.EntryKey(key, 0), cancellationToken)) yield return LedgerRow.ToEntry(key, row);
    }

    /// <summary>Takes an account that was changed by hand for the truth, and says so in an entry.</summary>
    /// <returns>The entry; null when there was never such an account, or it is as it should be.</returns>
    /// <exception cref="LedgerDamagedException">The row cannot be read, and so not be accepted.</exception>
    public async Task<LedgerEntry?> AcceptAsync(LedgerKey key, string by, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var row = await _table.GetAsync(LedgerRow.Partition, LedgerRow.AccountKey(key), cancellationToken);
        if (row is not null && await DamageOfAsync(row, cancellationToken) is null) return null;
        LedgerEntry? last = null;
        await foreach (var entry in EntriesAsync(key, null, cancellationToken))
        {
            last = entry;
            break;
        }

        if (row is null && last is null) return null;
        var left = row is null ? new LedgerAccount { Key = key } : LedgerRow.Read(key, row); // a row that was removed begins anew at nothing
        var (account, accepted) = left.Accepted(last, by, now, Guid.NewGuid().ToString("N"));
        var written = row is null ? new TableAction(TableActionKind.Insert, LedgerRow.Of(account)) : new TableAction(TableActionKind.Replace, LedgerRow.Of(account), row.ETag);
        await _table.SubmitTransactionAsync([written, new TableAction(TableActionKind.Insert, LedgerRow.Of(accepted))], cancellationToken);
        return accepted;
    }

    /// <summary>Keeps what a reconciliation found, in the place of the one before. Of very many differences it names the first hundred.</summary>
    public Task SaveAsync(LedgerReconciliation found, CancellationToken cancellationToken) => _table.InsertOrReplaceAsync(ReconciledRow.Of(found), cancellationToken);

    /// <summary>What the last reconciliation of any process found; null before the first, and when what is kept cannot be read: the next one takes its place within the hour.</summary>
    public async Task<LedgerReconciliation?> ReconciledAsync(CancellationToken cancellationToken) =>
        await _table.GetAsync(LedgerRow.Partition, ReconciledRow.Key, cancellationToken) is { } row ? ReconciledRow.TryRead(row) : null;

    /// <summary>Removes entries that are older than they are kept.</summary>
    /// <returns>How many were removed: at most <paramref name="most"/>.</returns>
    public async Task<int> ExpireAsync(DateTimeOffset before, int most, CancellationToken cancellationToken)
    {
        var removed = new List<TableAction>();
        var (first, last) = ("e|", "e}");
        var filter = TableFilter.Create($"PartitionKey eq {LedgerRow.Partition} and RowKey ge {first} and RowKey lt {last} and At lt {before}");
        await foreach (var row in _table.QueryAsync(filter, [], cancellationToken))
        {
            removed.Add(new TableAction(TableActionKind.Delete, row, ETag.All));
            if (removed.Count == most) break;
        }

        foreach (var some in removed.Chunk(100)) await _table.SubmitTransactionAsync(some, cancellationToken);
        return removed.Count;
    }

    private IAsyncEnumerable<TableEntity> RowsAsync(string first, string last, CancellationToken cancellationToken) =>
        _table.QueryAsync(TableFilter.Create($"PartitionKey eq {LedgerRow.Partition} and RowKey ge {first} and RowKey lt {last}"), null, cancellationToken);

    private async Task<bool> IsOursAsync(IReadOnlyList<LedgerChange> changes, CancellationToken cancellationToken)
    {
        var mine = changes[0].Entries[^1];
        return (await FindEntryAsync(mine.Key, mine.Sequence, cancellationToken))?.Commit == mine.Commit;
    }

    // An account of the right version whose next entry is there already was set back by somebody.
    private static IReadOnlyList<LedgerAccount>? Conflict(IReadOnlyList<LedgerChange> changes, List<int> accounts, TableTransactionException e)
    {
        if (e.FailedActionIndex is not { } failed || accounts.Contains(failed) || e.ErrorCode != StorageErrorCodes.EntityAlreadyExists) return null;
        var change = changes[accounts.FindLastIndex(first => first < failed)];
        throw new LedgerDamagedException(change.Account.Key, $"it is at entry {change.Account.Sequence - change.Entries.Count}, and a later one is there.");
    }

    private async Task<LedgerDamagedException?> DamageOfAsync(TableEntity row, CancellationToken cancellationToken)
    {
        var key = LedgerRow.KeyOf(row);
        try
        {
            var account = LedgerRow.ToAccount(key, row);
            if (account.Sequence == 0) return null;
            if (await FindEntryAsync(key, account.Sequence + 1, cancellationToken) is not null)
            {
                // Either somebody has written since the row was read, or somebody has set it back.
                return await _table.GetAsync(LedgerRow.Partition, row.RowKey, cancellationToken) is { } again && again.ETag == row.ETag
                    ? new LedgerDamagedException(key, $"it is at entry {account.Sequence}, and a later one is there.")
                    : null;
            }

            return await FindEntryAsync(key, account.Sequence, cancellationToken) is { } last && (last.SettledAfter != account.Settled || last.HeldAfter != account.Held)
                ? new LedgerDamagedException(key, $"its last entry ends at {last.SettledAfter} settled and {last.HeldAfter} held, the row says {account.Settled} and {account.Held}.")
                : null;
        }
        catch (LedgerDamagedException e)
        {
            return e;
        }
    }
}
