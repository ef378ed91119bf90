using System.Net.Sockets;
using System.Security.Authentication;
using Azure.Identity;
using CostMonitor.Storage.Checks;
using Xunit;

namespace CostMonitor.Storage.Tests.Checks;

public sealed class StorageDiagnosisTests
{
    private const string TableRole = "Storage Table Data Contributor (0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3)";
    private const string QueueRole = "Storage Queue Data Contributor (974c5e8b-45b9-4653-ba55-5f855dd0fb88)";

    private static readonly Uri Tables = new("https://acct.table.core.windows.net/"), Queues = new("https://acct.queue.core.windows.net/");
    private static readonly StorageIdentity Managed = new(StorageIdentityKind.Managed, "11111111-2222-3333-4444-555555555555");
    private static readonly StorageIdentity Key = new(StorageIdentityKind.Key, null);

    [Theory]
    [InlineData(StorageService.Table, TableRole)]
    [InlineData(StorageService.Queue, QueueRole)]
    public void Of_GivenAMissingRole_SaysWhichRoleOnWhichAccountForWhom(StorageService service, string role)
    {
        var problem = StorageDiagnosis.Of(Refusal(service, 403, "AuthorizationPermissionMismatch"), Managed);

        Assert.Equal($"storage {service.ToString().ToLowerInvariant()}s at acct.{service.ToString().ToLowerInvariant()}.core.windows.net", problem?.Where);
        Assert.Equal("A role is missing for the managed identity with client id 11111111-2222-3333-4444-555555555555: 403 AuthorizationPermissionMismatch.", problem?.What);
        Assert.Equal($"Assign it the role {role} on the storage account acct; a new assignment takes some minutes to hold.", problem?.Mend);
    }

