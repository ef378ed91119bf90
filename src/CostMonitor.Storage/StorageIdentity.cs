namespace CostMonitor.Storage;

/// <summary>What an account is reached with, in words that name an identity and never a key.</summary>
/// <param name="Kind">How the app proves who it is.</param>
/// <param name="ClientId">Of a user-assigned identity; null for none.</param>
public sealed record StorageIdentity(StorageIdentityKind Kind, string? ClientId)
{
    public override string ToString() => (Kind, ClientId) switch
    {
        (StorageIdentityKind.Key, _) => "the account key",
        (StorageIdentityKind.Managed, { } id) => $"the managed identity with client id {id}",
        (StorageIdentityKind.Managed, null) => "the app's system-assigned identity",
        _ => "the default credentials (environment, managed identity or a developer's sign-in)",
    };
}
