using System.Security.Cryptography;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <content>The one writer of a process: all that waits goes into its next write.</content>
public sealed partial class BudgetLedger
{
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(5); // a hold is not used up to the moment when somebody may reap it
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100); // for money that other processes give back
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(25), AfterFailures = TimeSpan.FromMilliseconds(200); // one lost request holds nobody up; a store that is away is not hammered
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5); // at a damaged account: somebody may have put it right

    private Task _cycle = Task.CompletedTask;
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isCycling, _isTicking, _isFlushing, _wasBlocked;
    private int _failures; // since the last write that succeeded
    private bool _isAlone = true; // nobody else wrote what this process wrote last
    private readonly List<Write> _late = []; // not there when it was looked for, and may still come while nobody else has written
    private Write? _uncertain; // whose answer was lost

    private void Tick()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            foreach (var pool in _pools.Values)
            {
                var seconds = (decimal)_time.GetElapsedTime(pool.DemandSince, now).TotalSeconds;
                if (seconds <= 0) continue;
                (pool.Demand, pool.Reserved, pool.DemandSince) = (new Usd(pool.Reserved.Amount / seconds), Usd.Zero, now);
            }

            foreach (var (key, _) in _pools.Where(p => p.Value.Span.End < _time.GetUtcNow() && p.Value.Budget.Period != BudgetPeriod.Rolling && p.Value.IsIdle && !_waiting.Exists(w => w.Charge.Pools.Contains(p.Value))).ToArray()) _pools.Remove(key);
            if (!_pools.Values.Any(p => IsDue(p, now))) return;
            _isTicking = true;
            StartCycle();
        }
    }

    /// <summary>Whether a pool has something to write, or to give back, even though nobody waits for it.</summary>
    private bool IsDue(LedgerPool pool, long now) =>
        pool.Damage is null
        ? SpendIsDue(pool, now) || pool.IsExhausted
        || (pool.Held > Usd.Zero && (_time.GetElapsedTime(now, pool.LeaseEnds) < (_options.Lease - LeaseMargin) * (2.0 / 3) || pool.Held - pool.Used - pool.Pending.Settled > pool.Demand + pool.Demand))
        : _time.GetElapsedTime(pool.DamageSeen, now) >= LookAgain;

    /// <summary>Spend that its hold covers may wait a little, so that a busy process writes seldom; not when it is a hundredth of the limit, nor when no call is under way.</summary>
    private bool SpendIsDue(LedgerPool pool, long now) =>
        !pool.Pending.IsNone
        && (_isFlushing || pool.Used == Usd.Zero || pool.Pending.Settled.Amount > pool.Budget.Limit.Amount / 100 || _time.GetElapsedTime(pool.AsOf, now) >= _options.Flush * 4);

    private Task StartCycle()
    {
        _wake.TrySetResult();
        if (_isCycling) return _cycle;
        _isCycling = true;
        return _cycle = Task.Run(CycleAsync);
    }

    private async Task CycleAsync()
    {
        while (true)
        {
            var pause = TimeSpan.Zero;
            try
            {
                pause = await WriteOnceAsync();
                _failures = 0;
            }
            catch (LedgerDamagedException e)
            {
                bool isNews;
                lock (_gate) isNews = Damaged(e);
                if (isNews) _onStoreFailed?.Invoke(e);
            }
            catch (Exception e) when (e is not OutOfMemoryException) // whatever a store throws: what cannot be counted is not spent
            {
                lock (_gate) RefuseLate(e);
                _onStoreFailed?.Invoke(e);
                pause = PauseAfter(++_failures);
            }

            lock (_gate)
            {
                var isMore = _waiting.Count > 0 || (_isFlushing && pause == TimeSpan.Zero);
                if (!isMore)
                {
                    (_isCycling, _isTicking, _isFlushing) = (false, false, false);
                    return;
                }
            }

            if (pause > TimeSpan.Zero) await PauseAsync(pause);
        }
    }

    private static TimeSpan PauseAfter(int failures) => failures > 3 ? AfterFailures : AfterFailure * (1 << (failures - 1));

    /// <summary>Waits for a while, or for somebody new.</summary>
    private async Task PauseAsync(TimeSpan pause)
    {
        using var over = new CancellationTokenSource();
        await Task.WhenAny(_wake.Task, Task.Delay(pause, _time, over.Token));
        await over.CancelAsync();
        lock (_gate) _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Reads what it needs, decides, writes, and answers those who waited.</summary>
    /// <returns>How long to wait before the next one.</returns>
    private async Task<TimeSpan> WriteOnceAsync()
    {
        await SettleUncertainAsync();
        for (var attempt = 1; ; attempt++)
        {
            bool isTicking;
            lock (_gate) isTicking = _isTicking;
            var pools = Chosen();
            if (pools.Count == 0) return Poll;
            var isFresh = !_isAlone || _wasBlocked || attempt > 1 || _late.Count > 0 || pools.Any(static p => p.Account is null);
            if (isFresh)
            {
                var accounts = await _store.ReadAsync([.. pools.Select(static p => p.Key)], CancellationToken.None);
                lock (_gate)
                {
                    for (var i = 0; i < pools.Count; i++) pools[i].See(accounts[i], _time.GetUtcNow(), _time.GetTimestamp());
                }

                await SettleLateAsync(accounts);
            }

            Write write;
            lock (_gate) write = Decide(pools, isFresh);
            _wasBlocked = write.IsBlocked; // then it matters what others have given back
            if (write.Changes.Count == 0)
            {
                Finish(write, null); // what was granted without a write is none of a hard budget's money
                return Poll;
            }

            IReadOnlyList<LedgerAccount>? stored;
            try
            {
                stored = await _store.TryCommitAsync(write.Changes, CancellationToken.None);
            }
            catch
            {
                _uncertain = write; // its plans stay: until it is known what became of it, only what holds either way may be used
                throw;
            }

            if (stored is not null)
            {
                _isAlone = true;
                Finish(write, stored);
                return write.IsBlocked ? Poll : TimeSpan.Zero;
            }

            _isAlone = false;
            lock (_gate)
            {
                write.Discard();
                _isTicking |= isTicking;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(1, 4 + (8 * Math.Min(attempt, 8)))), _time);
        }
    }

    private async Task SettleUncertainAsync()
    {
        if (_uncertain is not { } write) return;
        var first = write.Changes[0].Entries[^1];
        var entry = await _store.FindEntryAsync(first.Key, first.Sequence, CancellationToken.None);
        _uncertain = null;
        if (entry?.Commit == first.Commit)
        {
            Finish(write, [.. write.Changes.Select(static c => c.Account)]);
            _isAlone = false; // the versions are not known
        }
        else
        {
            lock (_gate) write.Discard();
            _late.Add(write);
        }
    }

    /// <summary>Looks whether writes that were given up have come after all: what they settled is not settled again.</summary>
    /// <remarks>A write can come only over the version that it was made for: once the account has gone on without it, it never will.</remarks>
    private async Task SettleLateAsync(IReadOnlyList<LedgerAccount> accounts)
    {
        foreach (var write in _late.ToArray())
        {
            foreach (var account in accounts)
            {
                if (write.Changes.Find(c => c.Account.Key == account.Key)?.Entries[^1] is not { } mine || account.Sequence < mine.Sequence) continue;
                var entry = await _store.FindEntryAsync(mine.Key, mine.Sequence, CancellationToken.None);
                _late.Remove(write);
                if (entry?.Commit == mine.Commit)
                {
                    lock (_gate) write.Settle();
                }

                break;
            }
        }
    }

    /// <summary>The pools of the calls that have waited longest, then those that are due, as many as one write takes.</summary>
    private List<LedgerPool> Chosen()
    {
        lock (_gate)
        {
            var (pools, now) = (new List<LedgerPool>(), _time.GetTimestamp());
            foreach (var waiting in _waiting)
            {
                var more = waiting.Charge.Pools.Where(static p => p.Budget.IsHard).Except(pools).ToArray(); // nothing is asked of a soft one
                if (pools.Count + more.Length <= _store.MostChanges) pools.AddRange(more);
            }

            if (!_isTicking && !_isFlushing) return pools;
            // A damaged account is read by itself: no other has to fail with it.
            if (_pools.Values.Where(p => p.Damage is not null && IsDue(p, now)).MinBy(static p => p.DamageSeen) is { } damaged) return [damaged];
            foreach (var pool in _pools.Values)
            {
                if (pools.Count >= _store.MostChanges) return pools;
                if (pool.Damage is null && (IsDue(pool, now) || (_isFlushing && pool.Held > pool.Used)) && !pools.Contains(pool)) pools.Add(pool);
            }

            _isTicking = false;
            return pools;
        }
    }

    /// <summary>Decides what one write does: who of those that wait gets their money, what each pool settles and holds.</summary>
    private Write Decide(List<LedgerPool> pools, bool isFresh)
    {
        var (now, utc, id) = (_time.GetTimestamp(), _time.GetUtcNow(), Guid.NewGuid().ToString("N"));
        var drafts = new Dictionary<LedgerPool, PoolDraft>();
        foreach (var pool in pools) drafts[pool] = new PoolDraft(pool, Worker, utc, _options.Skew, id);
        var write = new Write(id, now);
        foreach (var waiting in _waiting.OrderBy(static w => w.Charge.Request.Priority switch { CallPriority.Critical => 0, CallPriority.Normal => 1, _ => 2 }).ToArray())
        {
            if (!Array.TrueForAll(waiting.Charge.Pools, p => !p.Budget.IsHard || drafts.ContainsKey(p))) continue; // its turn comes with the next write
            if (TryGrant(waiting, drafts)) write.Granted.Add(waiting);
            else if (FirstHopeless(waiting, drafts) is var hopeless and >= 0) Refuse(waiting, hopeless);
            else if (now >= waiting.Deadline && isFresh) Refuse(waiting, FirstFull(waiting, drafts));
            else Block(write, waiting, drafts);
        }

        foreach (var draft in drafts.Values) draft.AddSlack(_options.Slack, isDemandOver: _isFlushing);
        foreach (var draft in drafts.Values.Where(d => d.IsWorthWriting(IsDue(d.Pool, now)))) write.Add(draft, Worker, _began, utc, _options.Lease);
        return write;
    }

    private static bool TryGrant(WaitingCharge waiting, Dictionary<LedgerPool, PoolDraft> drafts)
    {
        var pools = waiting.Charge.Pools;
        for (var i = 0; i < pools.Length; i++)
        {
            if (pools[i].Budget.IsHard && drafts[pools[i]].Lacks(ref waiting.Amounts[i], ref waiting.Exposures[i])) return false;
        }

        for (var i = 0; i < pools.Length; i++)
        {
            if (!pools[i].Budget.IsHard) continue;
            drafts[pools[i]].Grant(waiting.Amounts[i], waiting.Exposures[i]);
            pools[i].IsDirect |= waiting.Charge.Request.IsDirect;
        }

        return true;
    }

    private static int FirstHopeless(WaitingCharge waiting, Dictionary<LedgerPool, PoolDraft> drafts) =>
        Array.FindIndex(waiting.Charge.Pools, p => p.Budget.IsHard && drafts[p].IsHopeless(waiting.Amounts[Array.IndexOf(waiting.Charge.Pools, p)]));

    private static int FirstFull(WaitingCharge waiting, Dictionary<LedgerPool, PoolDraft> drafts) =>
        Array.FindIndex(waiting.Charge.Pools, p => p.Budget.IsHard && drafts[p].Room < waiting.Amounts[Array.IndexOf(waiting.Charge.Pools, p)]) is var full and >= 0
            ? full
            : Array.FindIndex(waiting.Charge.Pools, static p => p.Budget.IsHard); // a critical call goes first

    private void Refuse(WaitingCharge waiting, int index)
    {
        _waiting.Remove(waiting);
        waiting.Answer.TrySetResult(Exhausted(waiting, index));
    }

    private static void Block(Write write, WaitingCharge waiting, Dictionary<LedgerPool, PoolDraft> drafts)
    {
        write.IsBlocked = true;
        if (waiting.Charge.Request.Priority != CallPriority.Critical) return;
        foreach (var pool in waiting.Charge.Pools.Where(static p => p.Budget.IsHard)) drafts[pool].Close(); // nobody goes before a critical call
    }

    private void Finish(Write write, IReadOnlyList<LedgerAccount>? stored)
    {
        var crossings = new List<LedgerCrossing>();
        var leaseEnds = write.Began + (long)((_options.Lease - LeaseMargin).TotalSeconds * _time.TimestampFrequency);
        lock (_gate)
        {
            for (var i = 0; i < write.Pools.Count; i++)
            {
                var (pool, plan) = (write.Pools[i], write.Plans[i]);
                (pool.Held, pool.ExposureHeld, pool.Pending, pool.Plan) = (plan.Hold, plan.Exposure, pool.Pending - plan.Spend, null);
                pool.LeaseEnds = leaseEnds;
                if (plan.TellsExhausted) pool.IsExhausted = false;
                if (stored is not null) pool.See(stored[i], _time.GetUtcNow(), write.Began);
                if (Crossed(pool) is { } crossing) crossings.Add(crossing);
            }

            // A write that took longer than its lease has reserved nothing: somebody may have freed it. Its calls go on waiting.
            foreach (var waiting in write.Pools.Count > 0 && _time.GetTimestamp() >= leaseEnds ? [] : write.Granted)
            {
                _waiting.Remove(waiting);
                Take(waiting, write.Began);
                if (!waiting.Answer.TrySetResult(new ChargeAnswer.Granted(waiting.Charge))) GiveBack(waiting); // given up while it was written
            }
        }

        foreach (var crossing in crossings) _onCrossing?.Invoke(crossing);
    }

    private LedgerCrossing? Crossed(LedgerPool pool)
    {
        if (pool.Account is null) return null;
        var state = pool.Account.StateAt(pool.Budget, _time.GetUtcNow());
        var percent = state.Percent(pool.Budget);
        var reached = pool.Budget.Thresholds.Where(t => t.Percent <= percent).Select(static t => t.Percent).DefaultIfEmpty(-1).Max();
        if (reached <= pool.ToldPercent) return null;
        pool.ToldPercent = reached;
        return new LedgerCrossing(pool.Budget, pool.Span, state);
    }

    /// <returns>Whether it was not known before.</returns>
    private bool Damaged(LedgerDamagedException damage)
    {
        var isNews = false;
        if (_pools.TryGetValue(damage.Key, out var pool))
        {
            isNews = pool.Damage is null;
            pool.SeeDamage(damage, _time.GetTimestamp());
        }

        foreach (var waiting in _waiting.Where(w => w.Charge.Pools.Any(p => p.Budget.IsHard && p.Key == damage.Key)).ToArray())
        {
            _waiting.Remove(waiting);
            waiting.Answer.TrySetResult(new ChargeAnswer.Refused(ChargeRefusal.Damaged, damage.Key, damage.Message, null));
        }

        return isNews;
    }

    private void RefuseLate(Exception failure)
    {
        var now = _time.GetTimestamp();
        foreach (var waiting in _waiting.Where(w => now >= w.Deadline).ToArray())
        {
            _waiting.Remove(waiting);
            waiting.Answer.TrySetResult(new ChargeAnswer.Refused(
                ChargeRefusal.Unavailable, waiting.Charge.Pools[0].Key, $"The ledger of budget {waiting.Charge.Pools[0].Budget.Id} could not be read or written, and nothing is spent that cannot be counted: {failure.Message}", AfterFailures));
        }
    }

    /// <summary>One write, from its decision to its end.</summary>
    private sealed class Write(string id, long began)
    {
        public long Began { get; } = began;

        public List<LedgerPool> Pools { get; } = [];

        public List<PoolPlan> Plans { get; } = [];

        public List<LedgerChange> Changes { get; } = [];

        public List<WaitingCharge> Granted { get; } = [];

        /// <summary>Whether some call goes on waiting for money that others may give back.</summary>
        public bool IsBlocked { get; set; }

        public void Add(PoolDraft draft, string worker, DateTimeOffset began, DateTimeOffset now, TimeSpan lease)
        {
            var plan = draft.ToPlan();
            var (account, entry) = draft.Account.With(draft.Pool.Budget, new LedgerCommit
            {
                Worker = worker,
                Id = id,
                At = now,
                Spend = plan.Spend,
                Hold = plan.Hold,
                Exposure = plan.Exposure,
                Began = began,
                Expires = now + lease,
                IsDirect = draft.Pool.IsDirect,
                IsExhausted = plan.TellsExhausted,
            });
            Pools.Add(draft.Pool);
            Plans.Add(plan);
            draft.Pool.Plan = plan;
            Changes.Add(new LedgerChange(account, [.. draft.Entries, entry]));
        }

        public void Discard()
        {
            foreach (var pool in Pools) pool.Plan = null;
        }

        /// <summary>It was given up, and came: its spend is written. What it holds, the next write says anew.</summary>
        public void Settle()
        {
            for (var i = 0; i < Pools.Count; i++) Pools[i].Pending -= Plans[i].Spend;
        }
    }
}
