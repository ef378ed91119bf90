using CostMonitor.Core.Budgets.Ledger;

namespace CostMonitor.Core.Tests.Budgets.Ledger;

/// <summary>A store that does to its next write what a test asks for.</summary>
internal sealed class FaultyStore : ILedgerStore
{
    private IReadOnlyList<LedgerChange>? _onItsWay;

    public MemoryLedgerStore Inner { get; } = new();

    public int MostChanges => 3;

    public int Writes { get; private set; }

    /// <summary>An account that somebody changed by hand; null for none.</summary>
    public LedgerKey? Damaged { get; set; }

    /// <summary>Whether the next write gets no answer, and arrives only after it was looked for.</summary>
    public bool DelaysNext { get; set; }

    /// <summary>Runs while the next write is under way.</summary>
    public Action? Meanwhile { get; set; }

    public Task<IReadOnlyList<LedgerAccount>> ReadAsync(IReadOnlyList<LedgerKey> keys, CancellationToken cancellationToken)
    {
        Look(keys);
        return Inner.ReadAsync(keys, cancellationToken);
    }

    public Task<IReadOnlyList<LedgerAccount>?> TryCommitAsync(IReadOnlyList<LedgerChange> changes, CancellationToken cancellationToken)
    {
        Look(changes.Select(static c => c.Account.Key));
        Writes++;
        if (DelaysNext)
        {
            (DelaysNext, _onItsWay) = (false, changes);
            throw new TimeoutException("No answer came.");
        }

        var (meanwhile, none) = (Meanwhile, (Action?)null);
        Meanwhile = none;
        meanwhile?.Invoke();
        return Inner.TryCommitAsync(changes, cancellationToken);
    }

    public async Task<LedgerEntry?> FindEntryAsync(LedgerKey key, long sequence, CancellationToken cancellationToken)
    {
        var found = await Inner.FindEntryAsync(key, sequence, cancellationToken);
        if (_onItsWay is { } late)
        {
            _onItsWay = null;
            await Inner.TryCommitAsync(late, cancellationToken);
        }

        return found;
    }

    public IAsyncEnumerable<LedgerAccount> ListAsync(CancellationToken cancellationToken) => Inner.ListAsync(cancellationToken);

    public IAsyncEnumerable<LedgerEntry> EntriesAsync(LedgerKey key, long? before, CancellationToken cancellationToken) => Inner.EntriesAsync(key, before, cancellationToken);

    private void Look(IEnumerable<LedgerKey> keys)
    {
        if (Damaged is { } damaged && keys.Contains(damaged)) throw new LedgerDamagedException(damaged, "a test says so.");
    }
}
