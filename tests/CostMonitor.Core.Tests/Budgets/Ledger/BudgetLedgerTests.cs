using CostMonitor.Core.Budgets;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Testing;

namespace CostMonitor.Core.Tests.Budgets.Ledger;

public sealed class BudgetLedgerTests
{
    private static readonly ModelKey Model = ModelKey.Parse("openai:gpt-4o");
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    private static Budget Hard(decimal limit, string id = "all") => new() { Id = id, Scope = new BudgetScope(BudgetDimension.All), Period = BudgetPeriod.Month, Limit = new Usd(limit) };

    private static LedgerOptions Options(string worker = "w") => new() { Worker = worker, Flush = TimeSpan.FromMilliseconds(20), LongestWait = TimeSpan.FromSeconds(1) };

    private static BudgetLedger Ledger(ILedgerStore store, IReadOnlyList<Budget> budgets, string worker = "w", TimeProvider? time = null, Action<LedgerCrossing>? onCrossing = null) =>
        new(store, () => budgets, Options(worker), time ?? TimeProvider.System, onCrossing);

    private static ChargeRequest Call(decimal? worst, CallPriority priority = CallPriority.Normal, CallTags? tags = null) =>
        new() { Model = Model, Worst = worst is { } amount ? new Usd(amount) : null, Priority = priority, Tags = tags ?? CallTags.None };

    private static async Task<LedgerState> StateAsync(ILedgerStore store, Budget budget, string value = "", DateTimeOffset? at = null)
    {
        var now = at ?? TimeProvider.System.GetUtcNow();
        var key = new LedgerKey(budget.Id, value, BudgetCalendar.SpanAt(budget, now).Key);
        return (await store.ReadAsync([key], CancellationToken.None))[0].StateAt(budget, now);
    }

    private static async Task<CallCharge> GrantedAsync(BudgetLedger ledger, ChargeRequest call) =>
        Assert.IsType<ChargeAnswer.Granted>(await ledger.AdmitAsync(call, CancellationToken.None)).Charge ?? throw new InvalidOperationException("No budget covers it.");

    [Fact]
    public async Task AdmitAsync_GivenNoBudgetThatCoversTheCall_GrantsWithoutACharge()
    {
        var budget = Hard(1) with { Scope = new BudgetScope(BudgetDimension.Team, "search") };
        await using var ledger = Ledger(new MemoryLedgerStore(), [budget]);

        var answer = await ledger.AdmitAsync(Call(5, tags: new CallTags { Team = "ads" }), CancellationToken.None);

        Assert.Null(Assert.IsType<ChargeAnswer.Granted>(answer).Charge);
    }

    [Fact]
    public async Task Settle_GivenLessThanWasHeld_BooksItAndGivesBackTheRest()
    {
        var (store, budget) = (new MemoryLedgerStore(), Hard(10));
        await using var ledger = Ledger(store, [budget]);

        var charge = await GrantedAsync(ledger, Call(2));
        var held = await StateAsync(store, budget);
        charge.Settle(new Usd(0.5m));
        charge.Settle(new Usd(0.7m)); // only the first counts
        await ledger.FlushAsync(CancellationToken.None);

        Assert.InRange(held.Held.Amount, 2m, 2.4m); // the slack is at most a twentieth of the 8 that are free
        var state = await StateAsync(store, budget);
        Assert.Equal((new Usd(0.5m), Usd.Zero, 1L, 0L), (state.Settled, state.Held, state.Calls, state.Unpriced));
    }

