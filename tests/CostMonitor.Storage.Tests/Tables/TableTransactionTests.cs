using Azure;
using CostMonitor.Storage.Tables;
using CostMonitor.Storage.Tests.Azurite;
using Xunit;

namespace CostMonitor.Storage.Tests.Tables;

[Collection(AzuriteGroup.Name)]
public sealed class TableTransactionTests(AzuriteFixture azurite)
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task SubmitTransactionAsync_GivenAHundredInserts_StoresAllAndGivesTheirETags()
    {
        var table = await azurite.NewTableAsync();

        var etags = await table.SubmitTransactionAsync([.. Enumerable.Range(0, 100).Select(i => Insert($"{i:D3}"))], None);

        var stored = await table.QueryAsync(null, null, None).ToListAsync();
        Assert.Equal(100, etags.Count);
        Assert.Equal(etags, stored.Select(e => e.ETag));
    }

    [Fact]
    public async Task SubmitTransactionAsync_GivenEachKind_DoesWhatItSays()
    {
        var table = await azurite.NewTableAsync();
        var before = new Dictionary<string, ETag>();
        foreach (var row in new[] { "replace'd", "merge", "delete", "orReplace", "orMerge" })
            before[row] = await table.InsertAsync(new TableEntity("p", row) { ["Old"] = 1 }, None);

        var etags = await table.SubmitTransactionAsync(
        [
            new(TableActionKind.Insert, New("insert")),
            new(TableActionKind.Replace, New("replace'd"), before["replace'd"]),
            new(TableActionKind.Merge, New("merge"), before["merge"]),
            new(TableActionKind.Delete, New("delete"), before["delete"]),
            new(TableActionKind.InsertOrReplace, New("orReplace")),
            new(TableActionKind.InsertOrMerge, New("orMerge")),
        ], None);

        var stored = await table.QueryAsync(null, null, None)
            .ToDictionaryAsync(e => e.RowKey, e => (e.GetInt32("Old"), e.GetString("New"), e.ETag));
        Assert.Equal(5, stored.Count);
        Assert.Equal((null, "é", etags[0]), stored["insert"]);
        Assert.Equal((null, "é", etags[1]), stored["replace'd"]);
        Assert.Equal((1, "é", etags[2]), stored["merge"]);
        Assert.Equal(default, etags[3]);
        Assert.Equal((null, "é", etags[4]), stored["orReplace"]);
        Assert.Equal((1, "é", etags[5]), stored["orMerge"]);

        static TableEntity New(string row) => new("p", row) { ["New"] = "é" };
    }

    [Fact]
    public async Task SubmitTransactionAsync_GivenARowThatExists_NamesTheActionAndStoresNothing()
    {
        var table = await azurite.NewTableAsync();
        await table.InsertAsync(new TableEntity("p", "2"), None);

        var e = await Assert.ThrowsAsync<TableTransactionException>(
            () => table.SubmitTransactionAsync([Insert("0"), Insert("1"), Insert("2"), Insert("3")], None));

        Assert.Equal((409, StorageErrorCodes.EntityAlreadyExists, 2), (e.Status, e.ErrorCode, e.FailedActionIndex));
        Assert.Equal(["2"], await table.QueryAsync(null, null, None).Select(x => x.RowKey).ToListAsync());
    }

    [Fact]
    public async Task SubmitTransactionAsync_GivenAStaleETag_NamesTheActionAndStoresNothing()
    {
        var table = await azurite.NewTableAsync();
        var stale = await table.InsertAsync(new TableEntity("p", "ledger") { ["N"] = 1 }, None);
        await table.ReplaceAsync(new TableEntity("p", "ledger") { ["N"] = 2 }, stale, None);

        var e = await Assert.ThrowsAsync<TableTransactionException>(() => table.SubmitTransactionAsync(
            [Insert("hold"), new(TableActionKind.Merge, new TableEntity("p", "ledger") { ["N"] = 3 }, stale)], None));

        Assert.Equal((412, StorageErrorCodes.UpdateConditionNotSatisfied, 1), (e.Status, e.ErrorCode, e.FailedActionIndex));
        Assert.Null(await table.GetAsync("p", "hold", None));
    }

    [Fact]
    public async Task SubmitTransactionAsync_GivenDeletes_RemovesThem()
    {
        var table = await azurite.NewTableAsync();
        await table.SubmitTransactionAsync([Insert("0"), Insert("1"), Insert("2")], None);

        await table.SubmitTransactionAsync([Delete("0"), Delete("2")], None);

        Assert.Equal(["1"], await table.QueryAsync(null, null, None).Select(x => x.RowKey).ToListAsync());

        static TableAction Delete(string row) => new(TableActionKind.Delete, new TableEntity("p", row), ETag.All);
    }

    private static TableAction Insert(string row) => new(TableActionKind.Insert, new TableEntity("p", row) { ["N"] = 1L });
}
