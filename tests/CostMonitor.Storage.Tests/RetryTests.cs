using System.Net;
using Azure;
using CostMonitor.Storage.Tables;
using Xunit;

namespace CostMonitor.Storage.Tests;

public sealed class RetryTests
{
    private const string Stored = """
        {"odata.etag":"W/\"1\"","PartitionKey":"p","RowKey":"r","N@odata.type":"Edm.Int64","N":"5","Timestamp":"2026-01-02T03:04:05Z"}
        """;

    private static readonly Func<HttpResponseMessage> Exists = StubHandler.Refusal(HttpStatusCode.Conflict, StorageErrorCodes.EntityAlreadyExists);
    private static readonly Func<HttpResponseMessage> Done = StubHandler.Answer(HttpStatusCode.NoContent, "", ("ETag", "W/\"1\""));

    private static CancellationToken None => CancellationToken.None;

    private static TableEntity Mine => new("p", "r") { ["N"] = 5L };

    [Fact]
    public async Task InsertAsync_GivenALostAnswerAndItsOwnEntity_Succeeds()
    {
        using var stub = new StubHandler(StubHandler.Lost, Exists, StubHandler.Answer(HttpStatusCode.OK, Stored));
        var account = stub.Account;

        var etag = await account.Table("Runs").InsertAsync(Mine, None);

        Assert.Equal(new ETag("W/\"1\""), etag);
        Assert.Equal([HttpMethod.Post, HttpMethod.Post, HttpMethod.Get], stub.Requests.Select(r => r.Method));
        Assert.Equal(stub.Requests[0].Body, stub.Requests[1].Body);
        Assert.Equal(3, account.RequestsSent);
    }

    [Theory]
    [InlineData("""{"PartitionKey":"p","RowKey":"r","N@odata.type":"Edm.Int64","N":"6"}""")] // another value
    [InlineData("""{"PartitionKey":"p","RowKey":"r","N":5}""")] // another type
    [InlineData("""{"PartitionKey":"p","RowKey":"r","N@odata.type":"Edm.Int64","N":"5","M":1}""")] // one more
    [InlineData("""{"PartitionKey":"p","RowKey":"r"}""")] // one less
    public async Task TryInsertAsync_GivenALostAnswerAndAnothersEntity_SaysFalse(string stored)
    {
        using var stub = new StubHandler(StubHandler.Lost, Exists, StubHandler.Answer(HttpStatusCode.OK, stored));

        Assert.False(await stub.Account.Table("Runs").TryInsertAsync(Mine, None));
    }

