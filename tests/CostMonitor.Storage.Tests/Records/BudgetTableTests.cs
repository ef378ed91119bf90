using CostMonitor.Storage.Records;
using CostMonitor.Storage.Tables;
using CostMonitor.Storage.Tests.Azurite;
using Xunit;

namespace CostMonitor.Storage.Tests.Records;

[Collection(AzuriteGroup.Name)]
public sealed class BudgetTableTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    private readonly BudgetTable _table = new(azurite.Account, new FixedTime(Now));

    public async Task InitializeAsync()
    {
        // The tests of this class share the one table; each begins with no definition and no set.
        await _table.CreateIfNotExistsAsync(None);
        var table = azurite.Account.Table("Budgets");
        await foreach (var row in table.QueryAsync(null, null, None)) await table.DeleteAsync(row.PartitionKey, row.RowKey, row.ETag, None);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task ReadAsync_GivenStoredDefinitions_GivesThemByTheirIds()
    {
        await PutAsync("b", "{2}");
        await PutAsync("a", "{1}");

        var stored = await _table.ReadAsync(None);

        Assert.Equal([("a", "{1}"), ("b", "{2}")], stored.Budgets.Select(s => (s.Id, s.Json)));
    }

    [Fact]
    public async Task ReadAsync_GivenLedgersInTheTable_ReadsDefinitionsAlone()
    {
        await azurite.Account.Table("Budgets").InsertOrReplaceAsync(new TableEntity("a|2026-11", "!ledger") { ["Settled"] = "1" }, None);

        Assert.Empty((await _table.ReadAsync(None)).Budgets);
    }

    [Fact]
    public async Task TryPutAsync_GivenAnOlderOne_ReplacesIt()
    {
        await PutAsync("a", "{1}");
        await PutAsync("a", "{2}");

        Assert.Equal("{2}", Assert.Single((await _table.ReadAsync(None)).Budgets).Json);
    }

    [Fact]
    public async Task TryPutAsync_GivenASetThatChangedSince_StoresNothing()
    {
        var first = await _table.ReadAsync(None); // before there was any
        await PutAsync("a", "{1}");
        var second = await _table.ReadAsync(None);
        await PutAsync("b", "{2}");

        var (afterNone, afterOne) = (await _table.TryPutAsync(first, "c", "{3}", None), await _table.TryPutAsync(second, "a", "{4}", None));

        Assert.Equal((false, false), (afterNone, afterOne));
        Assert.Equal([("a", "{1}"), ("b", "{2}")], (await _table.ReadAsync(None)).Budgets.Select(s => (s.Id, s.Json)));
    }

    [Fact]
    public async Task TryPutAsync_GivenManyWritersAtOnce_LetsOneThroughForEachSet()
    {
        var seen = await _table.ReadAsync(None);

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _table.TryPutAsync(seen, $"b{i}", "{}", None)));

        Assert.Single(results, true);
        Assert.Single((await _table.ReadAsync(None)).Budgets);
    }

    [Fact]
    public async Task TryRemoveAsync_GivenTheSetThatWasSeen_RemovesOne()
    {
        await PutAsync("a", "{1}");
        var older = await _table.ReadAsync(None);
        await PutAsync("b", "{2}");

        var (byOlder, byNewer) = (await _table.TryRemoveAsync(older, "a", None), await _table.TryRemoveAsync(await _table.ReadAsync(None), "a", None));

        Assert.Equal((false, true), (byOlder, byNewer));
        Assert.Equal("b", Assert.Single((await _table.ReadAsync(None)).Budgets).Id);
    }

    private async Task PutAsync(string id, string json) => Assert.True(await _table.TryPutAsync(await _table.ReadAsync(None), id, json, None));
}
