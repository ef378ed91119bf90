using System.Net;
using Azure;
using CostMonitor.Storage.Tables;
using Xunit;

namespace CostMonitor.Storage.Tests.Tables;

public sealed class TableLimitsTests
{
    private static readonly DateTimeOffset Year1601 = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken None => CancellationToken.None;

    [Theory]
    [InlineData("ab")]
    [InlineData("1abc")]
    [InlineData("a-bc")]
    [InlineData("äbc")]
    [InlineData("Tables")]
    public void Table_GivenABadName_Throws(string name)
    {
        using var stub = new StubHandler();

        Assert.Throws<ArgumentException>(() => stub.Account.Table(name));
        Assert.Throws<ArgumentException>(() => stub.Account.Table(new string('a', 64)));
    }

    public static TheoryData<string, string> BadKeys => new()
    {
        { new string('k', 1025), "has 1025 characters; the limit is 1024" },
        { "a/b", "has U+002F at 1" },
        { "\\", "has U+005C at 0" },
        { "a#", "has U+0023 at 1" },
        { "?", "has U+003F at 0" },
        { "a\tb", "has U+0009 at 1" },
        { "\u007F", "has U+007F at 0" },
        { "\u009F", "has U+009F at 0" },
    };

    [Theory]
    [MemberData(nameof(BadKeys))]
    public async Task Requests_GivenABadKey_SayWhichKeyAndWhy(string key, string expected)
    {
        using var stub = new StubHandler();
        var table = stub.Account.Table("Runs");

        var partition = await Assert.ThrowsAsync<ArgumentException>(() => table.InsertAsync(new TableEntity(key, "r"), None));
        var row = await Assert.ThrowsAsync<ArgumentException>(() => table.InsertOrMergeAsync(new TableEntity("p", key), None));

        Assert.StartsWith($"PartitionKey {expected}", partition.Message, StringComparison.Ordinal);
        Assert.StartsWith($"RowKey {expected}", row.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => table.GetAsync(key, "r", None));
        await Assert.ThrowsAsync<ArgumentException>(() => table.DeleteAsync("p", key, ETag.All, None));
        Assert.Empty(stub.Requests);
    }

    [Fact] // apart: a theory's data cannot carry half a pair
    public Task GetAsync_GivenHalfASurrogatePair_Throws() =>
        AssertRefusedAsync(table => table.GetAsync("p", "😀\uD83D", None), "has half a surrogate pair at 2");