    [Fact]
    public async Task AdmitAsync_GivenACallThatDoesNotFit_SaysWhichBudgetAndHowMuchIsLeft()
    {
        var (store, budget) = (new MemoryLedgerStore(), Hard(1, "team"));
        await using var ledger = Ledger(store, [budget]);
        (await GrantedAsync(ledger, Call(0.75m))).Settle(new Usd(0.75m));

        var refused = Assert.IsType<ChargeAnswer.Refused>(await ledger.AdmitAsync(Call(0.5m), CancellationToken.None));
        await ledger.FlushAsync(CancellationToken.None);

        Assert.Equal(ChargeRefusal.Exhausted, refused.Reason);
        Assert.StartsWith("Budget team (all) has ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(" of $1.00; the call may cost up to $0.50. The period ends at ", refused.Message, StringComparison.Ordinal);
        Assert.NotNull((await StateAsync(store, budget)).ExhaustedAt);
        Assert.Equal(100, (await StateAsync(store, budget)).Percent(budget));
    }

    [Fact]
    public async Task StateAt_GivenALimitRaisedAfterARefusal_IsNotExhaustedAnyMore()
    {
        var (store, budget) = (new MemoryLedgerStore(), Hard(1));
        await using (var ledger = Ledger(store, [budget]))
        {
            await ledger.AdmitAsync(Call(2), CancellationToken.None);
        }

        Assert.Equal(100, (await StateAsync(store, budget)).Percent(budget));
        var raised = budget with { Limit = new Usd(3) };
        Assert.Equal(0, (await StateAsync(store, raised)).Percent(raised));
    }

    [Fact]
    public async Task AdmitAsync_GivenMoneyThatACallUnderWayWillGiveBack_WaitsForIt()
    {
        await using var ledger = Ledger(new MemoryLedgerStore(), [Hard(1)]);
        var first = await GrantedAsync(ledger, Call(0.9m));

        var second = ledger.AdmitAsync(Call(0.9m), CancellationToken.None).AsTask();
        await Task.Delay(50);
        var isWaiting = !second.IsCompleted;
        first.Settle(new Usd(0.01m));

        Assert.True(isWaiting);
        Assert.IsType<ChargeAnswer.Granted>(await second);
    }

    [Fact]
    public async Task AdmitAsync_GivenBackgroundCall_IsRefusedWhereANormalOneWouldWait()
    {
        await using var ledger = Ledger(new MemoryLedgerStore(), [Hard(1)]);
        await GrantedAsync(ledger, Call(0.9m));

        var answer = await ledger.AdmitAsync(Call(0.9m, CallPriority.Background), CancellationToken.None);

        Assert.IsType<ChargeAnswer.Refused>(answer);
    }

    [Fact]
    public async Task AdmitAsync_GivenTwoBudgetsOneOfThemFull_HoldsNothingInTheOther()
    {
        var store = new MemoryLedgerStore();
        var (wide, narrow) = (Hard(100, "wide"), Hard(1, "narrow"));
        await using var ledger = Ledger(store, [wide, narrow]);

        var answer = await ledger.AdmitAsync(Call(5), CancellationToken.None);
        await ledger.FlushAsync(CancellationToken.None);

        Assert.Equal("narrow", Assert.IsType<ChargeAnswer.Refused>(answer).Ledger.Budget);
        Assert.Equal(Usd.Zero, (await StateAsync(store, wide)).Held);
    }

    [Fact]
    public async Task AdmitAsync_GivenUnpricedCall_IsRefusedByAHardBudgetUnlessItNamesTheModel()
    {
        var store = new MemoryLedgerStore();
        await using var strict = Ledger(store, [Hard(1, "strict")]);
        var named = Hard(1, "named") with { AllowsUnpriced = [Model] };
        await using var lenient = Ledger(store, [named]);

        var refused = await strict.AdmitAsync(Call(null), CancellationToken.None);
        (await GrantedAsync(lenient, Call(null))).SettleUnknown();
        await lenient.FlushAsync(CancellationToken.None);

        Assert.Equal(ChargeRefusal.Unpriced, Assert.IsType<ChargeAnswer.Refused>(refused).Reason);
        Assert.Equal((1L, Usd.Zero), ((await StateAsync(store, named)).Unpriced, (await StateAsync(store, named)).Unconfirmed));
    }

    [Fact]
    public async Task SettleUnknown_GivenPricedCall_ShowsWhatItMayHaveCost()
    {
        var (store, budget) = (new MemoryLedgerStore(), Hard(10));
        await using var ledger = Ledger(store, [budget]);

        (await GrantedAsync(ledger, Call(2))).SettleUnknown();
        await ledger.FlushAsync(CancellationToken.None);

        var state = await StateAsync(store, budget);
        Assert.Equal((Usd.Zero, Usd.Zero, new Usd(2)), (state.Settled, state.Held, state.Unconfirmed));
    }

    [Fact]
    public async Task AdmitAsync_GivenSoftBudget_NeverRefusesAndStillCounts()
    {
        var (store, budget) = (new MemoryLedgerStore(), Hard(1) with { IsHard = false });
        await using var ledger = Ledger(store, [budget]);

        for (var i = 0; i < 5; i++) (await GrantedAsync(ledger, Call(1))).Settle(new Usd(1));
        await ledger.FlushAsync(CancellationToken.None);

        var state = await StateAsync(store, budget);
        Assert.Equal((new Usd(5), 500m), (state.Settled, state.Percent(budget)));
        Assert.Equal(BudgetAction.Warn, BudgetAlerts.ActionInForce(budget, state)); // a soft budget only tells
    }

    [Fact]
    public async Task AdmitAsync_GivenOneBudgetForEachUser_KeepsThemApart()
    {
        var budget = Hard(1) with { Scope = new BudgetScope(BudgetDimension.User) };
        await using var ledger = Ledger(new MemoryLedgerStore(), [budget]);
        (await GrantedAsync(ledger, Call(0.9m, tags: new CallTags { User = "ann" }))).Settle(new Usd(0.9m));

        var ann = await ledger.AdmitAsync(Call(0.9m, tags: new CallTags { User = "ann" }), CancellationToken.None);
        var ben = await ledger.AdmitAsync(Call(0.9m, tags: new CallTags { User = "ben" }), CancellationToken.None);

        Assert.Equal(new LedgerKey("all", "ann", BudgetCalendar.SpanAt(budget, TimeProvider.System.GetUtcNow()).Key), Assert.IsType<ChargeAnswer.Refused>(ann).Ledger);
        Assert.IsType<ChargeAnswer.Granted>(ben);
    }

    [Fact]
    public async Task AdmitAsync_GivenStoreThatIsDown_RefusesSinceNothingCanBeCounted()
    {
        var store = new JudgingStore(1, 0, new Usd(1)) { IsDown = true };
        await using var ledger = Ledger(store, [Hard(1)]);

        var answer = Assert.IsType<ChargeAnswer.Refused>(await ledger.AdmitAsync(Call(0.1m), CancellationToken.None));
        store.IsDown = false;

        Assert.Equal(ChargeRefusal.Unavailable, answer.Reason);
        Assert.IsType<ChargeAnswer.Granted>(await ledger.AdmitAsync(Call(0.1m), CancellationToken.None));
    }

    [Fact]
    public async Task AdmitAsync_GivenUpWhileItWaits_HoldsNothing()
    {
        var (store, budget) = (new MemoryLedgerStore(), Hard(1));
        await using var ledger = Ledger(store, [budget]);
        var first = await GrantedAsync(ledger, Call(0.9m));
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ledger.AdmitAsync(Call(0.9m), impatient.Token).AsTask());
        first.Settle(Usd.Zero);
        await ledger.FlushAsync(CancellationToken.None);

        Assert.Equal(Usd.Zero, (await StateAsync(store, budget)).Held);
    }

