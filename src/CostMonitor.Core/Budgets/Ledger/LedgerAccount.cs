using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>An account as it is stored: its sums, and who holds what. Every change is a new account and one <see cref="LedgerEntry"/>.</summary>
public sealed record LedgerAccount
{
    private const int BucketsPerWindow = 60;
    private const int MostReaped = 2; // in one write, whose actions are limited

    public required LedgerKey Key { get; init; }

    /// <summary>The entries so far.</summary>
    public long Sequence { get; init; }

    /// <summary>All that was ever settled.</summary>
    public Usd Settled { get; init; }

    /// <inheritdoc cref="LedgerState.Direct"/>
    public Usd Direct { get; init; }

    /// <summary>All that was ever reserved for calls whose cost cannot be known.</summary>
    public Usd Unknown { get; init; }

    public long Calls { get; init; }

    public long Unpriced { get; init; }

    /// <inheritdoc cref="LedgerState.ExhaustedAt"/>
    public DateTimeOffset? ExhaustedAt { get; init; }

    /// <summary>The limit at that time: a budget whose limit was raised since is not exhausted any more.</summary>
    public Usd ExhaustedLimit { get; init; }

    /// <summary>By worker.</summary>
    public ImmutableSortedDictionary<string, LedgerHold> Holds { get; init; } = ImmutableSortedDictionary<string, LedgerHold>.Empty.WithComparers(StringComparer.Ordinal);

    public ImmutableArray<LostHold> Lost { get; init; } = [];

    /// <summary>Of a moving window, the earliest first; empty for a period of the calendar.</summary>
    public ImmutableArray<LedgerBucket> Buckets { get; init; } = [];

    /// <summary>The version that the store gave it; empty for one that is not stored.</summary>
    public string Version { get; init; } = "";

    public Usd Held => Sum(Holds.Values.Select(static h => h.Amount));

    public Usd Exposure => Sum(Holds.Values.Select(static h => h.Exposure));

    private Usd LostSum => Sum(Lost.Select(static l => l.Amount));

    /// <summary>As a reader sees it at one moment.</summary>
    public LedgerState StateAt(Budget budget, DateTimeOffset now)
    {
        var isRolling = budget.Period == BudgetPeriod.Rolling;
        return new LedgerState
        {
            Key = Key,
            Settled = isRolling ? Sum(Within(budget, now).Select(static b => b.Settled)) : Settled,
            Direct = Direct,
            Held = Held,
            Unconfirmed = LostSum + (isRolling ? Sum(Within(budget, now).Select(static b => b.Unconfirmed)) : Unknown),
            Calls = Calls,
            Unpriced = Unpriced,
            Sequence = Sequence,
            ExhaustedAt = budget.Limit > ExhaustedLimit || (isRolling && ExhaustedAt < now - budget.Window) ? null : ExhaustedAt,
        };
    }

    /// <summary>What one worker settles and holds.</summary>
    internal (LedgerAccount Account, LedgerEntry Entry) With(Budget budget, in LedgerCommit commit)
    {
        var (worker, spend) = (commit.Worker, commit.Spend);
        var known = Holds.GetValueOrDefault(worker);
        var hold = new LedgerHold { Amount = commit.Hold, Exposure = commit.Exposure, Began = commit.Began, Expires = commit.Expires, IsDirect = commit.IsDirect || known?.IsDirect == true };
        var account = this with
        {
            Sequence = Sequence + 1,
            Settled = Settled + spend.Settled,
            Direct = Direct + spend.Direct,
            Unknown = Unknown + spend.Unconfirmed,
            Calls = Calls + spend.Calls,
            Unpriced = Unpriced + spend.Unpriced,
            ExhaustedAt = commit.IsExhausted && StateAt(budget, commit.At).ExhaustedAt is null ? commit.At : ExhaustedAt,
            ExhaustedLimit = commit.IsExhausted ? budget.Limit : ExhaustedLimit,
            Holds = commit.Hold > Usd.Zero ? Holds.SetItem(worker, hold) : Holds.Remove(worker),
            Lost = Lost.RemoveAll(l => l.Worker == worker), // a worker that was only slow comes back: what it had is no longer lost
            Buckets = budget.Period == BudgetPeriod.Rolling ? Filled(budget, commit.At, spend) : Buckets,
        };
        return (account, account.Entered(this, LedgerEntryKind.Commit, worker, commit.Id, commit.At) with { Calls = spend.Calls, Unpriced = spend.Unpriced });
    }

