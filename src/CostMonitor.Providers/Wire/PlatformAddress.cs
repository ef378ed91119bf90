using System.Net;

namespace CostMonitor.Providers.Wire;

/// <summary>Addresses at which a cloud's own services hand out tokens and settings to whoever asks from inside: no model is there.</summary>
internal static class PlatformAddress
{
    private static readonly IPNetwork LinkLocal = IPNetwork.Parse("169.254.0.0/16"); // the instance metadata service is 169.254.169.254
    private static readonly IPAddress Azure = IPAddress.Parse("168.63.129.16"); // https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16

    public static bool Is(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? Is(address.MapToIPv4()) : address.IsIPv6LinkLocal || LinkLocal.Contains(address) || address.Equals(Azure);

    /// <summary>What a host's name leads to.</summary>
    /// <exception cref="PlatformAddressException">One of them is such an address.</exception>
    public static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        return Array.Exists(addresses, Is) ? throw new PlatformAddressException(host) : addresses;
    }
}