    [Fact]
    public async Task AdmitAsync_GivenNewPeriod_BeginsAnew()
    {
        var (store, time) = (new MemoryLedgerStore(), new SteppedTime(Start));
        var budget = Hard(1) with { Period = BudgetPeriod.Day };
        var ledger = Ledger(store, [budget], time: time);
        (await GrantedAsync(ledger, Call(1))).Settle(new Usd(1));
        await ledger.FlushAsync(CancellationToken.None);
        time.Advance(TimeSpan.FromHours(15)); // midnight

        var answer = await ledger.AdmitAsync(Call(1), CancellationToken.None);

        Assert.IsType<ChargeAnswer.Granted>(answer);
        Assert.Equal(new Usd(1), (await StateAsync(store, budget, at: Start)).Settled);
        Assert.Equal(Usd.Zero, (await StateAsync(store, budget, at: time.GetUtcNow())).Settled);
    }

    [Fact]
    public async Task AdmitAsync_GivenRollingBudget_FreesWhatLeftTheWindow()
    {
        var (store, time) = (new MemoryLedgerStore(), new SteppedTime(Start));
        var budget = Hard(1) with { Period = BudgetPeriod.Rolling, Window = TimeSpan.FromHours(1) };
        var ledger = Ledger(store, [budget], time: time);
        (await GrantedAsync(ledger, Call(1))).Settle(new Usd(1));
        await ledger.FlushAsync(CancellationToken.None);

        time.Advance(TimeSpan.FromMinutes(59));
        var early = await ledger.AdmitAsync(Call(1, CallPriority.Background), CancellationToken.None);
        time.Advance(TimeSpan.FromMinutes(3));
        var late = await ledger.AdmitAsync(Call(1, CallPriority.Background), CancellationToken.None);

        Assert.IsType<ChargeAnswer.Refused>(early);
        Assert.IsType<ChargeAnswer.Granted>(late);
    }

