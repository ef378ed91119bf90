using System.Net;
using CostMonitor.Core.Budgets;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Pricing;
using CostMonitor.Storage.Records;
using CostMonitor.Storage.Tables;
using CostMonitor.Storage.Tests.Azurite;
using Xunit;

namespace CostMonitor.Storage.Tests.Records;

/// <summary>The ledger's rows on the emulator: changed by hand, lost on the way, many in one account.</summary>
[Collection(AzuriteGroup.Name)]
public sealed class LedgerTableTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly LedgerTable _table = new(azurite.Account);
    private readonly TableClient _rows = azurite.Account.Table("Budgets");
    private readonly Budget _budget = new() { Id = $"b{Guid.NewGuid():N}", Scope = new BudgetScope(BudgetDimension.All), Period = BudgetPeriod.Month, Limit = new Usd(10) };

    private LedgerKey Key => new(_budget.Id, "", BudgetCalendar.SpanAt(_budget, TimeProvider.System.GetUtcNow()).Key);

    public Task InitializeAsync() => _table.CreateIfNotExistsAsync(None);

    /// <summary>The emulator's table is the other tests' too.</summary>
    public async Task DisposeAsync()
    {
        await foreach (var row in _rows.QueryAsync(TableFilter.Create($"PartitionKey eq {LedgerRow.Partition} and Budget eq {_budget.Id}"), null, None))
            await _rows.DeleteAsync(row.PartitionKey, row.RowKey, ETagOfAny, None);
    }

    private static Azure.ETag ETagOfAny => Azure.ETag.All;

    public static TheoryData<string, string> Damages => new()
    {
        { "SettledUsd", "its checksum does not agree" },
        { "HeldUsd", "its holds add up to" },
        { "Check", "its checksum does not agree" },
        { "Sequence", "it cannot be read" },
        { "Parts", "it cannot be read" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task ReadAsync_GivenARowChangedByHand_SaysWhatIsWrongAndRepairsNothing(string property, string wrong)
    {
        await SpendAsync(3);
        var changed = await ChangeAsync(row => row[property] = property switch { "Sequence" => "three", "Parts" => "{"u8.ToArray(), _ => "1.5" });

        var damage = await Assert.ThrowsAsync<LedgerDamagedException>(() => _table.ReadAsync([Key], None));
        var found = await DamagesAsync();
        var listing = await Record.ExceptionAsync(async () => await _table.ListAsync(None).CountAsync());

        Assert.Contains(wrong, damage.Message, StringComparison.Ordinal);
        Assert.Equal((Key, damage.Found), (Assert.Single(found).Key, found[0].Found));
        Assert.Equal(property is "Sequence" or "Parts", listing is LedgerDamagedException); // what can be read is shown as it is
        Assert.Equal(changed.ETag, (await RowAsync()).ETag);
    }

    [Fact]
    public async Task ReconciledAsync_GivenWhatWasFound_ReadsItBackUntilTheNextIsSaved()
    {
        var at = new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
        var wrong = Enumerable.Range(0, 120).Select(i => new LedgerDifference(Key with { Value = $"v|{i}" }, new Usd(0.000000000001m), new Usd(7), 3, new Usd(0.5m), Usd.Zero)).ToArray();

        await _table.SaveAsync(new LedgerReconciliation(at, wrong), None);
        var found = await _table.ReconciledAsync(None);
        await _table.SaveAsync(new LedgerReconciliation(at.AddHours(1), []), None);
        var next = await _table.ReconciledAsync(None);
        await _rows.InsertOrReplaceAsync(new TableEntity("ledger", "reconciled") { ["At"] = at, ["Wrong"] = "{"u8.ToArray() }, None);
        var foreign = await _table.ReconciledAsync(None);
        await _table.SaveAsync(new LedgerReconciliation(at, []), None);

        Assert.Equal(at, found?.At);
        Assert.Equal(wrong[..100], found?.Wrong); // the log has them all
        Assert.Equal((at.AddHours(1), 0), (next?.At, next?.Wrong.Count));
        Assert.Null(foreign);
    }

    [Fact]
    public async Task AdmitAsync_GivenARowChangedByHand_RefusesUntilSomebodyAcceptsIt()
    {
        await SpendAsync(3);
        await ChangeAsync(static row => row["SettledUsd"] = "1.5");
        await using (var ledger = Ledger())
        {
            var refused = Assert.IsType<ChargeAnswer.Refused>(await ledger.AdmitAsync(Call(1), None));
            Assert.Equal(ChargeRefusal.Damaged, refused.Reason);
            Assert.Contains($"costmon budget accept '{Key}'", refused.Message, StringComparison.Ordinal);
        }

        var entry = await _table.AcceptAsync(Key, "ann", TimeProvider.System.GetUtcNow(), None);
        await SpendAsync(1);

        Assert.Equal((LedgerEntryKind.Accepted, "ann", new Usd(-1.5m), new Usd(1.5m)), (entry?.Kind, entry?.Worker, entry?.Settled, entry?.SettledAfter));
        Assert.Equal(new Usd(2.5m), (await StateAsync()).Settled);
        Assert.Empty(await DamagesAsync());
        Assert.Null(await _table.AcceptAsync(Key, "ann", TimeProvider.System.GetUtcNow(), None)); // it is as it should be
    }

    [Fact]
    public async Task TryCommitAsync_GivenARowThatWasRemoved_FindsItAndGoesOnOnceAccepted()
    {
        await SpendAsync(3);
        await _rows.DeleteAsync(LedgerRow.Partition, LedgerRow.AccountKey(Key), ETagOfAny, None);

        var refused = Assert.IsType<ChargeAnswer.Refused>(await AdmitOnceAsync());
        var entry = await _table.AcceptAsync(Key, "ann", TimeProvider.System.GetUtcNow(), None);
        await SpendAsync(1);

        Assert.Equal(ChargeRefusal.Damaged, refused.Reason);
        Assert.Contains("it is at entry 0, and a later one is there", refused.Message, StringComparison.Ordinal);
        Assert.Equal((new Usd(-3), Usd.Zero), (entry?.Settled, entry?.SettledAfter));
        Assert.Equal(new Usd(1), (await StateAsync()).Settled);
    }

    [Fact]
    public async Task TryCommitAsync_GivenARowSetBack_FindsItAndGoesOnOnceAccepted()
    {
        await SpendAsync(1);
        var old = await RowAsync();
        await SpendAsync(2);
        await _rows.InsertOrReplaceAsync(old, None);

        var refused = Assert.IsType<ChargeAnswer.Refused>(await AdmitOnceAsync());
        var found = await DamagesAsync();
        var entry = await _table.AcceptAsync(Key, "ann", TimeProvider.System.GetUtcNow(), None);
        await SpendAsync(4);

        Assert.Equal(ChargeRefusal.Damaged, refused.Reason);
        Assert.Contains("and a later one is there", refused.Message, StringComparison.Ordinal);
        Assert.Contains("and a later one is there", Assert.Single(found).Found, StringComparison.Ordinal);
        Assert.Equal((new Usd(-2), new Usd(1)), (entry?.Settled, entry?.SettledAfter));
        Assert.Equal(new Usd(5), (await StateAsync()).Settled);
        Assert.Empty(await DamagesAsync());
    }

    [Fact]
    public async Task AcceptAsync_GivenARowThatCannotBeRead_SaysSo()
    {
        await SpendAsync(1);
        await ChangeAsync(static row => row["Parts"] = "{"u8.ToArray());

        await Assert.ThrowsAsync<LedgerDamagedException>(() => _table.AcceptAsync(Key, "ann", TimeProvider.System.GetUtcNow(), None));
        Assert.Null(await _table.AcceptAsync(Key with { Value = "never there" }, "ann", TimeProvider.System.GetUtcNow(), None));
    }

    [Theory]
    [InlineData(1, HttpStatusCode.ServiceUnavailable)]
    [InlineData(1, HttpStatusCode.BadRequest)]
    [InlineData(2, HttpStatusCode.ServiceUnavailable)]
    [InlineData(2, HttpStatusCode.BadRequest)]
    [InlineData(4, HttpStatusCode.ServiceUnavailable)]
    [InlineData(4, HttpStatusCode.BadRequest)]
    public async Task AdmitAsync_GivenALostAnswer_FindsThatTheWriteWasItsOwn(int turn, HttpStatusCode instead)
    {
        var table = new LedgerTable(Connected(new LosingHandler(turn, instead)));

        await using (var ledger = Ledger(table))
        {
            for (var i = 0; i < 3; i++)
            {
                Granted(await ledger.AdmitAsync(Call(1), None)).Settle(new Usd(0.75m));
                await ledger.FlushAsync(None);
            }
        }

        var state = await StateAsync();
        Assert.Equal((new Usd(2.25m), Usd.Zero, 3L), (state.Settled, state.Held, state.Calls)); // nothing twice, nothing lost
        Assert.Equal(state.Sequence, await _table.EntriesAsync(Key, null, None).CountAsync());
    }

    [Fact]
    public async Task TryCommitAsync_GivenFourHundredHolds_ReadsThemBack()
    {
        var memory = new MemoryLedgerStore();
        var ledgers = Enumerable.Range(0, 400).Select(i => Ledger(memory, $"worker-{i:D3}-{Guid.NewGuid():N}"[..40])).ToArray();
        foreach (var ledger in ledgers) Granted(await ledger.AdmitAsync(Call(0.0123456789m), None));
        var account = Assert.Single(await memory.ReadAsync([Key], None));
        var entry = new LedgerEntry { Key = Key, Sequence = account.Sequence, At = TimeProvider.System.GetUtcNow(), Kind = LedgerEntryKind.Commit, Worker = "w", Commit = "c", SettledAfter = account.Settled, HeldAfter = account.Held, UnconfirmedAfter = default };

        var stored = Assert.Single(await _table.TryCommitAsync([new LedgerChange(account with { Version = "" }, [entry])], None) ?? []);
        var read = Assert.Single(await _table.ReadAsync([Key], None));

        Assert.Equal((400, stored), (read.Holds.Count, read));
        Assert.True(read.Held.Amount >= 400 * 0.0123456789m);
        foreach (var ledger in ledgers) await ledger.DisposeAsync();
    }

    [Fact]
    public async Task ExpireAsync_GivenOldEntries_RemovesThoseAlone()
    {
        var (old, young) = (new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero), TimeProvider.System.GetUtcNow());
        var account = new LedgerAccount { Key = Key };
        for (var i = 1; i <= 5; i++)
        {
            var entry = new LedgerEntry { Key = Key, Sequence = i, At = i < 4 ? old : young, Kind = LedgerEntryKind.Commit, Worker = "w", Commit = "c", SettledAfter = default, HeldAfter = default, UnconfirmedAfter = default };
            account = Assert.Single(await _table.TryCommitAsync([new LedgerChange(account with { Sequence = i }, [entry])], None) ?? []);
        }

        var first = await _table.ExpireAsync(old.AddDays(1), 2, None);
        var second = await _table.ExpireAsync(old.AddDays(1), 2, None);

        Assert.Equal((2, 1), (first, second));
        Assert.Equal([5L, 4L], await _table.EntriesAsync(Key, null, None).Select(static e => e.Sequence).ToListAsync());
        Assert.Empty(await DamagesAsync());
    }

    private async Task SpendAsync(decimal usd)
    {
        await using var ledger = Ledger();
        Granted(await ledger.AdmitAsync(Call(usd), None)).Settle(new Usd(usd));
    }

    private async Task<ChargeAnswer> AdmitOnceAsync()
    {
        await using var ledger = Ledger();
        return await ledger.AdmitAsync(Call(1), None);
    }

    private BudgetLedger Ledger(ILedgerStore? store = null, string? worker = null) => new(
        store ?? _table, () => [_budget], new LedgerOptions { Worker = worker ?? $"w-{Guid.NewGuid():N}", Flush = TimeSpan.FromSeconds(10) }, TimeProvider.System);

    private static ChargeRequest Call(decimal worst) => new() { Model = new ModelKey("sim", "a"), Worst = new Usd(worst) };

    private static CallCharge Granted(ChargeAnswer answer) => Assert.IsType<ChargeAnswer.Granted>(answer).Charge ?? throw new InvalidOperationException("No budget covers it.");

    private async Task<LedgerState> StateAsync() => (await _table.ReadAsync([Key], None))[0].StateAt(_budget, TimeProvider.System.GetUtcNow());

    private async Task<TableEntity> RowAsync() => await _rows.GetAsync(LedgerRow.Partition, LedgerRow.AccountKey(Key), None) ?? throw new InvalidOperationException("There is no account.");

    private async Task<TableEntity> ChangeAsync(Action<TableEntity> change)
    {
        var row = await RowAsync();
        change(row);
        await _rows.InsertOrReplaceAsync(row, None);
        return await RowAsync();
    }

    private async Task<List<LedgerDamagedException>> DamagesAsync() => await _table.DamagedAsync(None).Where(d => d.Key.Budget == _budget.Id).ToListAsync();

    private StorageAccount Connected(HttpMessageHandler handler)
    {
        var (endpoints, key) = ConnectionString.Parse(azurite.Server.ConnectionString);
        return new StorageAccount(endpoints, key, new TransportSettings { Handler = handler, RetryDelay = TimeSpan.Zero });
    }
}
