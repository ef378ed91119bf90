using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using Azure.Identity;
using CostMonitor.Core.Checks;

namespace CostMonitor.Storage.Checks;

/// <summary>Turns what a service of storage answered into what is wrong and how to mend it (pure).</summary>
/// <remarks>Codes: https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes. Roles: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/storage.</remarks>
public static class StorageDiagnosis
{
    /// <summary>Storage refuses what is signed more than 15 minutes off; a third of that is no measuring error any more, and puts budgets' periods wrong.</summary>
    public static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(5);

    private const string TableRole = "Storage Table Data Contributor (0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3)";
    private const string QueueRole = "Storage Queue Data Contributor (974c5e8b-45b9-4653-ba55-5f855dd0fb88)";
    private const string Connection = "AzureWebJobsStorage";

    private static readonly string[] Services = ["blob", "dfs", "file", "queue", "table", "web"];

    /// <summary>What can be said of a service's address before anything is sent there; null when nothing speaks against it.</summary>
    public static Problem? OfAddress(StorageService service, Uri address)
    {
        var labels = address.Host.Split('.');
        if (labels.Length > 3 && Services.Contains(labels[1], StringComparer.OrdinalIgnoreCase) && labels[1] != NameOf(service))
        {
            return new Problem(
                Where(service, address), $"This is the address of the {labels[1]} service.",
                $"The {NameOf(service)} service is at https://{labels[0]}.{NameOf(service)}.{string.Join('.', labels[2..])}: set {Settings(service)} to it.");
        }

        if (address.Scheme != Uri.UriSchemeHttps && !IsLocal(address))
        {
            return new Problem(Where(service, address), "The address is http, which sends everything in the clear, and which Azure refuses.", $"Set {Settings(service)} to https://{address.Authority}.");
        }

        return null;
    }

    /// <summary>What is wrong by the answer; null when it is well.</summary>
    public static Problem? Of(ServiceAnswer answer, StorageIdentity identity)
    {
        var (where, service) = (Where(answer.Service, answer.Address), NameOf(answer.Service));
        if (answer.Failure is { } failure) return OfFailure(answer, identity, failure);
        if (!answer.IsStorage)
        {
            return new Problem(where, $"What answers there with {answer.Status} is not the {service} service of a storage account.", $"Set {Settings(answer.Service)} to the account's address, and look for a proxy in between.");
        }

        return answer.Status is >= 200 and < 300 ? null : OfRefusal(answer, identity);
    }

    /// <summary>A clock that is off, by the times that services told; null when none is, or none told.</summary>
    public static Problem? OfClock(IEnumerable<ServiceAnswer> answers)
    {
        if (answers.Select(static a => a.Ahead).FirstOrDefault(static a => a is { } ahead && ahead.Duration() > MostSkew) is not { } skew) return null;
        var off = skew.Duration().ToString(skew.Duration() < TimeSpan.FromDays(1) ? @"h\:mm\:ss" : @"d\.hh\:mm\:ss", CultureInfo.InvariantCulture);
        return new Problem(
            "clock", $"The clock of this machine is {off} {(skew > TimeSpan.Zero ? "behind" : "ahead of")} that of storage.",
            "Set it by NTP: storage refuses what is signed more than 15 minutes off, and budgets' periods begin and end at the wrong time.");
    }

    private static Problem OfFailure(ServiceAnswer answer, StorageIdentity identity, Exception failure)
    {
        var (where, host) = (Where(answer.Service, answer.Address), answer.Address.Authority);
        if (Find<AuthenticationFailedException>(failure) is { } refused)
        {
            return new Problem(
                "identity", $"No token could be had with {identity}: {FirstLine(refused.Message)}",
                identity.Kind == StorageIdentityKind.Managed
                    ? $"See that this identity exists and is assigned to the app, and that {Connection}__clientId is the client id (not the object id) of a user-assigned one."
                    : $"Sign in ('az login') or set the environment variables of a service principal; in Azure set {Connection}__credential to managedidentity.");
        }

        if (Find<SocketException>(failure)?.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain
            || Find<HttpRequestException>(failure)?.HttpRequestError == HttpRequestError.NameResolutionError)
        {
            return new Problem(
                where, $"The name {answer.Address.Host} does not resolve: there is no such account, or no DNS here that knows it.",
                $"Check the account's name in {Settings(answer.Service)}; with a private endpoint, link its private DNS zone to the app's network.");
        }

        if (Find<SocketException>(failure)?.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return new Problem(
                where, $"Nothing listens at {host}.",
                IsLocal(answer.Address) ? $"Start Azurite ('costmon up' does), or set {Connection} to the account that is meant." : $"Check the address in {Settings(answer.Service)}.");
        }

        if (Find<AuthenticationException>(failure) is not null || Find<HttpRequestException>(failure)?.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            return new Problem(where, $"The TLS handshake with {host} failed.", "Look for a proxy that breaks TLS open, and for a clock that is far off.");
        }

        return failure is TimeoutException or OperationCanceledException
            ? new Problem(where, $"{host} did not answer in time.", "Check the account's network rules and private endpoints, the app's virtual network, and firewalls in between.")
            : new Problem(where, $"The connection to {host} failed.", "Check the address, the account's network rules and the app's virtual network.");
    }