    [Fact]
    public async Task AdmitAsync_GivenDeadWorkersHold_ReapsItOnceItHasExpired()
    {
        var (store, time, budget) = (new MemoryLedgerStore(), new SteppedTime(Start), Hard(1));
        var dead = Ledger(store, [budget], "dead", time);
        await GrantedAsync(dead, Call(0.9m));
        await dead.DisposeTimerAsync(); // it renews nothing any more
        var heir = Ledger(store, [budget], "heir", time);

        time.Advance(TimeSpan.FromSeconds(49));
        var early = await heir.AdmitAsync(Call(0.9m, CallPriority.Background), CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(2));
        var late = await heir.AdmitAsync(Call(0.9m, CallPriority.Background), CancellationToken.None);

        Assert.IsType<ChargeAnswer.Refused>(early);
        Assert.IsType<ChargeAnswer.Granted>(late);
        Assert.InRange((await StateAsync(store, budget, at: time.GetUtcNow())).Unconfirmed.Amount, 0.9m, 0.905m); // with what it held for calls to come
    }

    [Fact]
    public async Task Crossing_GivenCallsUpToTheLimit_IsToldOnceForEachThreshold()
    {
        var crossings = new List<decimal>();
        var budget = Hard(1);
        await using var ledger = Ledger(new MemoryLedgerStore(), [budget], onCrossing: c => crossings.Add(c.State.Percent(budget)));

        for (var i = 0; i < 20; i++)
        {
            (await GrantedAsync(ledger, Call(0.05m))).Settle(new Usd(0.05m));
            await ledger.FlushAsync(CancellationToken.None);
        }

        Assert.Equal([80m, 90m, 95m, 100m], crossings.Where(static p => p > 0));
    }

    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(2, 0.0)]
    [InlineData(3, 0.1)]
    [InlineData(4, 0.1)]
    [InlineData(5, 0.3)]
    public async Task AdmitAsync_GivenEightProcessesAndAFlakyStore_NeverPassesTheLimitAndUsesNearlyAllOfIt(int seed, double lost)
    {
        var budget = Hard(10);
        Budget[] budgets = [budget];
        var store = new JudgingStore((ulong)seed, lost, budget.Limit);
        var (spent, atFirstRefusal, gate) = (0m, (decimal?)null, new Lock());
        ChargeAnswer? firstRefusal = null;
        var patient = TimeSpan.FromSeconds(30); // a machine's pause is no refusal: with 1 s to wait, a stalled worker that then loses one request has none left
        var workers = Enumerable.Range(0, 8).Select(w => new BudgetLedger(store, () => budgets, Options($"w{w}") with { LongestWait = patient }, TimeProvider.System)).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Task.Run(async () =>
        {
            var random = new SeededRandom((ulong)((seed * 1000) + i));
            await Task.Delay((int)(random.NextDouble() * 200));
            var worst = 0.02m + (0.04m * random.NextBelow(100) / 100);
            var answer = await workers[i % 8].AdmitAsync(Call(worst), CancellationToken.None);
            if (answer is not ChargeAnswer.Granted { Charge: { } charge })
            {
                lock (gate) (atFirstRefusal, firstRefusal) = (atFirstRefusal ?? spent, firstRefusal ?? answer);
                return;
            }

            await Task.Delay((int)(random.NextDouble() * 20));
            lock (gate) spent += worst;
            charge.Settle(new Usd(worst));
        })));
        foreach (var worker in workers) await worker.DisposeAsync();

        Assert.Empty(store.Faults);
        Assert.True(spent <= 10, $"{spent} was spent.");
        Assert.True(atFirstRefusal >= 9.5m, $"{atFirstRefusal} was spent when the first call was refused: {firstRefusal}");
        var state = await StateAsync(store, budget);
        Assert.Equal((new Usd(spent), Usd.Zero), (state.Settled, state.Held));
    }
}
