using System.Net;
using Xunit;

namespace CostMonitor.Storage.Tests.Tables;

public sealed class TablePagingTests
{
    private const string Partition = "x-ms-continuation-NextPartitionKey";
    private const string Row = "x-ms-continuation-NextRowKey";

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task QueryAsync_GivenAnEmptyPageWithAContinuation_GoesOn()
    {
        using var stub = new StubHandler(
            StubHandler.Answer(HttpStatusCode.OK, """{"value":[]}""", (Partition, "1!8!cA=="), (Row, "a+b")),
            StubHandler.Answer(HttpStatusCode.OK, """{"value":[{"PartitionKey":"p","RowKey":"1"}]}""", (Partition, "next")), // no row
            StubHandler.Answer(HttpStatusCode.OK, """{"odata.metadata":"m","value":[{"PartitionKey":"p","RowKey":"2"}]}"""));

        var rows = await stub.Account.Table("Runs").QueryAsync("A eq 1", ["B"], None).Select(e => e.RowKey).ToListAsync();

        Assert.Equal(["1", "2"], rows);
        Assert.Equal(
        [
            "?$filter=A%20eq%201&$select=B,PartitionKey,RowKey",
            "?$filter=A%20eq%201&$select=B,PartitionKey,RowKey&NextPartitionKey=1%218%21cA%3D%3D&NextRowKey=a%2Bb",
            "?$filter=A%20eq%201&$select=B,PartitionKey,RowKey&NextPartitionKey=next",
        ], stub.Requests.Select(r => r.Address.Query));
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("YWJj")] // "abc": not two keys
    public async Task QueryPageAsync_GivenAForeignContinuation_ThrowsBeforeItSends(string continuation)
    {
        using var stub = new StubHandler(StubHandler.Answer(HttpStatusCode.OK, """{"value":[]}"""));

        await Assert.ThrowsAsync<ArgumentException>(() => stub.Account.Table("Runs").QueryPageAsync(null, null, null, continuation, None));
        Assert.Empty(stub.Requests);
    }
}
