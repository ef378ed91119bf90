using CostMonitor.Core.Budgets;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Pricing;
using CostMonitor.Testing;

namespace CostMonitor.Core.Tests.Budgets.Ledger;

/// <summary>A worker that settled 0.60 of its calls, wrote records of 0.95, held 2 for a call under way and died; and another that lives.</summary>
public sealed class LedgerKeeperTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly Budget Budget = new() { Id = "all", Scope = new BudgetScope(BudgetDimension.All), Period = BudgetPeriod.Month, Limit = new Usd(10) };
    private static readonly LedgerKey Key = new("all", "", "2026-11");

    private readonly SteppedTime _time = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
    private readonly MemoryLedgerStore _store = new();

    [Theory]
    [InlineData(49, 0)] // its lease is 45 s, and the clocks may differ by 5
    [InlineData(51, 1)]
    public async Task ReapAsync_GivenADeadWorker_FreesItsHoldOnceItHasExpired(int seconds, int expected)
    {
        await DieAsync();
        var held = (await StateAsync()).Held;
        _time.Advance(TimeSpan.FromSeconds(seconds));

        var reaped = await Keeper().ReapAsync(None);

        var state = await StateAsync();
        Assert.Equal(expected, reaped);
        Assert.Equal(expected == 0 ? (held, Usd.Zero) : (Usd.Zero, held), (state.Held, state.Unconfirmed));
        Assert.Equal(new Usd(0.6m), state.Settled);
    }

    [Fact]
    public async Task RecoverAsync_GivenRecordsThatWereNotSettled_SettlesThemAndStrikesTheRest()
    {
        await ReapedAsync();

        var recovered = await Keeper().RecoverAsync(Records(("dead", 0.6m), ("dead", 0.35m), ("lives", 0.2m)), openSince: null, None);

        var state = await StateAsync();
        Assert.Equal(new Usd(0.35m), recovered);
        Assert.Equal((new Usd(0.95m), Usd.Zero), (state.Settled, state.Unconfirmed));
        Assert.Equal(Usd.Zero, await Keeper().RecoverAsync(Records(("dead", 0.6m), ("dead", 0.35m)), openSince: null, None)); // once only
    }

    [Fact]
    public async Task RecoverAsync_GivenABatchThatIsStillOpen_KeepsTheRestInSight()
    {
        var held = await ReapedAsync();
        var keeper = Keeper();
        var began = _time.GetUtcNow() - TimeSpan.FromMinutes(5);

        await keeper.RecoverAsync(Records(("dead", 0.95m)), openSince: began, None);
        var open = await StateAsync();
        await keeper.RecoverAsync(Records(("dead", 0.95m), ("dead", 0.5m)), openSince: began, None); // a run that was made again
        var later = await StateAsync();
        await keeper.RecoverAsync(Records(("dead", 1.45m)), openSince: null, None);

        Assert.Equal((new Usd(0.95m), held - new Usd(0.35m)), (open.Settled, open.Unconfirmed));
        Assert.Equal((new Usd(1.45m), held - new Usd(0.85m)), (later.Settled, later.Unconfirmed));
        Assert.Equal((new Usd(1.45m), Usd.Zero), ((await StateAsync()).Settled, (await StateAsync()).Unconfirmed));
    }

    [Fact]
    public async Task RecoverAsync_GivenCallsThatHaveNoRecords_NeverStrikesWhatTheyMayHaveCost()
    {
        var held = await ReapedAsync(isDirect: true);

        await Keeper().RecoverAsync(Records(), openSince: null, None);

        Assert.Equal(held, (await StateAsync()).Unconfirmed);
    }

    [Theory]
    [InlineData("dead", 0.6, 0, false)]
    [InlineData("dead", 0.95, 0.35, false)] // what the dead one had under way explains it
    [InlineData("dead", 0.5, -0.1, true)]
    [InlineData("", 3.6, 3, true)] // more than it held, and by nobody knows whom
    public async Task ReconcileAsync_GivenRecords_SaysWhetherTheyExplainTheAccount(string worker, decimal recorded, decimal difference, bool isWrong)
    {
        await ReapedAsync();

        var found = await Keeper().ReconcileAsync(Records((worker, recorded)), _time.GetUtcNow() - TimeSpan.FromDays(32), None);

        var all = Assert.Single(found);
        Assert.Equal((Key, new Usd(0.6m), new Usd(recorded), 1, new Usd(difference), isWrong), (all.Key, all.Settled, all.Recorded, all.Runs, all.Difference, all.IsWrong));
    }

    [Fact]
    public async Task ReconcileAsync_GivenAPeriodThatBeganBeforeTheRecordsThatAreRead_LeavesItOut()
    {
        await ReapedAsync();

        Assert.Empty(await Keeper().ReconcileAsync(Records(), _time.GetUtcNow() - TimeSpan.FromDays(1), None));
    }

    [Fact]
    public async Task RecoverAsync_GivenASoftBudgetBeside_SettlesWhatTheDeadOneHadNotWrittenThere()
    {
        await ReapedAsync();
        var soft = new LedgerKey("each", "a", "2026-11-21"); // which it never wrote to
        LedgerKeeper.ReadRuns records = (_, _) => new[] { new ChargedRun([Key, soft], "dead", new Usd(0.95m)), new ChargedRun([soft], "lives", new Usd(5)) }.ToAsyncEnumerable();

        await Keeper().RecoverAsync(records, openSince: null, None);
        await Keeper().RecoverAsync(records, openSince: null, None);

        Assert.Equal((new Usd(0.95m), new Usd(0.95m)), ((await StateAsync()).Settled, (await _store.ReadAsync([soft], None))[0].Settled));
    }

    [Fact]
    public async Task ReconcileAsync_GivenAWorkerThatLeftRecordsBehind_SettlesThemOnceTheyAreOld()
    {
        var now = _time.GetUtcNow();
        await (await SoftLedgerAsync(0.5m)).DisposeAsync();
        LedgerKeeper.ReadRuns Written(DateTimeOffset at) => (_, _) => new[] { new ChargedRun([Key], "soft", new Usd(0.5m)), new ChargedRun([Key], "soft", new Usd(0.25m), at) }.ToAsyncEnumerable();
        var keeper = new LedgerKeeper(_store, static _ => Budget with { IsHard = false }, _time, TimeSpan.FromSeconds(5));

        var young = Assert.Single(await keeper.ReconcileAsync(Written(now - TimeSpan.FromMinutes(1)), now - TimeSpan.FromDays(32), None));
        var old = Assert.Single(await keeper.ReconcileAsync(Written(now - TimeSpan.FromMinutes(3)), now - TimeSpan.FromDays(32), None));

        Assert.Equal((new Usd(0.25m), new Usd(0.25m), false), (young.Difference, young.Recent, young.IsWrong));
        Assert.Equal((new Usd(0.75m), Usd.Zero, false), (old.Settled, old.Difference, old.IsWrong));
        Assert.Equal(new Usd(0.75m), (await StateAsync()).Settled);
    }

    [Fact]
    public async Task ReconcileAsync_GivenAWorkerThatCameBackAfterItsRunsWereSettledForIt_TakesThemBack()
    {
        var ledger = await SoftLedgerAsync(0.5m);
        var keeper = new LedgerKeeper(_store, static _ => Budget with { IsHard = false }, _time, TimeSpan.FromSeconds(5));
        var from = _time.GetUtcNow() - TimeSpan.FromDays(32);
        await keeper.ReconcileAsync(Records(("soft", 0.75m)), from, None);
        (await GrantedAsync(ledger, 1)).Settle(new Usd(0.25m)); // of which it knew nothing yet
        for (var flush = ledger.FlushAsync(None); !flush.IsCompleted; await Task.Yield()) _time.Advance(TimeSpan.FromMilliseconds(10)); // its first write meets what was written meanwhile

        var twice = (await StateAsync()).Settled;
        var found = Assert.Single(await keeper.ReconcileAsync(Records(("soft", 0.75m)), from, None));

        Assert.Equal((new Usd(1), new Usd(0.75m)), (twice, (await StateAsync()).Settled));
        Assert.Equal((Usd.Zero, false), (found.Difference, found.IsWrong));
    }

    private async Task<BudgetLedger> SoftLedgerAsync(decimal settled)
    {
        var budgets = new[] { Budget with { IsHard = false } };
        var ledger = new BudgetLedger(_store, () => budgets, new LedgerOptions { Worker = "soft" }, _time);
        (await GrantedAsync(ledger, 1)).Settle(new Usd(settled));
        await ledger.FlushAsync(None);
        return ledger;
    }

    private static LedgerKeeper.ReadRuns Records(params (string Worker, decimal Cost)[] runs) =>
        (_, _) => runs.Select(static r => new ChargedRun([Key], r.Worker, new Usd(r.Cost))).ToAsyncEnumerable();

    private LedgerKeeper Keeper() => new(_store, static id => id == Budget.Id ? Budget : null, _time, TimeSpan.FromSeconds(5));

    private async Task<LedgerState> StateAsync() => (await _store.ReadAsync([Key], None))[0].StateAt(Budget, _time.GetUtcNow());

    private async Task DieAsync(bool isDirect = false)
    {
        var ledger = new BudgetLedger(_store, static () => [Budget], new LedgerOptions { Worker = "dead" }, _time);
        (await GrantedAsync(ledger, 1)).Settle(new Usd(0.6m));
        await ledger.FlushAsync(None);
        await GrantedAsync(ledger, 2, isDirect);
        await ledger.DisposeTimerAsync();
    }

    private async Task<Usd> ReapedAsync(bool isDirect = false)
    {
        await DieAsync(isDirect);
        _time.Advance(TimeSpan.FromSeconds(51));
        await Keeper().ReapAsync(None);
        return (await StateAsync()).Unconfirmed;
    }

    private static async Task<CallCharge> GrantedAsync(BudgetLedger ledger, decimal worst, bool isDirect = false) =>
        Assert.IsType<ChargeAnswer.Granted>(await ledger.AdmitAsync(new ChargeRequest { Model = new ModelKey("sim", "a"), Worst = new Usd(worst), IsDirect = isDirect }, None)).Charge
        ?? throw new InvalidOperationException("No budget covers it.");
}
