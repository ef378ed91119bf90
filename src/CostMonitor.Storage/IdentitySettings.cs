using Azure.Core;
using Azure.Identity;

namespace CostMonitor.Storage;

/// <summary>An account reached with an identity instead of a key: the settings the Functions host reads for the same purpose.</summary>
internal static class IdentitySettings
{
    public static (StorageEndpoints Endpoints, TokenCredential Credential, StorageIdentity Identity) Read(string connection, Func<string, string?> setting)
    {
        string? Get(string name) => setting($"{connection}__{name}") ?? setting($"{connection}:{name}"); // .NET configuration says ':'
        var clientId = Get("clientId") is { Length: > 0 } id ? id : null;
        var isManaged = IsManaged(connection, Get("credential"));
        TokenCredential credential = isManaged
            ? new ManagedIdentityCredential(clientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId))
            : new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = clientId });
        var identity = new StorageIdentity(isManaged ? StorageIdentityKind.Managed : StorageIdentityKind.Default, clientId);
        return (new StorageEndpoints(Endpoint(connection, "table", Get), Endpoint(connection, "queue", Get)), credential, identity);
    }

    private static Uri Endpoint(string connection, string service, Func<string, string?> get)
    {
        var name = $"{service}ServiceUri";
        var text = get(name);
        if (string.IsNullOrWhiteSpace(text) && get("accountName") is { Length: > 0 } account)
            text = $"https://{account}.{service}.core.windows.net";
        if (string.IsNullOrWhiteSpace(text))
            throw new InvalidOperationException(
                $"No storage account: set {connection} to a connection string, or {connection}__accountName, or {connection}__{name}.");
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "https", Query: "", UserInfo: "" }
            ? address
            : throw new InvalidOperationException($"{connection}__{name} is {Shown(text)}; a token may only be sent to an absolute https address without a query.");
    }

    private static bool IsManaged(string connection, string? kind) => kind switch
    {
        null or "" => false,
        _ when kind.Equals("managedidentity", StringComparison.OrdinalIgnoreCase) => true,
        _ => throw new InvalidOperationException($"{connection}__credential is '{kind}'; it must be 'managedidentity', or absent for the default credentials."),
    };

    /// <summary>An address that can hold no secret is shown; anything else may be a connection string or a signed address in the wrong place.</summary>
    private static string Shown(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Query: "", UserInfo: "", Scheme: "http" or "https" } ? $"'{text}'" : "no address that may be shown";
}
