using CostMonitor.Storage.Tables;
using CostMonitor.Storage.Tests.Azurite;
using Xunit;

namespace CostMonitor.Storage.Tests.Tables;

[Collection(AzuriteGroup.Name)]
public sealed class TableQueryTests(AzuriteFixture azurite)
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task QueryAsync_GivenMoreThanAPage_GivesEveryEntityOnceInOrder()
    {
        var table = await azurite.NewTableAsync();
        foreach (var rows in Enumerable.Range(0, 1_250).Chunk(100))
            await table.SubmitTransactionAsync([.. rows.Select(i => new TableAction(TableActionKind.Insert, new TableEntity("p", $"{i:D5}")))], None);

        var keys = await table.QueryAsync(null, null, None).Select(e => e.RowKey).ToListAsync();

        Assert.Equal(Enumerable.Range(0, 1_250).Select(i => $"{i:D5}"), keys);
    }

    [Fact]
    public async Task QueryPageAsync_GivenTop_GivesThatManyAndWhereToGoOn()
    {
        var table = await azurite.NewTableAsync();
        foreach (var i in Enumerable.Range(0, 5)) await table.InsertAsync(new TableEntity("p", $"{i}"), None);

        var first = await table.QueryPageAsync(null, null, 3, null, None);
        var second = await table.QueryPageAsync(null, null, 3, first.Continuation, None);

        Assert.Equal(["0", "1", "2"], first.Entities.Select(e => e.RowKey));
        Assert.Equal(Uri.EscapeDataString(first.Continuation ?? "none"), first.Continuation);
        Assert.Equal(["3", "4"], second.Entities.Select(e => e.RowKey));
        Assert.Null(second.Continuation);
    }

    [Fact]
    public async Task QueryAsync_GivenSelect_GivesTheKeysAndThatOnly()
    {
        var table = await azurite.NewTableAsync();
        await table.InsertAsync(new TableEntity("p", "r") { ["A"] = 1L, ["B"] = 2L }, None);

        var read = await table.QueryAsync(null, ["B", "Missing"], None).SingleAsync();

        Assert.Equal(("p", "r"), (read.PartitionKey, read.RowKey));
        Assert.Equal([new KeyValuePair<string, object>("B", 2L)], read.Properties);
    }

    [Fact]
    public async Task QueryAsync_GivenAValueOfEachType_FindsTheOneThatHasIt()
    {
        var table = await azurite.NewTableAsync();
        var id = Guid.Parse("c9da6455-213d-42c9-9a79-3e9149a57833");
        var time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(7);
        var bytes = new byte[] { 1, 171 };
        await table.InsertAsync(new TableEntity("p", "other") { ["S"] = "it", ["I"] = 4, ["L"] = 4L, ["D"] = 1.0, ["B"] = false }, None);
        await table.InsertAsync(new TableEntity("p", "it's")
        {
            ["S"] = "it's' or 'a' eq 'a",
            ["I"] = 5,
            ["L"] = long.MaxValue,
            ["D"] = 2.0,
            ["B"] = true,
            ["G"] = id,
            ["T"] = time,
            ["X"] = bytes,
        }, None);
        string[] filters =
        [
            TableFilter.Create($"PartitionKey eq {"p"} and RowKey eq {"it's"}"),
            TableFilter.Create($"S eq {"it's' or 'a' eq 'a"}"),
            TableFilter.Create($"I ge {5}"),
            TableFilter.Create($"L eq {long.MaxValue}"),
            TableFilter.Create($"D gt {1.5}"),
            TableFilter.Create($"D eq {2.0}"),
            TableFilter.Create($"B eq {true}"),
            TableFilter.Create($"G eq {id}"),
            TableFilter.Create($"T eq {time}"),
            TableFilter.Create($"X eq {bytes}"),
        ];

        foreach (var filter in filters)
        {
            var found = await table.QueryAsync(filter, null, None).Select(e => e.RowKey).ToListAsync();
            Assert.True(found is ["it's"], $"{filter} found {found.Count}");
        }
    }
}