    public static TheoryData<string, object, string> BadProperties => new()
    {
        { "a-b", 1, "'a-b' is no property name" },
        { "1a", 1, "'1a' is no property name" },
        { "", 1, "'' is no property name" },
        { "RowKey", "x", "'RowKey' is no property name" },
        { new string('n', 256), 1, "is no property name: 1 to 255" },
        { "S", new string('s', 32_769), "has 32769 UTF-16 characters in 'S'; the limit is 32768" },
        { "X", new byte[65_537], "has 65537 bytes in 'X'; the limit is 65536" },
        { "T", Year1601.AddTicks(-1), "has 1600-12-31T23:59:59.9999999+00:00 in 'T'; the earliest time is 1601-01-01" },
        { "T", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.FromHours(2)), "has 2026-01-01T00:00:00.0000000+02:00 in 'T'; a time must be in UTC" },
    };

    [Theory]
    [MemberData(nameof(BadProperties))]
    public async Task InsertAsync_GivenABadProperty_SaysWhichAndWhy(string name, object value, string expected)
    {
        using var stub = new StubHandler();

        var e = await Assert.ThrowsAsync<ArgumentException>(() => stub.Account.Table("Runs").InsertAsync(new TableEntity("p", "r") { [name] = value }, None));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task InsertAsync_GivenEveryLimitReached_Sends()
    {
        using var stub = new StubHandler(StubHandler.Answer(HttpStatusCode.NoContent, "", ("ETag", "W/\"1\"")));
        var entity = new TableEntity(new string('p', 1024), new string('r', 1024))
        {
            ["S"] = new string('s', 32_768),
            ["X"] = new byte[65_536],
            ["T"] = Year1601,
            [new string('n', 255)] = 1,
        };
        foreach (var i in Enumerable.Range(0, 248)) entity[$"P{i}"] = i;

        await stub.Account.Table("Runs").InsertAsync(entity, None);

        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task InsertAsync_Given253Properties_Throws()
    {
        var entity = new TableEntity("p", "r");
        foreach (var i in Enumerable.Range(0, 253)) entity[$"P{i}"] = i;

        await AssertRefusedAsync(table => table.InsertAsync(entity, None), "('p', 'r') has 253 properties; the limit is 252");
    }

    [Fact]
    public async Task InsertAsync_GivenMoreThanAMebibyte_Throws()
    {
        var entity = new TableEntity("p", "r");
        // 4 + 2 * 2 for the keys, and 8 + 2 * 1 + 4 + 65,536 for each property: 16 take 1,048,808 bytes
        foreach (var name in "ABCDEFGHIJKLMNOP") entity[$"{name}"] = new byte[65_536];

        await AssertRefusedAsync(table => table.ReplaceAsync(entity, ETag.All, None), "takes 1048808 bytes as the service counts them; the limit is 1048576");
    }

    [Fact]
    public Task SubmitTransactionAsync_GivenTwoPartitions_Throws() => AssertRefusedAsync(
        table => table.SubmitTransactionAsync([Insert("p", "1"), Insert("q", "1")], None),
        "Action 1 is on partition 'q' and action 0 on 'p'");

    [Fact]
    public Task SubmitTransactionAsync_GivenAnEntityTwice_Throws() => AssertRefusedAsync(
        table => table.SubmitTransactionAsync([Insert("p", "1"), Insert("p", "2"), Insert("p", "1")], None),
        "Action 2 is on row '1' again");

    [Fact]
    public Task SubmitTransactionAsync_GivenABadEntity_Throws() => AssertRefusedAsync(
        table => table.SubmitTransactionAsync([new(TableActionKind.Insert, new TableEntity("p", "1") { ["a-b"] = 1 })], None),
        "'a-b' is no property name");

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public Task SubmitTransactionAsync_GivenTooFewOrTooMany_Throws(int count) => AssertRefusedAsync(
        table => table.SubmitTransactionAsync([.. Enumerable.Range(0, count).Select(i => Insert("p", $"{i}"))], None),
        $"1 to 100 actions, not {count}");

    [Fact]
    public Task SubmitTransactionAsync_GivenMoreThanFourMebibytes_Throws() => AssertRefusedAsync(
        // base64 makes 87,384 characters of each: 49 of them pass 4,194,304
        table => table.SubmitTransactionAsync(
            [.. Enumerable.Range(0, 49).Select(i => new TableAction(TableActionKind.Insert, new TableEntity("p", $"{i}") { ["X"] = new byte[65_536] }))], None),
        "the limit is 4194304");

    [Theory]
    [InlineData(TableActionKind.Replace)]
    [InlineData(TableActionKind.Merge)]
    [InlineData(TableActionKind.Delete)]
    public Task SubmitTransactionAsync_GivenNoETagToCompare_Throws(TableActionKind kind) => AssertRefusedAsync(
        table => table.SubmitTransactionAsync([new(kind, new TableEntity("p", "1"))], None), $"Action 0, {kind}, has no IfMatch");

    [Fact]
    public Task SubmitTransactionAsync_GivenAnETagThatNothingCompares_Throws() => AssertRefusedAsync(
        table => table.SubmitTransactionAsync([Insert("p", "1") with { IfMatch = ETag.All }], None), "Action 0, Insert, has an IfMatch");

    [Fact]
    public async Task ReplaceMergeDelete_GivenNoETag_Throw()
    {
        await AssertRefusedAsync(table => table.ReplaceAsync(new TableEntity("p", "r"), default, None), "ETag.All");
        await AssertRefusedAsync(table => table.MergeAsync(new TableEntity("p", "r"), default, None), "ETag.All");
        await AssertRefusedAsync(table => table.DeleteAsync("p", "r", default, None), "ETag.All");
    }

    private static TableAction Insert(string partition, string row) => new(TableActionKind.Insert, new TableEntity(partition, row));

    private static async Task AssertRefusedAsync(Func<TableClient, Task> request, string expected)
    {
        using var stub = new StubHandler();

        var e = await Assert.ThrowsAsync<ArgumentException>(() => request(stub.Account.Table("Runs")));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Empty(stub.Requests);
    }
}