    [Fact]
    public async Task TryInsertAsync_GivenAConflictAtOnce_DoesNotReadBack()
    {
        using var stub = new StubHandler(Exists);

        Assert.False(await stub.Account.Table("Runs").TryInsertAsync(Mine, None));
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task InsertAsync_GivenALostAnswerAndTheEntityGoneSince_ThrowsTheConflictWithItsAttempts()
    {
        using var stub = new StubHandler(StubHandler.Lost, Exists, StubHandler.Refusal(HttpStatusCode.NotFound, StorageErrorCodes.ResourceNotFound));

        var e = await Assert.ThrowsAsync<StorageException>(() => stub.Account.Table("Runs").InsertAsync(Mine, None));

        Assert.Equal((409, 2), (e.Status, e.AttemptsMade));
    }

    [Fact]
    public async Task ReplaceAsync_GivenALostAnswerAndAnUnmetCondition_SaysThatItWasSentTwice()
    {
        using var stub = new StubHandler(StubHandler.Lost, StubHandler.Refusal(HttpStatusCode.PreconditionFailed, StorageErrorCodes.UpdateConditionNotSatisfied));

        var e = await Assert.ThrowsAsync<StorageException>(() => stub.Account.Table("Runs").ReplaceAsync(Mine, new ETag("W/\"0\""), None));

        Assert.Equal((412, StorageErrorCodes.UpdateConditionNotSatisfied, 2), (e.Status, e.ErrorCode, e.AttemptsMade));
    }

    [Fact]
    public async Task SubmitTransactionAsync_GivenALostAnswerAndAConflict_SaysThatItWasSentTwice()
    {
        const string conflict = "--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 409 Conflict\r\nContent-Type: application/json\r\n\r\n"
            + """{"odata.error":{"code":"EntityAlreadyExists","message":{"value":"0:The specified entity already exists.\nRequestId:1"}}}""" + "\r\n--b--";
        using var stub = new StubHandler(StubHandler.Lost, StubHandler.Answer(HttpStatusCode.Accepted, conflict));

        var e = await Assert.ThrowsAsync<TableTransactionException>(
            () => stub.Account.Table("Runs").SubmitTransactionAsync([new(TableActionKind.Insert, Mine)], None));

        Assert.Equal((409, 2, 0), (e.Status, e.AttemptsMade, e.FailedActionIndex));
    }

    [Fact]
    public async Task DeleteAsync_GivenALostAnswerAndTheEntityGone_SaysTrue()
    {
        using var stub = new StubHandler(StubHandler.Lost, StubHandler.Refusal(HttpStatusCode.NotFound, StorageErrorCodes.ResourceNotFound));

        Assert.True(await stub.Account.Table("Runs").DeleteAsync("p", "r", ETag.All, None));
    }

    [Fact]
    public async Task DeleteMessageAsync_GivenALostAnswerAndTheMessageGone_SaysTrue()
    {
        using var stub = new StubHandler(StubHandler.Lost, StubHandler.Answer(
            HttpStatusCode.NotFound, "<Error><Code>MessageNotFound</Code></Error>", ("x-ms-error-code", "MessageNotFound")));

        Assert.True(await stub.Account.Queue("jobs").DeleteMessageAsync("id", "receipt", None));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task InsertAsync_GivenABusyServer_TriesAgain(int status)
    {
        using var stub = new StubHandler(StubHandler.Answer((HttpStatusCode)status, "", ("Retry-After", "0")), Done);

        Assert.Equal(new ETag("W/\"1\""), await stub.Account.Table("Runs").InsertAsync(Mine, None));
        Assert.Equal(2, stub.Requests.Count);
    }

    [Fact]
    public async Task InsertAsync_GivenARetryAfterBeyondHalfAMinute_FailsAtOnce()
    {
        using var stub = new StubHandler(StubHandler.Answer(HttpStatusCode.ServiceUnavailable, "", ("Retry-After", "31")), Done);

        var e = await Assert.ThrowsAsync<StorageException>(() => stub.Account.Table("Runs").InsertAsync(Mine, None));

        Assert.Equal((503, 1), (e.Status, e.AttemptsMade));
    }

    [Fact]
    public async Task GetAsync_GivenAServerThatStaysBusy_GivesUpAfterFour()
    {
        using var stub = new StubHandler(StubHandler.Answer(HttpStatusCode.ServiceUnavailable));

        var e = await Assert.ThrowsAsync<StorageException>(() => stub.Account.Table("Runs").GetAsync("p", "r", None));

        Assert.Equal((503, 4, 4), (e.Status, e.AttemptsMade, stub.Requests.Count));
    }

    [Fact]
    public async Task GetAsync_GivenNoNetwork_ThrowsOneStorageException()
    {
        using var stub = new StubHandler(StubHandler.Lost);

        var e = await Assert.ThrowsAsync<StorageException>(() => stub.Account.Table("Runs").GetAsync("p", "r", None));

        Assert.Equal((0, null, 4), (e.Status, e.ErrorCode, e.AttemptsMade));
        Assert.Equal("Reading Runs('p', 'r'): no answer from tables.test after 4 attempt(s): the connection was reset", e.Message);
    }

    [Fact]
    public async Task GetAsync_GivenAServerThatHangs_ThrowsOneStorageException()
    {
        using var hanging = new HangingHandler();
        var account = new StorageAccount(
            new StorageEndpoints(new Uri("http://tables.test"), new Uri("http://queues.test")),
            new SharedKey("acct", [1]),
            new TransportSettings { Handler = hanging, RetryDelay = TimeSpan.Zero, NetworkTimeout = TimeSpan.FromMilliseconds(1) });

        var e = await Assert.ThrowsAsync<StorageException>(() => account.Table("Runs").GetAsync("p", "r", None));

        Assert.Equal((0, 4), (e.Status, e.AttemptsMade));
    }

    [Fact]
    public async Task GetAsync_GivenACancellation_ThrowsItAndTriesNoMore()
    {
        using var stop = new CancellationTokenSource();
        using var stub = new StubHandler(() =>
        {
            stop.Cancel();
            throw new OperationCanceledException(stop.Token);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stub.Account.Table("Runs").GetAsync("p", "r", stop.Token));
        Assert.Single(stub.Requests);
    }

    private sealed class HangingHandler : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException("An endless wait ended.");
        }
    }
}
