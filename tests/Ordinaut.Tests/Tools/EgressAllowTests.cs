using System.Net;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Tools;

public sealed class EgressAllowTests
{
    [Theory]
    [InlineData("intranet", "intranet", "10.0.0.1", 8080)]
    [InlineData("intranet", "INTRANET.", "10.0.0.1", 80)]
    [InlineData("Intranet.Example.", "intranet.example", "10.0.0.1", 80)]
    [InlineData("bücher.example", "xn--bcher-kva.example", "10.0.0.1", 80)]
    [InlineData("intranet:8080", "intranet", "10.0.0.1", 8080)]
    [InlineData("10.0.0.1", "10.0.0.1", "10.0.0.1", 9999)]
    [InlineData("10.0.0.1", "a.name", "10.0.0.1", 9999)]
    [InlineData("10.0.0.1:9999", "10.0.0.1", "10.0.0.1", 9999)]
    [InlineData("fd00::1", "fd00::1", "fd00::1", 1)]
    [InlineData("[fd00::1]", "fd00::1", "fd00::1", 1)]
    [InlineData("[fd00::1]:81", "fd00::1", "fd00::1", 81)]
    [InlineData("10.0.0.0/8", "x", "10.255.0.1", 5432)]
    [InlineData("fd00::/8", "x", "fdff::1", 5432)]
    [InlineData(" , a , ,10.0.0.0/8,", "x", "10.255.0.1", 5432)]
    public void An_entry_permits(string list, string host, string address, int port) =>
        Assert.True(EgressAllow.Parse(list).Permits(host, IPAddress.Parse(address), port));

    [Theory]
    [InlineData(null, "a", "10.0.0.1", 80)]
    [InlineData("", "", "10.0.0.1", 80)]
    [InlineData("intranet", "sub.intranet", "10.0.0.1", 80)]
    [InlineData("intranet", "intranet.example", "10.0.0.1", 80)]
    [InlineData("intranet:8080", "intranet", "10.0.0.1", 80)]
    [InlineData("10.0.0.1:9999", "10.0.0.1", "10.0.0.1", 80)]
    [InlineData("10.0.0.1", "10.0.0.1", "10.0.0.2", 80)]
    [InlineData("10.0.0.0/8", "x", "11.0.0.0", 80)]
    [InlineData("0.0.0.0/0", "x", "::1", 80)]
    [InlineData("[fd00::1]:81", "fd00::1", "fd00::1", 82)]
    public void An_entry_does_not_permit(string? list, string host, string address, int port) =>
        Assert.False(EgressAllow.Parse(list).Permits(host, IPAddress.Parse(address), port));

    [Theory]
    [InlineData("*.example.com", "there are no wildcards")]
    [InlineData("*", "there are no wildcards")]
    [InlineData("http://example.com", "CIDR range")]
    [InlineData("example.com/path", "CIDR range")]
    [InlineData("example.com:0", "from 1 to 65535")]
    [InlineData("example.com:65536", "from 1 to 65535")]
    [InlineData("example.com:+1", "from 1 to 65535")]
    [InlineData("example.com:", "from 1 to 65535")]
    [InlineData(":80", "no wildcards")]
    [InlineData("[]:80", "no wildcards")]
    [InlineData("10.0.0.0/33", "CIDR range")]
    [InlineData("fe80::%1/64", "CIDR range")]
    [InlineData("10.1.2.3/8", "write 10.0.0.0/8")]
    [InlineData("127.1/8", "write 127.0.0.0/8")]
    [InlineData("127.0/16", "write 127.0.0.0/16")]
    [InlineData("127.1", "unusual spelling of the address 127.0.0.1")]
    [InlineData("2130706433", "unusual spelling of the address 127.0.0.1")]
    [InlineData("0x7f.0.0.1:80", "unusual spelling of the address 127.0.0.1")]
    [InlineData("fe80::1%2", "unusual spelling")]
    [InlineData("[fd00::1", "no wildcards")]
    [InlineData("[fd00::1]81", "no wildcards")]
    [InlineData("a b", "no wildcards")]
    public void A_wrong_entry_is_named(string entry, string says)
    {
        var problem = Assert.Throws<Problem>(() => EgressAllow.Parse("good.example, " + entry));

        var error = Assert.Single(problem.Errors);
        Assert.Equal("/ORDINAUT_EGRESS_ALLOW/1", error.Pointer);
        Assert.Contains($"'{entry}'", error.Detail, StringComparison.Ordinal);
        Assert.Contains(says, error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void All_wrong_entries_are_named_at_once() =>
        Assert.Equal(2, Assert.Throws<Problem>(() => EgressAllow.Parse("*, ok, 1/2/3")).Errors.Count);

    [Fact]
    public void The_list_holds_at_most_a_thousand_entries()
    {
        var full = string.Join(',', Enumerable.Range(0, EgressAllow.MaxEntries).Select(i => $"h{i}"));

        Assert.True(EgressAllow.Parse(full).Permits("h999", IPAddress.Loopback, 1));
        Assert.Throws<Problem>(() => EgressAllow.Parse(full + ",one-more"));
    }

    [Fact]
    public void The_empty_list_permits_nothing() =>
        Assert.False(EgressAllow.Nothing.Permits("localhost", IPAddress.Loopback, 80));
}
