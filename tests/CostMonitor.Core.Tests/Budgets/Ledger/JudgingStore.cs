using System.Collections.Concurrent;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Tests.Budgets.Ledger;

/// <summary>A store that is slow, loses answers, and notes whenever an account passes a limit.</summary>
internal sealed class JudgingStore(ulong seed, double lost, Usd limit) : ILedgerStore
{
    private readonly MemoryLedgerStore _inner = new();
    private readonly SeededRandom _random = new(seed);

    public int MostChanges => 3;

    public ConcurrentQueue<string> Faults { get; } = [];

    public long Writes { get; private set; }

    public bool IsDown { get; set; }

    public async Task<IReadOnlyList<LedgerAccount>> ReadAsync(IReadOnlyList<LedgerKey> keys, CancellationToken cancellationToken)
    {
        await LatencyAsync();
        return await _inner.ReadAsync(keys, cancellationToken);
    }

    public async Task<IReadOnlyList<LedgerAccount>?> TryCommitAsync(IReadOnlyList<LedgerChange> changes, CancellationToken cancellationToken)
    {
        await LatencyAsync();
        if (changes.Count > MostChanges) Faults.Enqueue($"{changes.Count} changes in one write");
        foreach (var (account, entries) in changes)
        {
            if (account.Settled + account.Held > limit) Faults.Enqueue($"{account.Key}: settled {account.Settled} + held {account.Held}");
            if (account.Holds.Values.Any(static h => h.Amount < Usd.Zero)) Faults.Enqueue($"{account.Key}: a negative hold");
            if (entries.Count == 0) Faults.Enqueue($"{account.Key}: no entry");
        }

        var fate = Draw();
        if (fate < lost / 2) throw new TimeoutException("The request was lost.");
        var stored = await _inner.TryCommitAsync(changes, cancellationToken);
        Writes++;
        return fate < lost ? throw new TimeoutException("The answer was lost.") : stored;
    }

    public Task<LedgerEntry?> FindEntryAsync(LedgerKey key, long sequence, CancellationToken cancellationToken) => _inner.FindEntryAsync(key, sequence, cancellationToken);

    public IAsyncEnumerable<LedgerAccount> ListAsync(CancellationToken cancellationToken) => _inner.ListAsync(cancellationToken);

    public IAsyncEnumerable<LedgerEntry> EntriesAsync(LedgerKey key, long? before, CancellationToken cancellationToken) => _inner.EntriesAsync(key, before, cancellationToken);

    private double Draw()
    {
        lock (_random) return _random.NextDouble();
    }

    private async Task LatencyAsync()
    {
        if (IsDown) throw new TimeoutException("The store is down.");
        await Task.Delay(TimeSpan.FromMilliseconds(Draw() * 3));
    }
}
