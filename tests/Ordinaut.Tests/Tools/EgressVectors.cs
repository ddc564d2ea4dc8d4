namespace Ordinaut.Tests.Tools;

/// <summary>Addresses that try to talk a tool into the operator's network, and names that some of them use.</summary>
internal static class EgressVectors
{
    /// <summary>The one public address: where a redirect starts.</summary>
    public const string Start = "93.184.216.34";

    public static readonly Dictionary<string, string[]> Names = new()
    {
        ["localhost"] = ["::1", "127.0.0.1"],
        ["metadata.google.internal"] = ["169.254.169.254"],
        ["mixed-v4.example"] = [Start, "10.0.0.1"],
        ["mixed-last.example"] = [Start, Start, Start, Start, Start, Start, Start, Start, Start, "127.0.0.1"],
        ["mixed-v6.example"] = [Start, "::1"],
        ["mixed-mapped.example"] = ["2606:4700::1111", "::ffff:10.0.0.1"],
        ["v6-only.example"] = ["fd00::1"],
        ["linklocal.example"] = ["fe80::1%2"],
        ["start.example"] = [Start],
    };

    private static readonly string[] Hosts =
    [
        // Loopback and "this host", plainly and in every spelling an inet_aton would take.
        .. Each(
            "127.0.0.1",
            "127.0.0.2",
            "127.1.2.3",
            "127.255.255.254",
            "127.1",
            "127.0.1",
            "0",
            "0.0.0.0",
            "0.0.0.1"
        ),
        .. Each("2130706433", "017700000001", "0x7f000001", "0x7F000001", "0x7f.1", "0x7f.0x0.0x0.0x1", "0177.0.0.1"),
        .. Each(
            "0177.0.0.01",
            "00000177.0.0.1",
            "127.0.0.0x1",
            "0x7f.0.0.1",
            "127.0.0.01",
            "0x7f.0.1",
            "0177.1",
            "127.0x1"
        ),
        .. Each(
            "0x0",
            "00",
            "0x00000000",
            "000000000000",
            "0.0",
            "0x7fffffff",
            "2147483647",
            "127.65535",
            "127.0.65535"
        ),
        // Private, shared, link-local, metadata.
        .. Each("10.0.0.1", "10.255.255.255", "012.0.0.1", "0xa.0.0.1", "167772161", "0x0a000001", "10.1", "012.1"),
        .. Each("172.16.0.1", "172.31.255.255", "2886729729", "0xac100001", "0254.16.0.1", "172.16.1"),
        .. Each("192.168.0.1", "192.168.255.255", "3232235521", "0xc0a80001", "0300.0250.0.1", "192.168.1"),
        .. Each("100.64.0.1", "100.127.255.255", "100.100.100.200", "1681915905"),
        .. Each("169.254.169.254", "169.254.170.2", "169.254.0.1", "2852039166", "0xa9fea9fe", "025177524776"),
        .. Each("0251.0376.0251.0376", "0xa9.0xfe.0xa9.0xfe", "169.254.43518", "169.16689662", "168.63.129.16"),
        // Other ranges nobody serves the public from.
        .. Each(
            "192.0.0.192",
            "192.0.2.1",
            "192.31.196.1",
            "192.52.193.1",
            "192.88.99.1",
            "192.175.48.1",
            "198.18.0.1"
        ),
        .. Each("198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1"),
        .. Each("255.255.255.255", "4294967295", "0xffffffff"),
        // IPv6: plain, mapped, compatible, translated, and IPv4 carried inside 6to4, NAT64 and Teredo.
        .. Each(
            "[::1]",
            "[::]",
            "[0:0:0:0:0:0:0:1]",
            "[0000:0000:0000:0000:0000:0000:0000:0001]",
            "[::0:1]",
            "[::0.0.0.1]"
        ),
        .. Each("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:0001]", "[::FFFF:127.0.0.1]"),
        .. Each("[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[::ffff:0.0.0.0]"),
        .. Each("[::ffff:192.168.1.1]", "[::127.0.0.1]", "[::7f00:1]", "[::10.0.0.1]", "[::ffff:0:127.0.0.1]"),
        .. Each("[2002:7f00:1::]", "[2002:7f00:0001::1]", "[2002:a00:1::]", "[2002:a9fe:a9fe::]", "[2002:c0a8:101::]"),
        .. Each("[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::a00:1]"),
        .. Each(
            "[2001:0:7f00:1::]",
            "[2001::1]",
            "[2001:0:0:0:0:0:80ff:fffe]",
            "[2001:2::1]",
            "[2001:10::1]",
            "[2001:db8::1]"
        ),
        .. Each("[fc00::1]", "[fd00::1]", "[fd00:ec2::254]", "[fd12:3456:789a::1]", "[fe80::1]", "[fe80::a9fe:a9fe]"),
        .. Each(
            "[febf::1]",
            "[fec0::1]",
            "[feff::1]",
            "[ff01::1]",
            "[ff02::1]",
            "[ff05::1:3]",
            "[100::1]",
            "[5f00::1]"
        ),
        .. Each("[3fff::1]", "[4000::1]", "[8000::1]", "[1::1]", "[2620:4f:8000::1]"),
        .. Each("[fe80::1%25eth0]", "[fe80::1%252]", "[::1%251]", "[::1%25lo]", "[fe80::1%eth0]"),
        // Names: aliases of this machine, wildcard DNS, trailing dots, other digits and dots, long and odd labels.
        .. Each(
            "localhost",
            "LOCALHOST",
            "LocalHost",
            "localhost.",
            "localhost.localdomain",
            "localhost4",
            "ip6-localhost"
        ),
        .. Each("ip6-loopback", "foo.localhost", "localtest.me", "127.0.0.1.nip.io", "a.127-0-0-1.sslip.io", "lvh.me"),
        .. Each("127.0.0.1.", "127.1.", "2130706433.", "0x7f.1.", "169.254.169.254.", "0."),
        .. Each(
            "１２７.０.０.１",
            "127。0。0。1",
            "127．0．0．1",
            "127｡0｡0｡1",
            "①②⑦.⓪.⓪.①",
            "𝟏𝟐𝟕.𝟎.𝟎.𝟏",
            "ｌｏｃａｌｈｏｓｔ",
            "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ"
        ),
        .. Each(
            "loc\u00adalhost",
            "localhost\u200b",
            "xn--8g7ccp.xn--7g7c.xn--7g7c.xn--8g7c",
            "bücher.example",
            "127.0.0.1。"
        ),
        .. Each("256.256.256.256", "127.0.0.256", "4294967296", "0x17f000001", "127.0.0.1.5", "%31%32%37.0.0.1"),
        .. Each("metadata.google.internal", "mixed-v4.example", "mixed-last.example", "mixed-v6.example"),
        .. Each(
            "mixed-mapped.example",
            "v6-only.example",
            "linklocal.example",
            "internal",
            "db",
            "redis.svc.cluster.local"
        ),
    ];