    [Theory]
    [InlineData(403, "KeyBasedAuthenticationNotPermitted", "The account takes no shared key", "set AzureWebJobsStorage__accountName to acct")]
    [InlineData(403, "AuthenticationFailed", "The signature was refused", "The key in AzureWebJobsStorage is not one of the account acct")]
    [InlineData(403, "AuthorizationFailure", "The account's network rules do not let this machine in", "Allow the app's virtual network")]
    [InlineData(403, "AccountIsDisabled", "The storage account acct is disabled", "Enable it")]
    [InlineData(400, "AccountRequiresHttps", "The account takes https only", "to https")]
    [InlineData(401, "InvalidAuthenticationInfo", "The token was refused", "of one tenant")]
    [InlineData(503, "ServerBusy", "The service is not well or busy: 503 ServerBusy", "Try again")]
    [InlineData(302, null, "A redirect came (302), which is not followed", "the account's own address")]
    [InlineData(400, "InvalidUri", "The request was refused: 400 InvalidUri", "AzureWebJobsStorage__tableServiceUri")]
    public void Of_GivenARefusal_SaysWhatItMeansAndWhatToDo(int status, string? code, string what, string mend)
    {
        var problem = StorageDiagnosis.Of(Refusal(StorageService.Table, status, code), Key);

        Assert.StartsWith(what, problem?.What, StringComparison.Ordinal);
        Assert.Contains(mend, problem?.Mend, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_GivenAuthenticationFailedAndAClockThatIsOff_BlamesTheClock()
    {
        var problem = StorageDiagnosis.Of(Refusal(StorageService.Table, 403, "AuthenticationFailed") with { Ahead = TimeSpan.FromMinutes(-20) }, Key);

        Assert.Equal("The signature was refused since the clock of this machine is off: 403 AuthenticationFailed.", problem?.What);
    }

    [Fact]
    public void Of_GivenWhatIsNoStorage_SaysSo()
    {
        var problem = StorageDiagnosis.Of(Refusal(StorageService.Queue, 200, null) with { IsStorage = false }, Key);

        Assert.Equal("What answers there with 200 is not the queue service of a storage account.", problem?.What);
    }

    [Fact]
    public void Of_GivenASuccess_HasNothingToSay() => Assert.Null(StorageDiagnosis.Of(Refusal(StorageService.Table, 200, null), Key));

    [Theory]
    [MemberData(nameof(Failures))]
    public void Of_GivenNoAnswer_SaysWhy(Exception failure, string where, string what)
    {
        var problem = StorageDiagnosis.Of(new ServiceAnswer(StorageService.Table, Tables) { Failure = failure }, Managed);

        Assert.Equal((where, true), (problem?.Where, problem?.What.StartsWith(what, StringComparison.Ordinal)));
        Assert.NotEmpty(problem?.Mend ?? "");
    }

    public static TheoryData<Exception, string, string> Failures => new()
    {
        { Lost(new SocketException((int)SocketError.HostNotFound)), "storage tables at acct.table.core.windows.net", "The name acct.table.core.windows.net does not resolve: there is no such account" },
        { Lost(new SocketException((int)SocketError.ConnectionRefused)), "storage tables at acct.table.core.windows.net", "Nothing listens at acct.table.core.windows.net." },
        { Lost(new AuthenticationException("the remote certificate is invalid")), "storage tables at acct.table.core.windows.net", "The TLS handshake with acct.table.core.windows.net failed." },
        { new TimeoutException(), "storage tables at acct.table.core.windows.net", "acct.table.core.windows.net did not answer in time." },
        { Lost(new IOException("reset")), "storage tables at acct.table.core.windows.net", "The connection to acct.table.core.windows.net failed." },
        {
            new AuthenticationFailedException("ManagedIdentityCredential authentication failed\r\n  at Stack.Trace()"), "identity",
            "No token could be had with the managed identity with client id 11111111-2222-3333-4444-555555555555: ManagedIdentityCredential authentication failed."
        },
    };

    [Theory]
    [InlineData(StorageService.Table, "https://acct.blob.core.windows.net", "This is the address of the blob service.", "https://acct.table.core.windows.net")]
    [InlineData(StorageService.Queue, "https://acct.table.core.windows.net", "This is the address of the table service.", "https://acct.queue.core.windows.net")]
    [InlineData(StorageService.Table, "http://acct.table.core.windows.net", "The address is http,", "https://acct.table.core.windows.net")]
    public void OfAddress_GivenAWrongOne_SaysWhichIsMeant(StorageService service, string address, string what, string right)
    {
        var problem = StorageDiagnosis.OfAddress(service, new Uri(address));

        Assert.StartsWith(what, problem?.What, StringComparison.Ordinal);
        Assert.Contains(right, problem?.Mend, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StorageService.Table, "https://acct.table.core.windows.net")]
    [InlineData(StorageService.Queue, "http://127.0.0.1:10001/devstoreaccount1")]
    [InlineData(StorageService.Queue, "http://azurite:10001/devstoreaccount1")]
    [InlineData(StorageService.Table, "https://storage.example.com")]
    public void OfAddress_GivenARightOne_HasNothingToSay(StorageService service, string address) => Assert.Null(StorageDiagnosis.OfAddress(service, new Uri(address)));

    [Theory]
    [InlineData(301, "behind that of storage", "0:05:01")]
    [InlineData(-301, "ahead of that of storage", "0:05:01")]
    [InlineData(-90_000, "ahead of that of storage", "1.01:00:00")]
    public void OfClock_GivenMoreThanFiveMinutes_SaysHowMuchAndWhichWay(int aheadSeconds, string way, string off)
    {
        var problem = StorageDiagnosis.OfClock([Refusal(StorageService.Table, 200, null), Refusal(StorageService.Queue, 200, null) with { Ahead = TimeSpan.FromSeconds(aheadSeconds) }]);

        Assert.Equal(("clock", $"The clock of this machine is {off} {way}."), (problem?.Where, problem?.What));
    }

    [Theory]
    [InlineData(300)]
    [InlineData(-299)]
    public void OfClock_GivenFiveMinutesOrLess_HasNothingToSay(int aheadSeconds) =>
        Assert.Null(StorageDiagnosis.OfClock([Refusal(StorageService.Table, 200, null) with { Ahead = TimeSpan.FromSeconds(aheadSeconds) }]));

    private static ServiceAnswer Refusal(StorageService service, int status, string? code) =>
        new(service, service == StorageService.Table ? Tables : Queues) { Status = status, ErrorCode = code, IsStorage = true };

    private static AggregateException Lost(Exception cause) => new(new Azure.RequestFailedException("lost", new HttpRequestException("lost", cause)));
}