    /// <summary>Frees the holds of workers that have not renewed them in time, two of them at most; null when there are none.</summary>
    /// <param name="now">Now, by the reaper's clock.</param>
    /// <param name="skew">How far two clocks may differ.</param>
    /// <param name="commit">Names the write.</param>
    internal (LedgerAccount Account, IReadOnlyList<LedgerEntry> Entries)? Reaped(DateTimeOffset now, TimeSpan skew, string commit)
    {
        var (account, entries) = (this, new List<LedgerEntry>());
        foreach (var (worker, hold) in Holds.Where(h => h.Value.Expires + skew < now).Take(MostReaped))
        {
            var before = account;
            account = account with
            {
                Sequence = account.Sequence + 1,
                Holds = account.Holds.Remove(worker),
                Lost = account.Lost.Add(new LostHold(worker, hold.Amount, now, hold.Began, hold.IsDirect)),
            };
            entries.Add(account.Entered(before, LedgerEntryKind.Reaped, worker, commit, now));
        }

        return entries.Count == 0 ? null : (account, entries);
    }

    /// <summary>Settles what the run records of a worker show beyond what is settled for it.</summary>
    /// <param name="budget">The account's budget.</param>
    /// <param name="worker">The worker, which is dead or quiet.</param>
    /// <param name="more">How much; negative where it came back after all, and settled itself what was settled for it before.</param>
    /// <param name="now">When.</param>
    /// <param name="commit">Names the write.</param>
    internal (LedgerAccount Account, LedgerEntry Entry) Recovered(Budget budget, string worker, Usd more, DateTimeOffset now, string commit)
    {
        var index = IndexOfLost(worker);
        var account = this with
        {
            Sequence = Sequence + 1,
            Settled = Settled + more,
            Lost = index < 0 ? Lost : Lost.SetItem(index, Lost[index] with { Amount = more < Lost[index].Amount ? Lost[index].Amount - more : Usd.Zero }),
            Buckets = budget.Period == BudgetPeriod.Rolling ? Filled(budget, now, new LedgerSpend(more, default, default, 0, 0)) : Buckets,
        };
        return (account, account.Entered(this, LedgerEntryKind.Recovered, worker, commit, now));
    }

    /// <summary>Strikes what a dead worker may have spent, once all its runs have records; null when nothing of it is here.</summary>
    internal (LedgerAccount Account, LedgerEntry Entry)? Resolved(string worker, DateTimeOffset now, string commit)
    {
        var index = IndexOfLost(worker);
        if (index < 0) return null;
        var account = this with { Sequence = Sequence + 1, Lost = Lost.RemoveAt(index) };
        return (account, account.Entered(this, LedgerEntryKind.Resolved, worker, commit, now));
    }

    /// <summary>Takes the account as somebody left it by hand for the truth.</summary>
    public (LedgerAccount Account, LedgerEntry Entry) Accepted(LedgerEntry? last, string by, DateTimeOffset now, string commit)
    {
        var account = this with { Sequence = Math.Max(Sequence, last?.Sequence ?? 0) + 1 };
        return (account, new LedgerEntry
        {
            Key = Key,
            Sequence = account.Sequence,
            At = now,
            Kind = LedgerEntryKind.Accepted,
            Worker = by,
            Commit = commit,
            Settled = Settled - (last?.SettledAfter ?? Usd.Zero),
            Held = Held - (last?.HeldAfter ?? Usd.Zero),
            Unconfirmed = Unknown + LostSum - (last?.UnconfirmedAfter ?? Usd.Zero),
            SettledAfter = Settled,
            HeldAfter = Held,
            UnconfirmedAfter = Unknown + LostSum,
        });
    }

