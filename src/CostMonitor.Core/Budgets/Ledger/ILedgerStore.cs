namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>Where accounts are kept. A write of several accounts takes place as a whole or not at all.</summary>
public interface ILedgerStore
{
    /// <summary>The most accounts of one write.</summary>
    int MostChanges { get; }

    /// <summary>The accounts as they are; one that is not there yet comes new, with an empty version.</summary>
    /// <exception cref="LedgerDamagedException">One does not agree with its own checksum.</exception>
    Task<IReadOnlyList<LedgerAccount>> ReadAsync(IReadOnlyList<LedgerKey> keys, CancellationToken cancellationToken);

    /// <summary>Writes changed accounts with their entries, if none has changed since it was read.</summary>
    /// <returns>The accounts with their new versions; null when another writer came first.</returns>
    /// <remarks>When it throws, the write may have taken place: <see cref="FindEntryAsync"/> tells.</remarks>
    Task<IReadOnlyList<LedgerAccount>?> TryCommitAsync(IReadOnlyList<LedgerChange> changes, CancellationToken cancellationToken);

    /// <summary>One entry; null when it is not there.</summary>
    Task<LedgerEntry?> FindEntryAsync(LedgerKey key, long sequence, CancellationToken cancellationToken);

    /// <summary>All accounts, by their keys.</summary>
    IAsyncEnumerable<LedgerAccount> ListAsync(CancellationToken cancellationToken);

    /// <summary>The entries of an account, the latest first.</summary>
    /// <param name="key">The account.</param>
    /// <param name="before">Only entries below this sequence; null for all.</param>
    /// <param name="cancellationToken">Stops between and within requests.</param>
    IAsyncEnumerable<LedgerEntry> EntriesAsync(LedgerKey key, long? before, CancellationToken cancellationToken);
}
