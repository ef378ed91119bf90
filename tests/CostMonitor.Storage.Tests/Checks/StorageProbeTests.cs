using System.Net;
using Azure.Core;
using Azure.Identity;
using CostMonitor.Storage.Checks;
using CostMonitor.Testing.ScriptedServer;
using Xunit;

namespace CostMonitor.Storage.Tests.Checks;

public sealed class StorageProbeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task ProblemsAsync_GivenServicesThatAnswer_FindsNone()
    {
        using var stub = new StubHandler(StubHandler.Answer(HttpStatusCode.OK, "{}", ("x-ms-version", "2020-12-06"), ("Date", "Sat, 21 Nov 2026 12:04:59 GMT")));

        var problems = await Probe(stub).ProblemsAsync(CancellationToken.None);

        Assert.Empty(problems);
        Assert.Equal(
            ["https://acct.queue.core.windows.net/?comp=list&maxresults=1", "https://acct.table.core.windows.net/Tables?$top=1"],
            stub.Requests.Select(r => r.Address.AbsoluteUri).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task ProblemsAsync_GivenADateThatIsOff_BlamesTheClockOnce()
    {
        using var stub = new StubHandler(StubHandler.Answer(HttpStatusCode.OK, "{}", ("x-ms-version", "2020-12-06"), ("Date", "Sat, 21 Nov 2026 12:05:01 GMT")));

        var problems = await Probe(stub).ProblemsAsync(CancellationToken.None);

        Assert.Equal("clock", Assert.Single(problems).Where);
    }

    [Fact]
    public async Task ProblemsAsync_GivenARefusal_AsksOnceAndNamesBothServices()
    {
        using var stub = new StubHandler(StubHandler.Answer(HttpStatusCode.ServiceUnavailable, "", ("x-ms-version", "2020-12-06"), ("x-ms-error-code", "ServerBusy")));

        var problems = await Probe(stub).ProblemsAsync(CancellationToken.None);

        Assert.Equal(["storage tables at acct.table.core.windows.net", "storage queues at acct.queue.core.windows.net"], problems.Select(p => p.Where));
        Assert.Equal(2, stub.Requests.Count); // one each: no retries
    }

    [Fact]
    public async Task ProblemsAsync_GivenAnIdentityWithoutATokenAndBothServices_TellsItOnceAndSendsNothing()
    {
        using var stub = new StubHandler(StubHandler.Answer(HttpStatusCode.OK));
        var account = new StorageAccount(Endpoints, new NoCredential(), new StorageIdentity(StorageIdentityKind.Managed, "some-client"), new TransportSettings { Handler = stub });

        var problem = Assert.Single(await new StorageProbe(account, new FixedTime(Now)).ProblemsAsync(CancellationToken.None));

        Assert.Equal(("identity", "No token could be had with the managed identity with client id some-client: Not here."), (problem.Where, problem.What));
        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task RequestsOfAClient_GivenAnIdentityWithoutAToken_FailAsStorage()
    {
        using var stub = new StubHandler(StubHandler.Answer(HttpStatusCode.OK));
        var account = new StorageAccount(Endpoints, new NoCredential(), new StorageIdentity(StorageIdentityKind.Managed, "some-client"), new TransportSettings { Handler = stub, RetryDelay = TimeSpan.Zero });

        var e = await Assert.ThrowsAsync<StorageException>(() => account.Table("Runs").CreateIfNotExistsAsync(CancellationToken.None));

        Assert.Equal("identity", new StorageProbe(account, new FixedTime(Now)).Of(e).Where);
    }

    [Fact]
    public async Task ProblemsAsync_GivenAServiceThatNeverAnswers_GivesUpWithinSeconds()
    {
        using var silent = new SilentListener();
        var settings = $"AccountName=acct;AccountKey=c2VjcmV0LWtleQ==;TableEndpoint=http://127.0.0.1:{silent.Port}/acct;QueueEndpoint=http://127.0.0.1:{silent.Port}/acct";
        var watch = System.Diagnostics.Stopwatch.StartNew();

        var problems = await StorageProbe.Open("S", name => name == "S" ? settings : null, TimeProvider.System).ProblemsAsync(CancellationToken.None);

        Assert.Equal([$"127.0.0.1:{silent.Port} did not answer in time.", $"127.0.0.1:{silent.Port} did not answer in time."], problems.Select(p => p.What));
        Assert.True(watch.Elapsed < 3 * StorageProbe.Limit, $"It took {watch.Elapsed}.");
    }

    private static StorageEndpoints Endpoints => new(new Uri("https://acct.table.core.windows.net"), new Uri("https://acct.queue.core.windows.net"));

    private static StorageProbe Probe(StubHandler stub) =>
        new(new StorageAccount(Endpoints, new SharedKey("acct", "0123456789abcdef"u8.ToArray()), new TransportSettings { Handler = stub, Retries = 0 }), new FixedTime(Now));

    private sealed class NoCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new CredentialUnavailableException("Not here.");

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new CredentialUnavailableException("Not here.");
    }
}
