using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using CsCheck;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Tools;

public sealed class EgressTests
{
    // An address of a special IPv4 range in the spellings that inet_aton and RFC 4291 allow.
    private static readonly Gen<string> SpecialUrl =
        from row in Gen.Int[0, 18]
        from bits in Gen.UInt
        from style in Gen.Int[0, 6]
        let range = SpecialAddresses.Rows[row].Range
        let host = bits & (uint)(0xFFFF_FFFFul >> range.PrefixLength)
        let address = BinaryPrimitives.ReadUInt32BigEndian(range.BaseAddress.GetAddressBytes()) | host
        select $"http://{Spell(address, style)}/";

    private static readonly EgressRequest Get = new(HttpMethod.Get, new Uri("http://public.example/path"));

    [Fact]
    public async Task A_public_host_is_reached_at_the_address_that_was_checked()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200, "X-One: 1\r\nX-One: 2\r\n", "hello"));
        var network = FakeNetwork.To(server, "93.184.216.34");
        using var egress = network.Guarded();

        var answer = await Answered(egress, Get);

        Assert.Equal(200, answer.Status);
        Assert.Equal("hello"u8.ToArray(), answer.Body);
        Assert.Equal("1, 2", answer.Header("x-one"));
        Assert.Null(answer.Header("x-two"));
        Assert.Equal(new IPEndPoint(IPAddress.Parse("93.184.216.34"), 80), Assert.Single(network.Dialled));
        Assert.Equal("public.example", Assert.Single(network.Resolved));
        Assert.Equal("/path", server.Only.Target);
        Assert.Equal(Egress.UserAgent, server.Only.Headers["User-Agent"]);
        Assert.Matches(@"^Ordinaut/\d+\.\d+\.\d+$", Egress.UserAgent);
    }

    [Fact]
    public async Task Without_an_entry_loopback_is_refused_and_with_one_it_is_reached_over_real_sockets()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(204));
        using var closed = new Egress(
            EgressAllow.Nothing,
            EgressNetwork.Real,
            TimeProvider.System,
            NullLogger<Egress>.Instance
        );
        using var open = new Egress(
            EgressAllow.Parse($"localhost:{server.Port}"),
            EgressNetwork.Real,
            TimeProvider.System,
            NullLogger<Egress>.Instance
        );
        var request = Get with { Url = new Uri($"http://localhost:{server.Port}/") };

        Assert.Equal("egress_refused", (await Failed(closed, request)).Code);
        Assert.Equal(0, server.Connections);
        Assert.Equal(204, (await Answered(open, request)).Status);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_refusal_says_what_the_address_is_and_what_the_operator_can_do()
    {
        var network = new FakeNetwork(_ => [IPAddress.Parse("10.1.2.3")], _ => throw new InvalidOperationException());
        using var egress = network.Guarded();

        var literal = await Failed(egress, Get with { Url = new Uri("http://169.254.169.254/") });
        var named = await Failed(egress, Get);

        Assert.Equal(
            "169.254.169.254 is a link-local address; the operator can allow hosts with ORDINAUT_EGRESS_ALLOW.",
            literal.Message
        );
        Assert.False(literal.Retryable);
        Assert.Equal("egress_refused", named.Code);
        Assert.StartsWith(
            "The host 'public.example' resolves to a private address;",
            named.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(network.Dialled);
    }

    [Fact]
    public async Task The_operator_reads_the_address_that_the_agent_does_not()
    {
        var log = new RecordedLog<Egress>();
        var network = new FakeNetwork(_ => [IPAddress.Parse("10.1.2.3")], _ => throw new InvalidOperationException());
        using var egress = new Egress(EgressAllow.Nothing, network.Wire, TimeProvider.System, log);

        var failure = await Failed(egress, Get);

        var (level, name, text, _) = Assert.Single(log.Entries);
        Assert.Equal((LogLevel.Warning, "egress.refused"), (level, name));
        Assert.Equal("A connection to public.example port 80 at 10.1.2.3 was refused", text);
        Assert.DoesNotContain("10.1.2.3", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_spelling_of_a_special_address_is_dialled() =>
        SpecialUrl.Sample(
            url =>
            {
                var network = new FakeNetwork(_ => throw new InvalidOperationException(url), _ => null!);
                using var egress = network.Guarded();
                var result = egress.Send(Get with { Url = new Uri(url) }, default).GetAwaiter().GetResult();
                Assert.Equal("egress_refused", Assert.IsType<EgressResult.Failed>(result).Reason.Code);
                Assert.Empty(network.Dialled);
            },
            iter: 500
        );

    [Theory]
    [InlineData("https://public.example/", "", true)]
    [InlineData("http://public.example:443/", "", true)]
    [InlineData("http://public.example:81/", "", false)]
    [InlineData("http://public.example:22/", "", false)]
    [InlineData("http://public.example:81/", "public.example", true)]
    [InlineData("http://public.example:81/", "public.example:81", true)]
    [InlineData("http://public.example:82/", "public.example:81", false)]
    [InlineData("http://public.example:80/", "public.example:81", true)]
    [InlineData("http://other.example:81/", "public.example:81", false)]
    [InlineData("http://other.example:81/", "93.184.0.0/16", true)]
    public async Task Ports_80_and_443_are_open_and_others_only_by_an_entry(string url, string allow, bool dials)
    {
        // Nobody answers at all: only whether it dials matters.
        var dead = new Func<IPEndPoint, FakeServer>(_ => throw new SocketException((int)SocketError.HostUnreachable));
        var network = new FakeNetwork(_ => [IPAddress.Parse("93.184.216.34")], dead);
        using var egress = network.Guarded(allow);

        var failure = await Failed(egress, Get with { Url = new Uri(url) });

        Assert.Equal(dials ? "connect_failed" : "egress_refused", failure.Code);
        Assert.Equal(dials ? 1 : 0, network.Dialled.Count);
    }

    [Fact]
    public async Task A_name_that_changes_between_two_connections_is_checked_each_time_and_looked_up_once_each()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200, "Connection: close\r\n", "x"));
        var answers = new Queue<string>(["93.184.216.34", "169.254.169.254"]);
        var network = new FakeNetwork(_ => [IPAddress.Parse(answers.Dequeue())], _ => server);
        using var egress = network.Guarded();

        var first = await egress.Send(Get, TestContext.Current.CancellationToken);
        var second = await Failed(egress, Get);

        Assert.IsType<EgressResult.Answered>(first);
        Assert.Equal("egress_refused", second.Code);
        Assert.Equal(2, network.Resolved.Count);
        Assert.Single(network.Dialled);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_connection_serves_one_request()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200, "", "x"));
        var network = FakeNetwork.To(server, "10.0.0.1");
        using var egress = network.Guarded("allowed.example");
        var allowed = Get with { Url = new Uri("http://allowed.example/") };
        var refused = Get with { Url = new Uri("http://refused.example/"), Headers = [new("Host", "allowed.example")] };

        await Answered(egress, allowed);
        await Answered(egress, allowed);
        var failure = await Failed(egress, refused);

        Assert.Equal("egress_refused", failure.Code);
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(2, server.Connections);
        Assert.Equal(3, network.Resolved.Count);
        Assert.All(server.Requests, request => Assert.Equal("close", request.Headers["Connection"]));
    }

    [Fact]
    public async Task A_server_that_closes_after_each_answer_without_saying_so_gets_every_post()
    {
        await using var server = new FakeServer("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok");
        using var egress = FakeNetwork.To(server, "93.184.216.34").Guarded();
        var post = Get with { Method = HttpMethod.Post, Body = "x"u8.ToArray() };

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(200, (await Answered(egress, post)).Status);
        }

        Assert.Equal(20, server.Requests.Count);
    }

    [Fact]
    public async Task One_bad_address_among_good_ones_refuses_the_name()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));
        var network = FakeNetwork.To(server, "93.184.216.34", "2606:4700::1111", "127.0.0.1");
        using var egress = network.Guarded();

        Assert.Equal("egress_refused", (await Failed(egress, Get)).Code);
        Assert.Empty(network.Dialled);
    }

    [Theory]
    [InlineData("ftp://public.example/")]
    [InlineData("http://user@public.example/")]
    [InlineData("http://[fe80::1%25eth0]/")]
    public async Task A_url_that_did_not_pass_the_reader_is_checked_again(string url)
    {
        using var egress = new Egress(
            EgressAllow.Parse("0.0.0.0/0,::/0"),
            EgressNetwork.Real,
            TimeProvider.System,
            NullLogger<Egress>.Instance
        );

        Assert.Equal("url_invalid", (await Failed(egress, Get with { Url = new Uri(url) })).Code);
    }

    private static string Spell(uint a, int style) =>
        style switch
        {
            1 => $"{a}",
            2 => $"0x{a:x8}",
            3 => "0" + Convert.ToString(a, 8),
            4 => $"0x{a >> 24:x}.{a & 0xFFFFFF}",
            5 => $"0{Convert.ToString(a >> 24, 8)}.{(a >> 16) & 0xFF}.{a & 0xFFFF}",
            6 => $"[::ffff:{a >> 16:x}:{a & 0xFFFF:x}]",
            _ => $"{a >> 24}.{(a >> 16) & 0xFF}.{(a >> 8) & 0xFF}.{a & 0xFF}",
        };

    private static async Task<EgressResult.Answered> Answered(Egress egress, EgressRequest request) =>
        Assert.IsType<EgressResult.Answered>(await egress.Send(request, TestContext.Current.CancellationToken));

    private static async Task<ToolResult.Failed> Failed(Egress egress, EgressRequest request) =>
        Assert.IsType<EgressResult.Failed>(await egress.Send(request, TestContext.Current.CancellationToken)).Reason;
}