    private static Problem OfRefusal(ServiceAnswer answer, StorageIdentity identity)
    {
        var (where, account) = (Where(answer.Service, answer.Address), AccountOf(answer.Address));
        var role = answer.Service == StorageService.Table ? TableRole : QueueRole;
        var code = answer.ErrorCode ?? "without an error code";
        return (answer.Status, answer.ErrorCode) switch
        {
            (_, "AuthorizationPermissionMismatch" or "InsufficientAccountPermissions") => new Problem(
                where, $"A role is missing for {identity}: {answer.Status} {code}.", $"Assign it the role {role} on the storage account {account}; a new assignment takes some minutes to hold."),
            (_, "KeyBasedAuthenticationNotPermitted") => new Problem(
                where, "The account takes no shared key: 403 KeyBasedAuthenticationNotPermitted.",
                $"Remove the connection string from {Connection} and set {Connection}__accountName to {account} (with {Connection}__credential=managedidentity and {Connection}__clientId in Azure); the identity needs the role {role}."),
            (403, "AuthenticationFailed") when answer.Ahead is { } ahead && ahead.Duration() > MostSkew => new Problem(
                where, "The signature was refused since the clock of this machine is off: 403 AuthenticationFailed.", "Set the clock by NTP."),
            (403, "AuthenticationFailed") => new Problem(
                where, $"The signature was refused: 403 AuthenticationFailed with {identity}.",
                identity.Kind == StorageIdentityKind.Key ? $"The key in {Connection} is not one of the account {account}: take the present one, or better use an identity." : "Check that the identity and the account are of one tenant, and this machine's clock."),
            (_, "InvalidAuthenticationInfo" or "NoAuthenticationInformation") => new Problem(
                where, $"The token was refused: {answer.Status} {code} with {identity}.", "Check that the identity and the account are of one tenant, and this machine's clock."),
            (403, "AuthorizationFailure" or "AuthorizationSourceIPMismatch" or "PublicAccessNotPermitted" or "NetworkAclsValidationFailure") => new Problem(
                where, $"The account's network rules do not let this machine in: 403 {code}.",
                $"Allow the app's virtual network or this machine's address on the storage account {account}, or use a private endpoint; if its network is open to all, the role {role} is missing."),
            (_, "AccountIsDisabled") => new Problem(where, $"The storage account {account} is disabled.", "Enable it, or pay its subscription."),
            (_, "AccountRequiresHttps") => new Problem(where, "The account takes https only.", $"Set {Settings(answer.Service)} to https."),
            (>= 500 or 408 or 429, _) => new Problem(where, $"The service is not well or busy: {answer.Status} {code}.", "Try again; if it stays, look at Azure's status page and the account's limits."),
            (>= 300 and < 400, _) => new Problem(where, $"A redirect came ({answer.Status}), which is not followed.", $"Set {Settings(answer.Service)} to the account's own address."),
            _ => new Problem(where, $"The request was refused: {answer.Status} {code}.", $"Check that {Settings(answer.Service)} is the address of the {NameOf(answer.Service)} service of {account}."),
        };
    }

    private static string NameOf(StorageService service) => service == StorageService.Table ? "table" : "queue";

    private static string Where(StorageService service, Uri address) => $"storage {NameOf(service)}s at {address.Authority}";

    private static string Settings(StorageService service) => $"{Connection}__{NameOf(service)}ServiceUri ({(service == StorageService.Table ? "TableEndpoint" : "QueueEndpoint")} in a connection string)";

    /// <summary>The emulator's name is the path, any other account's the first part of the host.</summary>
    private static string AccountOf(Uri address) => address.AbsolutePath.Trim('/') is { Length: > 0 } path ? path : address.Host.Split('.')[0];

    private static bool IsLocal(Uri address) => address.IsLoopback || !address.Host.Contains('.', StringComparison.Ordinal); // 'azurite', as containers call it

    private static string FirstLine(string text)
    {
        var line = new string([.. text.TakeWhile(static c => c is not ('\r' or '\n')).Where(static c => !char.IsControl(c)).Take(200)]).Trim();
        return line.EndsWith('.') ? line : line + ".";
    }

    private static T? Find<T>(Exception? e)
        where T : Exception
    {
        for (; e is not null; e = e is AggregateException { InnerExceptions: [.., var last] } ? last : e.InnerException)
        {
            if (e is T found) return found;
        }

        return null;
    }
}
