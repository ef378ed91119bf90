using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>What somebody has to do for accounts whose workers have died, and to see that they agree with the run records.</summary>
/// <param name="store">Keeps the accounts.</param>
/// <param name="find">A budget in force by its id; null for one that is gone.</param>
/// <param name="time">The clock.</param>
/// <param name="skew">How far the clocks of two machines may differ.</param>
public sealed class LedgerKeeper(ILedgerStore store, Func<string, Budget?> find, TimeProvider time, TimeSpan skew)
{
    /// <summary>A worker that lives settles what it has recorded well within this time.</summary>
    public static readonly TimeSpan LongestFlush = TimeSpan.FromMinutes(2);

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
                if (await FindAsync(account.Key, cancellationToken) is not { } again) break;
                account = again;
            }
        }

        return reaped;
    }

    /// <summary>Settles what the records of dead workers show beyond what these settled themselves, in every account, and strikes the rest once their runs cannot come any more.</summary>
    /// <param name="runs">Reads the records.</param>
    /// <param name="openSince">When the oldest batch was submitted that is not done; null when all are. A dead worker's runs are made again in its batch: until that is done they may be missing.</param>
    /// <param name="cancellationToken">Stops between and within requests.</param>
    /// <returns>How much was settled.</returns>
    public async Task<Usd> RecoverAsync(ReadRuns runs, DateTimeOffset? openSince, CancellationToken cancellationToken)
    {
        var lost = await AllAsync(static a => a.Lost.Length > 0, cancellationToken);
        if (lost.Count == 0) return Usd.Zero;
        var dead = lost.SelectMany(static a => a.Lost).GroupBy(static l => l.Worker).ToDictionary(static g => g.Key, static g => g.Min(static l => l.Began));
        var recovered = Usd.Zero;
        foreach (var ((key, worker), sum) in await SumsAsync(runs(dead.Values.Min() - skew, cancellationToken), cancellationToken))
        {
            // Soft budgets hold nothing: their accounts do not know who died, and were written by it up to a moment before.
            if (dead.TryGetValue(worker, out var began)) recovered += await SettleAsync(key, worker, began, sum.Cost, cancellationToken);
        }

        foreach (var account in lost)
        {
            foreach (var worker in account.Lost.Where(l => !l.IsDirect && !(openSince <= l.Since)).Select(static l => l.Worker))
            {
                await ChangeAsync(account.Key, a => a.Resolved(worker, time.GetUtcNow(), Id()), cancellationToken);
            }
        }

        return recovered;
    }

    /// <summary>Adds up the records of every account that began since an instant, and sets them beside the account.</summary>
    /// <param name="runs">Reads the records.</param>
    /// <param name="from">Accounts whose period began before it are left out.</param>
    /// <param name="cancellationToken">Stops between and within requests.</param>
    /// <remarks>Where they do not agree, what workers that hold nothing any more left behind is settled first.</remarks>
    public async Task<IReadOnlyList<LedgerDifference>> ReconcileAsync(ReadRuns runs, DateTimeOffset from, CancellationToken cancellationToken)
    {
        // The accounts first: a record is written before it is settled, so that the records can only be ahead.
        var accounts = await AllAsync(a => find(a.Key.Budget) is { } budget && BeganSince(budget, a.Key, from), cancellationToken);
        var recorded = await SumsAsync(runs(from, cancellationToken), cancellationToken);
        var differences = Differences(accounts, recorded);
        var settled = await SettleQuietAsync(differences, recorded, from, cancellationToken);
        return [.. differences.Select(d => d with { Settled = d.Settled + settled.GetValueOrDefault(d.Key) })];
    }

    private static IReadOnlyList<LedgerDifference> Differences(IReadOnlyList<LedgerAccount> accounts, IReadOnlyDictionary<(LedgerKey Key, string Worker), RecordedSum> recorded)
    {
        var byAccount = recorded.GroupBy(static r => r.Key.Key).ToDictionary(static g => g.Key, static g => g.Select(static r => r.Value).Aggregate(static (a, b) => a + b));
        return
        [
            .. accounts.Select(a =>
            {
                var sum = byAccount.GetValueOrDefault(a.Key);
                return new LedgerDifference(a.Key, a.Settled - a.Direct, sum.Cost, sum.Runs, a.Held + a.Lost.Aggregate(Usd.Zero, static (total, l) => total + l.Amount), sum.Recent);
            }),
        ];
    }

    /// <returns>What was settled, by account.</returns>
    private async Task<Dictionary<LedgerKey, Usd>> SettleQuietAsync(
        IReadOnlyList<LedgerDifference> differences, IReadOnlyDictionary<(LedgerKey Key, string Worker), RecordedSum> recorded, DateTimeOffset from, CancellationToken cancellationToken)
    {
        var settled = new Dictionary<LedgerKey, Usd>();
        var wrong = differences.Where(static d => d.IsWrong).Select(static d => d.Key).ToHashSet();
        if (wrong.Count == 0) return settled;
        var living = (await AllAsync(static a => a.Holds.Count > 0, cancellationToken)).SelectMany(static a => a.Holds.Keys).ToHashSet();
        foreach (var ((key, worker), sum) in recorded.Where(r => wrong.Contains(r.Key.Key) && r.Key.Worker.Length > 0 && !living.Contains(r.Key.Worker)))
        {
            settled[key] = settled.GetValueOrDefault(key) + await SettleAsync(key, worker, from, sum.Cost - sum.Recent, cancellationToken);
        }

        return settled;
    }

    // A moving window's account goes on for ever, and the records before the window are not read.
    private static bool BeganSince(Budget budget, LedgerKey key, DateTimeOffset from) =>
        budget.Period != BudgetPeriod.Rolling && BudgetCalendar.SpanAt(budget, from) is var span && (span.Key == key.Period ? span.Start >= from : string.CompareOrdinal(key.Period, span.Key) > 0);

    private async Task<Dictionary<(LedgerKey Key, string Worker), RecordedSum>> SumsAsync(IAsyncEnumerable<ChargedRun> runs, CancellationToken cancellationToken)
    {
        var (sums, recent) = (new Dictionary<(LedgerKey, string), RecordedSum>(), time.GetUtcNow() - LongestFlush);
        await foreach (var run in runs.WithCancellation(cancellationToken))
        {
            var cost = run.Cost ?? Usd.Zero;
            var sum = new RecordedSum(cost, run.Written >= recent ? cost : Usd.Zero, 1);
            foreach (var ledger in run.Ledgers) sums[(ledger, run.Worker ?? "")] = sums.GetValueOrDefault((ledger, run.Worker ?? "")) + sum;
        }

        return sums;
    }

    /// <summary>Makes what is settled for a worker equal to its records; what it settled itself beyond them stays.</summary>
    /// <returns>How much was settled; negative where the worker came back and settled what was settled for it before.</returns>
    private async Task<Usd> SettleAsync(LedgerKey key, string worker, DateTimeOffset began, Usd recorded, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindAsync(key, cancellationToken) is not { } account) return Usd.Zero;
            var (own, recovered) = await SettledForAsync(key, worker, began, cancellationToken); // as of the account or later: then the write fails
            var more = recorded - own - recovered;
            if (more < Usd.Zero - recovered) more = Usd.Zero - recovered;
            if (more == Usd.Zero) return Usd.Zero;
            var (next, entry) = account.Recovered(BudgetOf(key), worker, more, time.GetUtcNow(), Id());
            if (await store.TryCommitAsync([new LedgerChange(next, [entry])], cancellationToken) is not null) return more;
        }
    }

    private async Task<(Usd Own, Usd Recovered)> SettledForAsync(LedgerKey key, string worker, DateTimeOffset began, CancellationToken cancellationToken)
    {
        var (own, recovered) = (Usd.Zero, Usd.Zero);
        await foreach (var entry in store.EntriesAsync(key, null, cancellationToken))
        {
            if (entry.At < began - skew) break;
            if (entry.Worker != worker) continue;
            if (entry.Kind == LedgerEntryKind.Commit) own += entry.Settled - entry.Direct;
            if (entry.Kind == LedgerEntryKind.Recovered) recovered += entry.Settled;
        }

        return (own, recovered);
    }

    private async Task<bool> ChangeAsync(LedgerKey key, Func<LedgerAccount, (LedgerAccount Account, LedgerEntry Entry)?> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindAsync(key, cancellationToken) is not { } account) return false;
            if (change(account) is not var (next, entry)) return false;
            if (await store.TryCommitAsync([new LedgerChange(next, [entry])], cancellationToken) is not null) return true;
        }
    }

    /// <returns>Null for an account that was changed by hand: it is left as it is until somebody accepts it.</returns>
    private async Task<LedgerAccount?> FindAsync(LedgerKey key, CancellationToken cancellationToken)
    {
        try
        {
            return (await store.ReadAsync([key], cancellationToken))[0];
        }
        catch (LedgerDamagedException)
        {
            return null;
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

    private readonly record struct RecordedSum(Usd Cost, Usd Recent, int Runs)
    {
        public static RecordedSum operator +(RecordedSum a, RecordedSum b) => new(a.Cost + b.Cost, a.Recent + b.Recent, a.Runs + b.Runs);
    }
}
