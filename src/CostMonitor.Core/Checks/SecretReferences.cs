namespace CostMonitor.Core.Checks;

/// <summary>Settings that stand for a secret in a Key Vault. The platform puts the secret in their place; where it cannot, the app gets the reference itself.</summary>
public static class SecretReferences
{
    private const string Beginning = "@Microsoft.KeyVault(";

    /// <summary>Whether a setting's value is a reference that was left as it is.</summary>
    public static bool IsUnresolved(string? value) => value?.TrimStart().StartsWith(Beginning, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The settings without those that are not resolved: a reference is no key, and is sent to nobody as one.</summary>
    public static Func<string, string?> Without(Func<string, string?> setting) => name => setting(name) is { } value && !IsUnresolved(value) ? value : null;

    /// <summary>A problem for each setting whose reference was not resolved, by name and without the reference.</summary>
    /// <param name="names">The settings to look at.</param>
    /// <param name="setting">Gives their values.</param>
    public static IReadOnlyList<Problem> Problems(IEnumerable<string> names, Func<string, string?> setting) =>
        [.. names.Where(name => IsUnresolved(setting(name))).Order(StringComparer.Ordinal).Select(static name => new Problem(
            $"setting {name}",
            "Its Key Vault reference was not resolved, so the secret is missing.",
            "See that the vault and the secret exist and are enabled, that the app's identity has the role Key Vault Secrets User on the vault, that keyVaultReferenceIdentity of the app names that identity, "
            + "and that the vault's network lets the app in; then restart the app."))];
}
