namespace CostMonitor.Storage;

/// <summary>Where an account's services are. A path is part of the address on the emulator; none ends with a slash.</summary>
internal sealed record StorageEndpoints(Uri Table, Uri Queue)
{
    /// <summary>The address as text to which a path is appended.</summary>
    public static string Text(Uri endpoint) => endpoint.AbsoluteUri.TrimEnd('/');
}
