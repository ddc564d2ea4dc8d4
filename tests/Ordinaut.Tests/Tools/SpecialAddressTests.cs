using System.Net;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Tools;

public sealed class SpecialAddressTests
{
    public static TheoryData<string, string> Ranges { get; } =
    [.. SpecialAddresses.Rows.Select(r => (r.Range.ToString(), r.Name))];

    [Theory]
    [MemberData(nameof(Ranges))]
    public void The_first_and_the_last_address_of_a_range_are_special(string range, string name)
    {
        var network = IPNetwork.Parse(range);

        // A narrower row above may name the edge more exactly, as ::1 does within ::/96.
        Assert.Contains(SpecialAddresses.NameOf(network.BaseAddress), NamesAbove(network, name));
        Assert.Contains(SpecialAddresses.NameOf(Last(network)), NamesAbove(network, name));
    }

    [Theory]
    [InlineData("0.0.0.0", "a 'this network' address")]
    [InlineData("0.255.255.255", "a 'this network' address")]
    [InlineData("10.1.2.3", "a private address")]
    [InlineData("100.64.0.1", "a carrier-grade NAT address")]
    [InlineData("100.100.100.200", "a carrier-grade NAT address")]
    [InlineData("127.255.255.254", "a loopback address")]
    [InlineData("168.63.129.16", "a cloud platform address")]
    [InlineData("169.254.169.254", "a link-local address")]
    [InlineData("172.31.255.255", "a private address")]
    [InlineData("192.0.0.192", "a protocol assignment address")]
    [InlineData("192.0.2.1", "a documentation address")]
    [InlineData("192.31.196.1", "an AS112 address")]
    [InlineData("192.52.193.1", "an AMT relay address")]
    [InlineData("192.88.99.1", "a 6to4 relay address")]
    [InlineData("192.168.1.1", "a private address")]
    [InlineData("192.175.48.1", "an AS112 address")]
    [InlineData("198.19.255.255", "a benchmarking address")]
    [InlineData("198.51.100.7", "a documentation address")]
    [InlineData("203.0.113.7", "a documentation address")]
    [InlineData("239.255.255.255", "a multicast address")]
    [InlineData("240.0.0.1", "a reserved address")]
    [InlineData("255.255.255.255", "a reserved address")]
    [InlineData("::", "the unspecified address")]
    [InlineData("::1", "a loopback address")]
    [InlineData("::1%3", "a loopback address")]
    [InlineData("::127.0.0.1", "an IPv4-compatible address")]
    [InlineData("::ffff:127.0.0.1", "a loopback address")]
    [InlineData("::ffff:10.0.0.1", "a private address")]
    [InlineData("::ffff:0:10.0.0.1", "an IPv4-translated address")]
    [InlineData("64:ff9b::7f00:1", "a NAT64 address")]
    [InlineData("64:ff9b:1::1", "a NAT64 address")]
    [InlineData("100::1", "a discard-only address")]
    [InlineData("2001:0:7f00:1::", "a Teredo address")]
    [InlineData("2001:2::1", "a benchmarking address")]
    [InlineData("2001:20::1", "a protocol assignment address")]
    [InlineData("2001:db8::1", "a documentation address")]
    [InlineData("2002:7f00:1::", "a 6to4 address")]
    [InlineData("2620:4f:8000::1", "an AS112 address")]
    [InlineData("3fff:fff::1", "a documentation address")]
    [InlineData("5f00::1", "a segment routing address")]
    [InlineData("fd00:ec2::254", "a private (unique local) address")]
    [InlineData("fe80::1%2", "a link-local address")]
    [InlineData("fec0::1", "a site-local address")]
    [InlineData("ff02::1", "a multicast address")]
    [InlineData("1fff::1", "an unassigned address")]
    [InlineData("4000::1", "an unassigned address")]
    [InlineData("9000::1", "an unassigned address")]
    public void A_special_address_is_named(string address, string name) =>
        Assert.Equal(name, SpecialAddresses.NameOf(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.0.0.0")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.0")]
    [InlineData("168.63.129.15")]
    [InlineData("168.63.129.17")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.0")]
    [InlineData("192.0.3.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("203.0.112.255")]
    [InlineData("203.0.114.0")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2001:200::")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2001:db7:ffff::")]
    [InlineData("2001:db9::")]
    [InlineData("2003::1")]
    [InlineData("2606:4700::1111")]
    [InlineData("3ffe:ffff::")]
    [InlineData("3fff:1000::")]
    public void A_public_address_has_no_special_name(string address) =>
        Assert.Null(SpecialAddresses.NameOf(IPAddress.Parse(address)));

    private static List<string> NamesAbove(IPNetwork network, string name) =>
        [
            .. SpecialAddresses
                .Rows.Where(r => r.Range.PrefixLength > network.PrefixLength && network.Contains(r.Range.BaseAddress))
                .Select(r => r.Name),
            name,
        ];

    private static IPAddress Last(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        for (var bit = network.PrefixLength; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }
}
