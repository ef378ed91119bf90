using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Pricing;
using CostMonitor.Storage.Records;
using CostMonitor.Storage.Tests.Azurite;
using Xunit;

namespace CostMonitor.Storage.Tests.Records;

/// <summary>What every store of the ledger does.</summary>
[Collection(AzuriteGroup.Name)]
public sealed class LedgerStoreTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset At = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    private readonly LedgerTable _table = new(azurite.Account);
    private readonly string _budget = $"b{Guid.NewGuid():N}";

    public static TheoryData<bool> Stores => [true, false];

    public Task InitializeAsync() => _table.CreateIfNotExistsAsync(None);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task ReadAsync_GivenNoSuchAccount_GivesANewOne(bool isTable)
    {
        var account = Assert.Single(await Store(isTable).ReadAsync([Key("x")], None));

        Assert.Equal((Key("x"), "", 0L, Usd.Zero), (account.Key, account.Version, account.Sequence, account.Settled));
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "")]
    [InlineData(true, "Käse & Öl \"süß\" 'x' / \\ # ? | ~7C % \t")]
    [InlineData(false, "Käse & Öl \"süß\" 'x' / \\ # ? | ~7C % \t")]
    [InlineData(true, "日本 😀")]
    [InlineData(false, "日本 😀")]
    public async Task TryCommitAsync_GivenANewAccount_ReadsBackWhole(bool isTable, string value)
    {
        var store = Store(isTable);
        var account = New(value) with
        {
            Sequence = 1, Settled = new Usd(1.000000000000000000000000001m), Direct = new Usd(0.5m), Unknown = new Usd(0.25m), Calls = 3, Unpriced = 1, ExhaustedAt = At.AddTicks(7),
            Buckets = [new LedgerBucket(At, new Usd(1), new Usd(0.25m))],
        };

        var stored = Assert.Single(await store.TryCommitAsync([Change(account)], None) ?? []);
        var read = Assert.Single(await store.ReadAsync([Key(value)], None));

        Assert.Equal(stored, read);
        Assert.Equal(account.Checksum(), read.Checksum());
        Assert.NotEqual("", read.Version);
        Assert.Equal((account.Settled, account.ExhaustedAt), (read.Settled, read.ExhaustedAt));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task ReadAsync_GivenValuesThatDifferInOneSign_KeepsThemApart(bool isTable)
    {
        var store = Store(isTable);
        string[] values = ["a", "A", "a ", "a|", "a|999999999998", "😀", "😁", "ä", "a~7C"];

        foreach (var (value, i) in values.Select(static (v, i) => (v, i))) Assert.NotNull(await store.TryCommitAsync([Change(New(value) with { Sequence = 1, Settled = new Usd(i) })], None));
        var read = await store.ReadAsync([.. values.Select(Key)], None);

        Assert.Equal(Enumerable.Range(0, values.Length).Select(static i => new Usd(i)), read.Select(static a => a.Settled));
        foreach (var (value, i) in values.Select(static (v, i) => (v, i))) Assert.Equal(new Usd(i), Assert.Single(await ToListAsync(store.EntriesAsync(Key(value), null, None))).SettledAfter);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task TryCommitAsync_GivenAStaleVersion_WritesNothing(bool isTable)
    {
        var store = Store(isTable);
        var first = Assert.Single(await store.TryCommitAsync([Change(New("x") with { Sequence = 1, Settled = new Usd(1) })], None) ?? []);
        var second = Assert.Single(await store.TryCommitAsync([Change(first with { Sequence = 2, Settled = new Usd(2) })], None) ?? []);

        var fromFirst = await store.TryCommitAsync([Change(first with { Sequence = 2, Settled = new Usd(3) })], None);
        var fromNothing = await store.TryCommitAsync([Change(New("x") with { Sequence = 1, Settled = new Usd(3) })], None);

        Assert.Equal((null, null), (fromFirst, fromNothing));
        Assert.Equal(second, Assert.Single(await store.ReadAsync([Key("x")], None)));
        Assert.Equal([2L, 1L], (await ToListAsync(store.EntriesAsync(Key("x"), null, None))).Select(static e => e.Sequence));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task TryCommitAsync_GivenSeveralAccountsOfWhichOneIsStale_WritesNone(bool isTable)
    {
        var store = Store(isTable);
        await store.TryCommitAsync([Change(New("y") with { Sequence = 1 })], None);

        var refused = await store.TryCommitAsync([Change(New("x") with { Sequence = 1 }), Change(New("y") with { Sequence = 1 }), Change(New("z") with { Sequence = 1 })], None);
        var written = await store.TryCommitAsync([Change(New("x") with { Sequence = 1 }), Change(New("z") with { Sequence = 1 })], None);

        Assert.Null(refused);
        Assert.Equal(["x", "z"], written?.Select(static a => a.Key.Value));
        Assert.Equal(1, Assert.Single(await store.ReadAsync([Key("y")], None)).Sequence);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task EntriesAsync_GivenSome_GivesTheLatestFirst(bool isTable)
    {
        var store = Store(isTable);
        var account = New("x");
        for (var i = 1; i <= 12; i++) account = Assert.Single(await store.TryCommitAsync([Change(account with { Sequence = i, Settled = new Usd(i) })], None) ?? []);
        await store.TryCommitAsync([Change(New("xy") with { Sequence = 1 })], None);

        var all = await ToListAsync(store.EntriesAsync(Key("x"), null, None));
        var below = await ToListAsync(store.EntriesAsync(Key("x"), 4, None));

        Assert.Equal(Enumerable.Range(1, 12).Reverse().Select(static i => (long)i), all.Select(static e => e.Sequence));
        Assert.Equal([3L, 2L, 1L], below.Select(static e => e.Sequence));
        Assert.Empty(await ToListAsync(store.EntriesAsync(Key("x"), 1, None)));
        Assert.Equal(all[2], await store.FindEntryAsync(Key("x"), 10, None));
        Assert.Null(await store.FindEntryAsync(Key("x"), 13, None));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task ListAsync_GivenSome_GivesEachOnce(bool isTable)
    {
        var store = Store(isTable);
        foreach (var value in (string[])["b", "a", "ö"]) await store.TryCommitAsync([Change(New(value) with { Sequence = 1 })], None);

        var listed = (await ToListAsync(store.ListAsync(None))).Where(a => a.Key.Budget == _budget);

        Assert.Equal(["a", "b", "ö"], listed.Select(static a => a.Key.Value).Order(StringComparer.Ordinal));
    }

    private ILedgerStore Store(bool isTable) => isTable ? _table : new MemoryLedgerStore();

    private LedgerKey Key(string value) => new(_budget, value, "2026-11");

    private LedgerAccount New(string value) => new() { Key = Key(value) };

    private static LedgerChange Change(LedgerAccount account) => new(account, [new LedgerEntry
    {
        Key = account.Key, Sequence = account.Sequence, At = At, Kind = LedgerEntryKind.Commit, Worker = "wörker", Commit = Guid.NewGuid().ToString("N"),
        SettledAfter = account.Settled, HeldAfter = account.Held, UnconfirmedAfter = account.Unknown,
    }]);

    private static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items) list.Add(item);
        return list;
    }
}
