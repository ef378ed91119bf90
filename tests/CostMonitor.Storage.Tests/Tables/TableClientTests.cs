using Azure;
using CostMonitor.Storage.Tables;
using CostMonitor.Storage.Tests.Azurite;
using Xunit;

namespace CostMonitor.Storage.Tests.Tables;

[Collection(AzuriteGroup.Name)]
public sealed class TableClientTests(AzuriteFixture azurite)
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task CreateIfNotExistsAsync_GivenAnExistingTable_SaysFalse()
    {
        var table = azurite.Account.Table("Created");

        Assert.True(await table.CreateIfNotExistsAsync(None));
        Assert.False(await table.CreateIfNotExistsAsync(None));
    }

    [Fact]
    public async Task DeleteTableAsync_GivenAMissingTable_SaysFalse()
    {
        var table = await azurite.NewTableAsync();

        Assert.True(await table.DeleteTableAsync(None));
        Assert.False(await table.DeleteTableAsync(None));
    }

    [Fact]
    public async Task GetAsync_GivenAMissingTable_Throws()
    {
        var e = await Assert.ThrowsAsync<StorageException>(() => azurite.Account.Table("Nowhere").GetAsync("p", "r", None));

        Assert.Equal((404, StorageErrorCodes.TableNotFound, 1), (e.Status, e.ErrorCode, e.AttemptsMade));
    }

    [Fact]
    public async Task GetAsync_GivenAMissingEntity_SaysNull()
    {
        var table = await azurite.NewTableAsync();

        Assert.Null(await table.GetAsync("p", "r", None));
    }

    [Fact]
    public async Task GetAsync_GivenEveryType_GivesBackWhatWasInserted()
    {
        var table = await azurite.NewTableAsync();
        var sent = new TableEntity("p'1 ü%+", "r 1|&=~")
        {
            ["Text"] = "hé \"quoted\" \\ \n 漢字 😀 <&>",
            ["Empty"] = "",
            ["Int"] = int.MinValue,
            ["Long"] = 9_007_199_254_740_993, // one more than a double can hold
            ["Whole"] = 3.0,
            ["Double"] = 0.1,
            ["Large"] = 1e20,
            ["NaN"] = double.NaN,
            ["Infinite"] = double.NegativeInfinity,
            ["Yes"] = true,
            ["Id"] = Guid.Parse("c9da6455-213d-42c9-9a79-3e9149a57833"),
            ["Time"] = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(1_234_567),
            ["Bytes"] = new byte[] { 0, 1, 255 },
            ["Absent"] = null,
        };

        var etag = await table.InsertAsync(sent, None);
        var read = await table.GetAsync(sent.PartitionKey, sent.RowKey, None);

        Assert.NotNull(read);
        Assert.Equal((sent.PartitionKey, sent.RowKey, etag), (read.PartitionKey, read.RowKey, read.ETag));
        Assert.Equal(sent.Properties.OrderBy(p => p.Key), read.Properties.OrderBy(p => p.Key));
        Assert.True(read.HasSameContent(sent));
        Assert.NotNull(read.Timestamp);
    }

    [Fact]
    public async Task TryInsertAsync_GivenTheKeysTaken_SaysFalseAndKeepsTheFirst()
    {
        var table = await azurite.NewTableAsync();

        Assert.True(await table.TryInsertAsync(new TableEntity("p", "r") { ["N"] = 1 }, None));
        Assert.False(await table.TryInsertAsync(new TableEntity("p", "r") { ["N"] = 1 }, None));
        Assert.Equal(1, (await table.GetAsync("p", "r", None))?.GetInt32("N"));
    }

    [Fact]
    public async Task InsertAsync_GivenTheKeysTaken_ThrowsAConflict()
    {
        var table = await azurite.NewTableAsync();
        await table.InsertAsync(new TableEntity("p", "r"), None);

        var e = await Assert.ThrowsAsync<StorageException>(() => table.InsertAsync(new TableEntity("p", "r"), None));

        Assert.Equal((409, StorageErrorCodes.EntityAlreadyExists, 1), (e.Status, e.ErrorCode, e.AttemptsMade));
    }

    [Fact]
    public async Task ReplaceAsync_GivenAStaleETag_ThrowsUnmetCondition()
    {
        var table = await azurite.NewTableAsync();
        var first = await table.InsertAsync(new TableEntity("p", "r") { ["N"] = 1 }, None);
        var second = await table.ReplaceAsync(new TableEntity("p", "r") { ["N"] = 2 }, first, None);

        var e = await Assert.ThrowsAsync<StorageException>(() => table.ReplaceAsync(new TableEntity("p", "r") { ["N"] = 3 }, first, None));

        Assert.Equal((412, StorageErrorCodes.UpdateConditionNotSatisfied), (e.Status, e.ErrorCode));
        Assert.Equal((2, second), (await table.GetAsync("p", "r", None)) is { } kept ? (kept.GetInt32("N"), kept.ETag) : default);
    }

    [Fact]
    public async Task MergeAsync_GivenOneProperty_KeepsTheOthers()
    {
        var table = await azurite.NewTableAsync();
        var etag = await table.InsertAsync(new TableEntity("p", "r") { ["A"] = 1, ["B"] = 1 }, None);

        await table.MergeAsync(new TableEntity("p", "r") { ["B"] = 2 }, etag, None);

        var read = await table.GetAsync("p", "r", None);
        Assert.Equal((1, 2), (read?.GetInt32("A"), read?.GetInt32("B")));
        var e = await Assert.ThrowsAsync<StorageException>(() => table.MergeAsync(new TableEntity("p", "r"), etag, None));
        Assert.Equal(412, e.Status);
    }

    [Fact]
    public async Task ReplaceAsync_GivenAMissingEntity_Throws404()
    {
        var table = await azurite.NewTableAsync();

        var e = await Assert.ThrowsAsync<StorageException>(() => table.ReplaceAsync(new TableEntity("p", "r"), ETag.All, None));

        Assert.Equal(404, e.Status);
    }

    [Fact]
    public async Task InsertOrReplaceAsync_GivenAnEntity_DropsWhatItHad()
    {
        var table = await azurite.NewTableAsync();
        await table.InsertOrReplaceAsync(new TableEntity("p", "r") { ["A"] = 1 }, None);

        var etag = await table.InsertOrReplaceAsync(new TableEntity("p", "r") { ["B"] = 2 }, None);

        var read = await table.GetAsync("p", "r", None);
        Assert.Equal((null, 2, etag), (read?.GetInt32("A"), read?.GetInt32("B"), read?.ETag));
    }

    [Fact]
    public async Task InsertOrMergeAsync_GivenAnEntity_KeepsWhatItHad()
    {
        var table = await azurite.NewTableAsync();
        await table.InsertOrMergeAsync(new TableEntity("p", "r") { ["A"] = 1 }, None);

        await table.InsertOrMergeAsync(new TableEntity("p", "r") { ["B"] = 2 }, None);

        var read = await table.GetAsync("p", "r", None);
        Assert.Equal((1, 2), (read?.GetInt32("A"), read?.GetInt32("B")));
    }

    [Fact]
    public async Task DeleteAsync_GivenMissingStaleAndCurrent_SaysFalseThrowsAndSaysTrue()
    {
        var table = await azurite.NewTableAsync();
        Assert.False(await table.DeleteAsync("p", "r", ETag.All, None));
        var first = await table.InsertAsync(new TableEntity("p", "r"), None);
        var second = await table.ReplaceAsync(new TableEntity("p", "r"), first, None);

        var e = await Assert.ThrowsAsync<StorageException>(() => table.DeleteAsync("p", "r", first, None));

        Assert.Equal(412, e.Status);
        Assert.True(await table.DeleteAsync("p", "r", second, None));
        Assert.Null(await table.GetAsync("p", "r", None));
    }

    [Fact]
    public async Task RequestsSent_GivenEightyRequestsAtOnce_IsTheServersOwnCount()
    {
        var table = await azurite.NewTableAsync();
        var account = azurite.Account;
        var before = azurite.Server.RequestsServed;

        await Task.WhenAll(Enumerable.Range(0, 80).Select(i => account.Table(table.Name).InsertAsync(new TableEntity("p", $"{i:D3}"), None)));

        Assert.Equal(80, account.RequestsSent);
        await azurite.Server.WaitForRequestsAsync(before + 80, None);
        Assert.Equal(80, azurite.Server.RequestsServed - before);
    }
}
