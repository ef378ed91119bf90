using System.Net;
using Azure;
using Xunit;

namespace CostMonitor.Storage.Tests;

public sealed class StorageErrorTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task GetAsync_GivenAnXmlRefusal_ReadsItsCodeAndFirstLine()
    {
        using var stub = new StubHandler(StubHandler.Answer(HttpStatusCode.Forbidden,
            "\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>AuthorizationFailure</Code><Message>Not you.\nRequestId:1</Message></Error>"));

        var e = await Assert.ThrowsAsync<StorageException>(() => stub.Account.Table("Runs").GetAsync("p", "r", None));

        Assert.Equal((403, "AuthorizationFailure"), (e.Status, e.ErrorCode));
        Assert.Equal("Reading Runs('p', 'r') got 403 AuthorizationFailure on attempt 1: Not you. (request id unknown)", e.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html><body>Bad gateway<br></body>")]
    [InlineData("{\"odata.error\":")]
    [InlineData("{\"odata.error\":[]}")]
    [InlineData("Bad gateway")]
    public async Task DeleteAsync_GivenNoReadableBody_ThrowsWithTheStatusAlone(string body)
    {
        using var stub = new StubHandler(StubHandler.Answer(HttpStatusCode.BadRequest, body));

        var e = await Assert.ThrowsAsync<StorageException>(() => stub.Account.Table("Runs").DeleteAsync("p", "r", ETag.All, None));

        Assert.Equal((400, null), (e.Status, e.ErrorCode));
    }

    [Fact]
    public async Task GetAsync_GivenAnEmptyBody_TakesTheCodeFromTheHeader()
    {
        using var stub = new StubHandler(StubHandler.Answer(HttpStatusCode.NotFound, "", ("x-ms-error-code", StorageErrorCodes.ResourceNotFound)));

        Assert.Null(await stub.Account.Table("Runs").GetAsync("p", "r", None));
    }

    [Fact]
    public async Task GetAsync_GivenA404OfSomethingElse_Throws()
    {
        using var stub = new StubHandler(StubHandler.Answer(HttpStatusCode.NotFound));

        await Assert.ThrowsAsync<StorageException>(() => stub.Account.Table("Runs").GetAsync("p", "r", None));
    }
}
