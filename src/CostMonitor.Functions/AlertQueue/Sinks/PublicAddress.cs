using System.Net;
using System.Net.Sockets;

namespace CostMonitor.Functions.AlertQueue.Sinks;

/// <summary>Tells addresses of the internet from those of somebody's network.</summary>
/// <remarks>IANA's special-purpose registries (RFC 6890): everything that is not globally reachable counts as private.</remarks>
internal static class PublicAddress
{
    private static readonly IPNetwork[] Private =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    public static bool Is(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return Is(address.MapToIPv4());
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            // Both carry an IPv4 address, to which such a packet goes in the end.
            if (SixToFour.Contains(address)) return Is(new IPAddress(address.GetAddressBytes().AsSpan(2, 4)));
            if (Nat64.Contains(address)) return Is(new IPAddress(address.GetAddressBytes().AsSpan(12, 4)));
            if (!Global.Contains(address)) return false;
        }

        return !Array.Exists(Private, network => network.Contains(address));
    }
}