    private static readonly string[] Urls =
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "http://127.0.0.1:443/",
        "http://127.0.0.1:80/",
        "HTTP://127.0.0.1/",
        "http://public.example@127.0.0.1/",
        "http://public.example:80@127.0.0.1/",
        "http://127.0.0.1@public.example/",
        "http://public.example%40127.0.0.1/",
        "http://public.example\\@127.0.0.1/",
        "http://127.0.0.1\\@public.example/",
        "http:\\\\127.0.0.1\\",
        "http:127.0.0.1/",
        "http:/127.0.0.1/",
        "http:///127.0.0.1/",
        "http:////127.0.0.1/",
        "//127.0.0.1/",
        "/etc/passwd",
        "127.0.0.1",
        "http://127.0.0.1#@public.example/",
        "http://127.0.0.1?@public.example/",
        "http://127.0.0.1;public.example/",
        "http://public.example#\r\nHost: 127.0.0.1",
        "http://127.0.0.1/\r\nX-Injected: 1",
        "http://127.0.0.1/%0d%0aX-Injected:%201",
        "http://127.0.0.1\t/",
        " http://127.0.0.1/",
        "http://127.0.0.1 /",
        "http://127.0.0.1%00.public.example/",
        "http://127.0.0.1%2f.public.example/",
        "http://127.0.0.1\u0000.public.example/",
        "http://[::1",
        "http://::1/",
        "http://[::1]]/",
        "http://[127.0.0.1]/",
        "http://",
        "http://:80/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:65536/",
        "http://127.0.0.1:-1/",
        "http://127.0.0.1:22/",
        "http://93.184.216.34:22/",
        "http://93.184.216.34:6379/",
        "http://start.example:25/",
        "gopher://127.0.0.1:6379/_SET%20a%20b",
        "file:///etc/passwd",
        "file://127.0.0.1/etc/passwd",
        "ftp://127.0.0.1/",
        "ftps://127.0.0.1/",
        "ldap://127.0.0.1/",
        "dict://127.0.0.1:11211/stat",
        "tftp://127.0.0.1/",
        "sftp://127.0.0.1/",
        "ws://127.0.0.1/",
        "wss://127.0.0.1/",
        "jar:http://127.0.0.1!/",
        "netdoc:///etc/passwd",
        "unix:///var/run/docker.sock",
        "data:text/plain,hi",
        "javascript:alert(1)",
        "blob:http://127.0.0.1/",
        "url:http://127.0.0.1/",
        "view-source:http://127.0.0.1/",
        "mailto:a@127.0.0.1",
        "about:blank",
        "\\\\127.0.0.1\\share",
    ];

    public static readonly string[] All = [.. Hosts.Select(h => $"http://{h}/"), .. Urls];

    private static string[] Each(params string[] hosts) => hosts;
}
