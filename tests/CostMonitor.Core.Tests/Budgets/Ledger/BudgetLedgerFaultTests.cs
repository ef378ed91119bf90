using CostMonitor.Core.Budgets;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Pricing;
using CostMonitor.Testing;

namespace CostMonitor.Core.Tests.Budgets.Ledger;

/// <summary>What the ledger does when something else goes wrong: writes that come late, accounts changed by hand, calls that outlive their period.</summary>
public sealed class BudgetLedgerFaultTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SteppedTime _time = new(new DateTimeOffset(2026, 11, 21, 23, 50, 0, TimeSpan.Zero));
    private readonly FaultyStore _store = new();

    [Fact]
    public async Task FlushAsync_GivenAWriteThatComesAfterItWasLookedFor_SettlesItsSpendOnce()
    {
        var budget = Of("all");
        await using var ledger = new BudgetLedger(_store, () => [budget], new LedgerOptions { Worker = "w" }, TimeProvider.System); // whose pauses pass by themselves
        (await GrantedAsync(ledger)).Settle(new Usd(0.75m));

        _store.DelaysNext = true;
        await ledger.FlushAsync(None);

        var state = (await _store.Inner.ReadAsync([KeyOf(budget, TimeProvider.System.GetUtcNow())], None))[0].StateAt(budget, TimeProvider.System.GetUtcNow());
        Assert.Equal((new Usd(0.75m), Usd.Zero, 1L), (state.Settled, state.Held, state.Calls));
    }

    [Fact]
    public async Task AdmitAsync_GivenAWriteThatOutlastsItsLease_GrantsOnlyWhatIsStillHeld()
    {
        var budget = Of("all");
        await using var ledger = Ledger(budget);
        _store.Meanwhile = () => _time.Advance(TimeSpan.FromSeconds(60)); // the lease is 45 s

        await GrantedAsync(ledger);

        var account = Assert.Single(await _store.ReadAsync([KeyOf(budget, _time.GetUtcNow())], None));
        Assert.True(account.Holds["w"].Expires > _time.GetUtcNow(), $"The hold ended at {account.Holds["w"].Expires:T}, it is {_time.GetUtcNow():T}.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Settle_GivenACallThatOutlivesItsPeriod_IsWrittenToThatPeriod(bool isHard)
    {
        var budget = Of("all") with { IsHard = isHard, Period = BudgetPeriod.Day };
        await using var ledger = Ledger(budget);
        var key = KeyOf(budget, _time.GetUtcNow());
        var charge = await GrantedAsync(ledger);

        _time.Advance(TimeSpan.FromMinutes(20)); // past midnight, with many ticks
        charge.Settle(new Usd(0.5m));
        await ledger.FlushAsync(None);

        Assert.Equal(new Usd(0.5m), Assert.Single(await _store.ReadAsync([key], None)).Settled);
    }

    [Fact]
    public async Task Settle_GivenADamagedAccountBesideAHealthyOne_IsWrittenToTheHealthyOneAndToTheOtherOncePutRight()
    {
        var (sound, broken) = (Of("sound"), Of("broken"));
        await using var ledger = Ledger(sound, broken);
        var charge = await GrantedAsync(ledger);
        _store.Damaged = KeyOf(broken, _time.GetUtcNow());
        charge.Settle(new Usd(0.5m));

        Assert.True(await UntilAsync(sound, new Usd(0.5m)), "The healthy account was not written.");
        Assert.Equal(ChargeRefusal.Damaged, Assert.IsType<ChargeAnswer.Refused>(await ledger.AdmitAsync(Call, None)).Reason);
        _store.Damaged = null;
        Assert.True(await UntilAsync(broken, new Usd(0.5m)), "The account that was put right was not looked at again.");

        Assert.IsType<ChargeAnswer.Granted>(await ledger.AdmitAsync(Call, None));
    }

    [Fact]
    public async Task AdmitAsync_GivenADamagedSoftBudget_LetsThroughWhatTheHardOnesDo()
    {
        var (soft, hard) = (Of("soft") with { IsHard = false }, Of("hard"));
        await using var ledger = Ledger(soft, hard);
        _store.Damaged = KeyOf(soft, _time.GetUtcNow());

        await GrantedAsync(ledger);

        Assert.Equal(Usd.Zero, Assert.Single(await _store.ReadAsync([KeyOf(hard, _time.GetUtcNow())], None)).Settled);
    }

    [Fact]
    public async Task AdmitAsync_GivenMoreHardBudgetsThanOneWriteTakes_RefusesAtOnce()
    {
        await using var ledger = Ledger([.. Enumerable.Range(0, 4).Select(static i => Of($"b{i}"))]); // the store takes 3

        var refused = Assert.IsType<ChargeAnswer.Refused>(await ledger.AdmitAsync(Call, None));

        Assert.Contains("4 hard budgets cover a call of sim:a; it can be paid for out of 3", refused.Message, StringComparison.Ordinal);
    }

    private static ChargeRequest Call => new() { Model = new ModelKey("sim", "a"), Worst = new Usd(1) };

    private static Budget Of(string id) => new() { Id = id, Scope = new BudgetScope(BudgetDimension.All), Period = BudgetPeriod.Month, Limit = new Usd(10) };

    private static LedgerKey KeyOf(Budget budget, DateTimeOffset at) => new(budget.Id, "", BudgetCalendar.SpanAt(budget, at).Key);

    private static async Task<CallCharge> GrantedAsync(BudgetLedger ledger) =>
        Assert.IsType<ChargeAnswer.Granted>(await ledger.AdmitAsync(Call, None)).Charge ?? throw new InvalidOperationException("No budget covers it.");

    private BudgetLedger Ledger(params Budget[] budgets) => new(_store, () => budgets, new LedgerOptions { Worker = "w" }, _time);

    /// <summary>Lets ticks pass until so much is settled; false when it is not after a minute.</summary>
    private async Task<bool> UntilAsync(Budget budget, Usd settled)
    {
        for (var tick = 0; tick < 120; tick++)
        {
            if ((await _store.Inner.ReadAsync([KeyOf(budget, _time.GetUtcNow())], None))[0].Settled == settled) return true;
            _time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(5); // the writer works beside the clock
        }

        return false;
    }
}