    /// <summary>A checksum of all that is stored: 32 hex digits. It finds a row that was changed by hand, it does not withstand a forger.</summary>
    public string Checksum()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Key}\n{Sequence}\n{Settled.ToExactString()}\n{Direct.ToExactString()}\n{Unknown.ToExactString()}\n{Calls}\n{Unpriced}\n{ExhaustedAt?.UtcTicks} {ExhaustedLimit.ToExactString()}\n");
        foreach (var (worker, h) in Holds)
        {
            text.Append(CultureInfo.InvariantCulture, $"{worker} {h.Amount.ToExactString()} {h.Exposure.ToExactString()} {h.Began.UtcTicks} {h.Expires.UtcTicks} {h.IsDirect}\n");
        }

        foreach (var l in Lost) text.Append(CultureInfo.InvariantCulture, $"{l.Worker} {l.Amount.ToExactString()} {l.Since.UtcTicks} {l.Began.UtcTicks} {l.IsDirect}\n");
        foreach (var b in Buckets) text.Append(CultureInfo.InvariantCulture, $"{b.Start.UtcTicks} {b.Settled.ToExactString()} {b.Unconfirmed.ToExactString()}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..32];
    }

    public bool Equals(LedgerAccount? other) => other is not null && Version == other.Version && Checksum() == other.Checksum();

    public override int GetHashCode() => HashCode.Combine(Key, Sequence, Version);

    private LedgerEntry Entered(LedgerAccount before, LedgerEntryKind kind, string worker, string commit, DateTimeOffset now) => new()
    {
        Key = Key,
        Sequence = Sequence,
        At = now,
        Kind = kind,
        Worker = worker,
        Commit = commit,
        Settled = Settled - before.Settled,
        Direct = Direct - before.Direct,
        Held = Held - before.Held,
        Unconfirmed = Unknown + LostSum - before.Unknown - before.LostSum,
        SettledAfter = Settled,
        HeldAfter = Held,
        UnconfirmedAfter = Unknown + LostSum,
    };

    private int IndexOfLost(string worker)
    {
        for (var i = 0; i < Lost.Length; i++)
        {
            if (Lost[i].Worker == worker) return i;
        }

        return -1;
    }

    private IEnumerable<LedgerBucket> Within(Budget budget, DateTimeOffset now) => Buckets.Where(b => b.Start + WidthOf(budget) > now - budget.Window);

    private ImmutableArray<LedgerBucket> Filled(Budget budget, DateTimeOffset now, in LedgerSpend spend)
    {
        var width = WidthOf(budget);
        var start = new DateTimeOffset(now.UtcTicks / width.Ticks * width.Ticks, TimeSpan.Zero);
        var buckets = Within(budget, now).Where(b => b.Start != start).ToList();
        var there = Buckets.FirstOrDefault(b => b.Start == start);
        buckets.Add(new LedgerBucket(start, there.Settled + spend.Settled, there.Unconfirmed + spend.Unconfirmed));
        return [.. buckets.OrderBy(static b => b.Start)];
    }

    /// <summary>Whole minutes, and at most sixty parts a window: what leaves the window does so at most one part too late, never too early.</summary>
    private static TimeSpan WidthOf(Budget budget) => TimeSpan.FromMinutes(Math.Max(1, Math.Ceiling(budget.Window.TotalMinutes / BucketsPerWindow)));

    private static Usd Sum(IEnumerable<Usd> amounts) => amounts.Aggregate(Usd.Zero, static (a, b) => a + b);
}
