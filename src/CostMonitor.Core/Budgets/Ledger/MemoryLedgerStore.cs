using System.Runtime.CompilerServices;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>Accounts of one process, gone when it ends: for a benchmark on a laptop with a limit of its own.</summary>
public sealed class MemoryLedgerStore : ILedgerStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, LedgerAccount> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<LedgerKey, List<LedgerEntry>> _entries = [];
    private long _version;

    public int MostChanges => int.MaxValue;

    public Task<IReadOnlyList<LedgerAccount>> ReadAsync(IReadOnlyList<LedgerKey> keys, CancellationToken cancellationToken)
    {
        lock (_gate) return Task.FromResult<IReadOnlyList<LedgerAccount>>([.. keys.Select(k => _accounts.GetValueOrDefault(k.ToString()) ?? new LedgerAccount { Key = k })]);
    }

    public Task<IReadOnlyList<LedgerAccount>?> TryCommitAsync(IReadOnlyList<LedgerChange> changes, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (changes.Any(c => (_accounts.GetValueOrDefault(c.Account.Key.ToString())?.Version ?? "") != c.Account.Version)) return Task.FromResult<IReadOnlyList<LedgerAccount>?>(null);
            var stored = new List<LedgerAccount>(changes.Count);
            foreach (var (account, entries) in changes)
            {
                var next = account with { Version = (++_version).ToString(System.Globalization.CultureInfo.InvariantCulture) };
                _accounts[account.Key.ToString()] = next;
                if (!_entries.TryGetValue(account.Key, out var all)) _entries[account.Key] = all = [];
                all.AddRange(entries);
                stored.Add(next);
            }

            return Task.FromResult<IReadOnlyList<LedgerAccount>?>(stored);
        }
    }

    public Task<LedgerEntry?> FindEntryAsync(LedgerKey key, long sequence, CancellationToken cancellationToken)
    {
        lock (_gate) return Task.FromResult(_entries.GetValueOrDefault(key)?.FirstOrDefault(e => e.Sequence == sequence));
    }

    public async IAsyncEnumerable<LedgerAccount> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        LedgerAccount[] accounts;
        lock (_gate) accounts = [.. _accounts.Values];
        foreach (var account in accounts) yield return account;
    }

    public async IAsyncEnumerable<LedgerEntry> EntriesAsync(LedgerKey key, long? before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        LedgerEntry[] entries;
        lock (_gate) entries = [.. _entries.GetValueOrDefault(key) ?? []];
        foreach (var entry in entries.Reverse())
        {
            if (before is not { } end || entry.Sequence < end) yield return entry;
        }
    }
}
