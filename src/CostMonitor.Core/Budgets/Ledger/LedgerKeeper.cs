using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>What somebody has to do for accounts whose workers have died, and to see that they agree with the run records.</summary>
/// <param name="store">Keeps the accounts.</param>
/// <param name="find">A budget in force by its id; null for one that is gone.</param>
/// <param name="time">The clock.</param>
/// <param name="skew">How far the clocks of two machines may differ.</param>
public sealed class LedgerKeeper(ILedgerStore store, Func<string, Budget?> find, TimeProvider time, TimeSpan skew)
{
    /// <summary>The sums of all records of some models, started from an instant on.</summary>
    public delegate IAsyncEnumerable<ChargedRun> ReadRuns(DateTimeOffset from, CancellationToken cancellationToken);

    /// <summary>Frees the holds of workers that have not renewed them; what they may have spent shows as unconfirmed.</summary>
    /// <returns>How many holds were freed.</returns>
    public async Task<int> ReapAsync(CancellationToken cancellationToken)
    {
        var reaped = 0;
        foreach (var listed in await AllAsync(static a => a.Holds.Count > 0, cancellationToken))
        {
            for (var account = listed; ;)
            {
                if (account.Reaped(time.GetUtcNow(), skew, Id()) is not var (next, entries)) break;
                if (await store.TryCommitAsync([new LedgerChange(next, entries)], cancellationToken) is not null) reaped += entries.Count;
                account = (await store.ReadAsync([account.Key], cancellationToken))[0];
            }
        }

        return reaped;
    }

    /// <summary>Settles what the records of dead workers show beyond what these settled themselves, and strikes the rest once their runs cannot come any more.</summary>
    /// <param name="runs">Reads the records.</param>
    /// <param name="openSince">When the oldest batch was submitted that is not done; null when all are. A dead worker's runs are made again in its batch: until that is done they may be missing.</param>
    /// <param name="cancellationToken">Stops between and within requests.</param>
    /// <returns>How much was settled.</returns>
    public async Task<Usd> RecoverAsync(ReadRuns runs, DateTimeOffset? openSince, CancellationToken cancellationToken)
    {
        var lost = await AllAsync(static a => a.Lost.Length > 0, cancellationToken);
        if (lost.Count == 0) return Usd.Zero;
        var recorded = await SumsAsync(runs(lost.SelectMany(static a => a.Lost).Min(static l => l.Began) - skew, cancellationToken), cancellationToken);
        var recovered = Usd.Zero;
        foreach (var account in lost)
        {
            foreach (var dead in account.Lost)
            {
                var more = recorded.GetValueOrDefault((account.Key, dead.Worker)).Cost - await SettledByAsync(account.Key, dead, cancellationToken);
                if (more > Usd.Zero && await ChangeAsync(account.Key, a => a.Recovered(BudgetOf(a.Key), dead.Worker, more, time.GetUtcNow(), Id()), cancellationToken)) recovered += more;
                if (dead.IsDirect || openSince <= dead.Since) continue;
                await ChangeAsync(account.Key, a => a.Resolved(dead.Worker, time.GetUtcNow(), Id()), cancellationToken);
            }
        }

        return recovered;
    }

    /// <summary>Adds up the records of every account that began since an instant, and sets them beside the account.</summary>
    /// <param name="runs">Reads the records.</param>
    /// <param name="from">Accounts whose period began before it are left out.</param>
    /// <param name="cancellationToken">Stops between and within requests.</param>
    public async Task<IReadOnlyList<LedgerDifference>> ReconcileAsync(ReadRuns runs, DateTimeOffset from, CancellationToken cancellationToken)
    {
        // The accounts first: a record is written before it is settled, so that the records can only be ahead.
        var accounts = await AllAsync(a => find(a.Key.Budget) is { } budget && BeganSince(budget, a.Key, from), cancellationToken);
        var recorded = await SumsAsync(runs(from, cancellationToken), cancellationToken);
        var byAccount = recorded.GroupBy(static r => r.Key.Key).ToDictionary(static g => g.Key, static g => (Cost: g.Aggregate(Usd.Zero, static (sum, r) => sum + r.Value.Cost), Runs: g.Sum(static r => r.Value.Runs)));
        return
        [
            .. accounts.Select(a =>
            {
                var (cost, count) = byAccount.GetValueOrDefault(a.Key);
                return new LedgerDifference(a.Key, a.Settled - a.Direct, cost, count, a.Held + a.Lost.Aggregate(Usd.Zero, static (sum, l) => sum + l.Amount));
            }),
        ];
    }

    // A moving window's account goes on for ever, and the records before the window are not read.
    private static bool BeganSince(Budget budget, LedgerKey key, DateTimeOffset from) =>
        budget.Period != BudgetPeriod.Rolling && BudgetCalendar.SpanAt(budget, from) is var span && (span.Key == key.Period ? span.Start >= from : string.CompareOrdinal(key.Period, span.Key) > 0);

    private static async Task<Dictionary<(LedgerKey Key, string Worker), (Usd Cost, int Runs)>> SumsAsync(IAsyncEnumerable<ChargedRun> runs, CancellationToken cancellationToken)
    {
        var sums = new Dictionary<(LedgerKey, string), (Usd Cost, int Runs)>();
        await foreach (var run in runs.WithCancellation(cancellationToken))
        {
            foreach (var ledger in run.Ledgers)
            {
                var (cost, count) = sums.GetValueOrDefault((ledger, run.Worker ?? ""));
                sums[(ledger, run.Worker ?? "")] = (cost + (run.Cost ?? Usd.Zero), count + 1);
            }
        }

        return sums;
    }

    private async Task<Usd> SettledByAsync(LedgerKey key, LostHold dead, CancellationToken cancellationToken)
    {
        var settled = Usd.Zero;
        await foreach (var entry in store.EntriesAsync(key, null, cancellationToken))
        {
            if (entry.At < dead.Began - skew) break;
            if (entry.Worker == dead.Worker && entry.Kind is (LedgerEntryKind.Commit or LedgerEntryKind.Recovered)) settled += entry.Settled - entry.Direct;
        }

        return settled;
    }

    private async Task<bool> ChangeAsync(LedgerKey key, Func<LedgerAccount, (LedgerAccount Account, LedgerEntry Entry)?> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var account = (await store.ReadAsync([key], cancellationToken))[0];
            if (change(account) is not var (next, entry)) return false;
            if (await store.TryCommitAsync([new LedgerChange(next, [entry])], cancellationToken) is not null) return true;
        }
    }

    private async Task<IReadOnlyList<LedgerAccount>> AllAsync(Func<LedgerAccount, bool> isWanted, CancellationToken cancellationToken)
    {
        var accounts = new List<LedgerAccount>();
        await foreach (var account in store.ListAsync(cancellationToken))
        {
            if (isWanted(account)) accounts.Add(account);
        }

        return accounts;
    }

    // Only whether the window moves matters here; of a budget that is gone it is told by the account's key.
    private Budget BudgetOf(LedgerKey key) => find(key.Budget) ?? new Budget
    {
        Id = key.Budget, Scope = default, Limit = default, Period = key.Period == BudgetCalendar.Rolling ? BudgetPeriod.Rolling : BudgetPeriod.Month, Window = TimeSpan.FromDays(1),
    };

    private static string Id() => Guid.NewGuid().ToString("N");
}
