using Azure.Core;
using Azure.Identity;

namespace CostMonitor.Storage;

/// <summary>An account reached with an identity instead of a key: the settings the Functions host reads for the same purpose.</summary>
internal static class IdentitySettings
{
    public static (StorageEndpoints Endpoints, TokenCredential Credential) Read(string connection, Func<string, string?> setting)
    {
        string? Get(string name) => setting($"{connection}__{name}") ?? setting($"{connection}:{name}"); // .NET configuration says ':'
        return (new StorageEndpoints(Endpoint(connection, "table", Get), Endpoint(connection, "queue", Get)), Credential(connection, Get));
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
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == "https"
            ? address
            : throw new InvalidOperationException($"{connection}__{name} is '{text}'; a token may only be sent to an absolute https address.");
    }

    private static TokenCredential Credential(string connection, Func<string, string?> get)
    {
        var clientId = get("clientId") is { Length: > 0 } id ? id : null;
        return get("credential") switch
        {
            { } kind when kind.Equals("managedidentity", StringComparison.OrdinalIgnoreCase) => new ManagedIdentityCredential(
                clientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId)),
            null or "" => new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = clientId }),
            var other => throw new InvalidOperationException(
                $"{connection}__credential is '{other}'; it must be 'managedidentity', or absent for the default credentials."),
        };
    }
}
