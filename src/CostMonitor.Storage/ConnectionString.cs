namespace CostMonitor.Storage;

/// <summary>Reads a storage connection string. Its messages name a part, never its value: one of them is the key.</summary>
internal static class ConnectionString
{
    // The emulator's public account, the same on every machine.
    private const string EmulatorAccount = "devstoreaccount1";
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly string[] Known =
    [
        "UseDevelopmentStorage", "DevelopmentStorageProxyUri", "DefaultEndpointsProtocol", "AccountName", "AccountKey",
        "EndpointSuffix", "TableEndpoint", "QueueEndpoint", "BlobEndpoint", "FileEndpoint", "TableSecondaryEndpoint",
        "QueueSecondaryEndpoint", "BlobSecondaryEndpoint", "FileSecondaryEndpoint",
    ];

    public static (StorageEndpoints Endpoints, SharedKey Key) Parse(string text)
    {
        var parts = Split(text);
        return parts.ContainsKey("UseDevelopmentStorage") ? Emulator(parts) : Account(parts);
    }

    private static Dictionary<string, string> Split(string text)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var segments = text.Split(';', StringSplitOptions.TrimEntries);
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i].Length == 0) continue;
            var equals = segments[i].IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new FormatException($"Part {i + 1} of the storage connection string is not 'Name=value'.");
            var name = segments[i][..equals].Trim();
            if (name.Equals("SharedAccessSignature", StringComparison.OrdinalIgnoreCase))
                throw new FormatException(
                    "The storage connection string has a SharedAccessSignature, which is not supported: use AccountKey, or a managed identity.");
            // An unknown name is not repeated: a key that lost its 'AccountKey=' has a '=' of its own.
            if (!Known.Contains(name, StringComparer.OrdinalIgnoreCase))
                throw new FormatException($"Part {i + 1} of the storage connection string has an unknown name; known are {string.Join(", ", Known)}.");
            if (!parts.TryAdd(name, segments[i][(equals + 1)..].Trim()))
                throw new FormatException($"The storage connection string has {name} twice.");
        }
        return parts;
    }

    private static (StorageEndpoints, SharedKey) Emulator(Dictionary<string, string> parts)
    {
        if (!parts["UseDevelopmentStorage"].Equals("true", StringComparison.OrdinalIgnoreCase))
            throw new FormatException("UseDevelopmentStorage in the storage connection string can only be 'true'.");
        var host = parts.ContainsKey("DevelopmentStorageProxyUri") ? Address(parts, "DevelopmentStorageProxyUri") : new Uri("http://127.0.0.1");
        Uri At(int port) => new($"{host.Scheme}://{host.Host}:{port}/{EmulatorAccount}");
        return (new StorageEndpoints(At(10002), At(10001)), new SharedKey(EmulatorAccount, Convert.FromBase64String(EmulatorKey)));
    }

    private static (StorageEndpoints, SharedKey) Account(Dictionary<string, string> parts)
    {
        var name = Required(parts, "AccountName");
        return (new StorageEndpoints(Endpoint(parts, "Table", name), Endpoint(parts, "Queue", name)), new SharedKey(name, Key(parts)));
    }

    private static Uri Endpoint(Dictionary<string, string> parts, string service, string account)
    {
        if (parts.ContainsKey(service + "Endpoint")) return Address(parts, service + "Endpoint");
        var protocol = parts.GetValueOrDefault("DefaultEndpointsProtocol", "https");
        if (protocol is not ("http" or "https"))
            throw new FormatException("DefaultEndpointsProtocol in the storage connection string must be 'https' or 'http'.");
        var suffix = parts.GetValueOrDefault("EndpointSuffix", "core.windows.net");
        return Uri.TryCreate($"{protocol}://{account}.{service.ToLowerInvariant()}.{suffix}", UriKind.Absolute, out var address)
            ? address
            : throw new FormatException("AccountName and EndpointSuffix in the storage connection string do not make a host name.");
    }

    private static Uri Address(Dictionary<string, string> parts, string name) =>
        Uri.TryCreate(parts[name], UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Query.Length == 0
            ? address
            : throw new FormatException($"{name} in the storage connection string is not an absolute http or https address without a query.");

    private static byte[] Key(Dictionary<string, string> parts)
    {
        var text = Required(parts, "AccountKey");
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text, key, out var length) && length > 0
            ? key[..length]
            : throw new FormatException("AccountKey in the storage connection string is not base64.");
    }

    private static string Required(Dictionary<string, string> parts, string name) =>
        parts.TryGetValue(name, out var value) && value.Length > 0
            ? value
            : throw new FormatException($"The storage connection string has no {name}.");
}
