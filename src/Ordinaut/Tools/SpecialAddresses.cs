using System.Net;
using System.Net.Sockets;

namespace Ordinaut.Tools;

/// <summary>
/// Which addresses are not the public internet. The rows are the IANA special-purpose registries for IPv4 and
/// IPv6 (RFC 6890 and its updates), the unassigned rest of IPv6 (only 2000::/3 is global unicast, RFC 4291
/// §2.4) and the one metadata address that lies in public space. The first row that holds the address names it.
/// </summary>
internal static class SpecialAddresses
{
    public static IReadOnlyList<(IPNetwork Range, string Name)> Rows { get; } =
    [
        Row("0.0.0.0/8", "a 'this network' address"),
        Row("10.0.0.0/8", "a private address"),
        Row("100.64.0.0/10", "a carrier-grade NAT address"),
        Row("127.0.0.0/8", "a loopback address"),
        Row("168.63.129.16/32", "a cloud platform address"),
        Row("169.254.0.0/16", "a link-local address"),
        Row("172.16.0.0/12", "a private address"),
        Row("192.0.0.0/24", "a protocol assignment address"),
        Row("192.0.2.0/24", "a documentation address"),
        Row("192.31.196.0/24", "an AS112 address"),
        Row("192.52.193.0/24", "an AMT relay address"),
        Row("192.88.99.0/24", "a 6to4 relay address"),
        Row("192.168.0.0/16", "a private address"),
        Row("192.175.48.0/24", "an AS112 address"),
        Row("198.18.0.0/15", "a benchmarking address"),
        Row("198.51.100.0/24", "a documentation address"),
        Row("203.0.113.0/24", "a documentation address"),
        Row("224.0.0.0/4", "a multicast address"),
        Row("240.0.0.0/4", "a reserved address"),
        Row("::/128", "the unspecified address"),
        Row("::1/128", "a loopback address"),
        Row("::/96", "an IPv4-compatible address"),
        Row("::ffff:0:0:0/96", "an IPv4-translated address"),
        Row("64:ff9b::/96", "a NAT64 address"),
        Row("64:ff9b:1::/48", "a NAT64 address"),
        Row("100::/64", "a discard-only address"),
        Row("2001::/32", "a Teredo address"),
        Row("2001:2::/48", "a benchmarking address"),
        Row("2001::/23", "a protocol assignment address"),
        Row("2001:db8::/32", "a documentation address"),
        Row("2002::/16", "a 6to4 address"),
        Row("2620:4f:8000::/48", "an AS112 address"),
        Row("3fff::/20", "a documentation address"),
        Row("5f00::/16", "a segment routing address"),
        Row("fc00::/7", "a private (unique local) address"),
        Row("fe80::/10", "a link-local address"),
        Row("fec0::/10", "a site-local address"),
        Row("ff00::/8", "a multicast address"),
        Row("::/3", "an unassigned address"),
        Row("4000::/2", "an unassigned address"),
        Row("8000::/1", "an unassigned address"),
    ];

    /// <summary>What an address that is not public is, for example "a loopback address"; else null.</summary>
    public static string? NameOf(IPAddress address)
    {
        var plain = Unwrap(address);
        foreach (var (range, name) in Rows)
        {
            if (range.Contains(plain))
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>
    /// An IPv4-mapped address (::ffff:a.b.c.d) as the IPv4 address that the kernel would connect to, and an IPv6
    /// one without its zone. 6to4, NAT64 and Teredo are not unwrapped: no public service needs them.
    /// </summary>
    public static IPAddress Unwrap(IPAddress address) =>
        address.AddressFamily != AddressFamily.InterNetworkV6 ? address
        : address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : new IPAddress(address.GetAddressBytes());

    private static (IPNetwork Range, string Name) Row(string range, string name) => (IPNetwork.Parse(range), name);
}
