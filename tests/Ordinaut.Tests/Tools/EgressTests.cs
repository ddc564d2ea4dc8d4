using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Tools;

public sealed class EgressTests
{
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
        using var closed = new Egress(EgressAllow.Nothing, EgressNetwork.Real, TimeProvider.System);
        using var open = new Egress(
            EgressAllow.Parse($"localhost:{server.Port}"),
            EgressNetwork.Real,
            TimeProvider.System
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
    public async Task A_pooled_connection_serves_its_own_host_only()
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
        Assert.Equal(1, server.Connections);
        Assert.Equal(2, network.Resolved.Count);
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

    [Fact]
    public async Task The_next_address_is_tried_when_one_does_not_answer_and_at_most_eight()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200, "Connection: close\r\n"));
        var alive = IPAddress.Parse("93.184.216.8");
        IPAddress[] eight = [.. Enumerable.Range(1, 8).Select(i => IPAddress.Parse($"93.184.216.{i}"))];
        IPAddress[] nine = [IPAddress.Parse("93.184.216.9"), .. eight];
        var dead = new Func<IPEndPoint, FakeServer>(t =>
            t.Address.Equals(alive) ? server : throw new SocketException((int)SocketError.ConnectionRefused)
        );
        var within = new FakeNetwork(_ => eight, dead);
        var beyond = new FakeNetwork(_ => nine, dead);
        using var reaches = within.Guarded();
        using var givesUp = beyond.Guarded();

        Assert.Equal(200, (await Answered(reaches, Get)).Status);
        Assert.Equal(8, within.Dialled.Count);
        var failure = await Failed(givesUp, Get);
        Assert.Equal("connect_failed", failure.Code);
        Assert.True(failure.Retryable);
        Assert.Equal(Egress.MaxAddressesTried, beyond.Dialled.Count);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_connect_failed()
    {
        int port;
        await using (var server = new FakeServer(""))
        {
            port = server.Port;
        }

        using var egress = new Egress(EgressAllow.Parse("127.0.0.0/8"), EgressNetwork.Real, TimeProvider.System);

        Assert.Equal(
            "connect_failed",
            (await Failed(egress, Get with { Url = new Uri($"http://127.0.0.1:{port}/") })).Code
        );
    }

    [Fact]
    public async Task A_name_without_address_or_resolver_is_dns_failed_and_retryable()
    {
        using var unknown = new FakeNetwork(
            _ => throw new SocketException((int)SocketError.HostNotFound),
            _ => null!
        ).Guarded();
        using var empty = new FakeNetwork(_ => [], _ => null!).Guarded();

        foreach (var egress in new[] { unknown, empty })
        {
            var failure = await Failed(egress, Get);
            Assert.Equal("dns_failed", failure.Code);
            Assert.True(failure.Retryable);
            Assert.Contains("public.example", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Connecting_ends_after_ten_seconds()
    {
        var clock = new FakeTimeProvider();
        var dialling = new TaskCompletionSource();
        var network = new EgressNetwork(
            (_, _) => Task.FromResult(new[] { IPAddress.Parse("93.184.216.34") }),
            async (_, ct) =>
            {
                dialling.SetResult();
                await Task.Delay(Timeout.Infinite, ct);
                throw new InvalidOperationException();
            }
        );
        using var egress = new Egress(EgressAllow.Nothing, network, clock);

        var pending = Failed(egress, Get);
        await dialling.Task;
        clock.Advance(Egress.ConnectTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(pending.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));

        var failure = await pending;
        Assert.Equal("connect_failed", failure.Code);
        Assert.Contains("within 10 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_callers_cancellation_is_an_exception()
    {
        var dialling = new TaskCompletionSource();
        var network = new EgressNetwork(
            (_, _) => Task.FromResult(new[] { IPAddress.Parse("93.184.216.34") }),
            async (_, ct) =>
            {
                dialling.SetResult();
                await Task.Delay(Timeout.Infinite, ct);
                throw new InvalidOperationException();
            }
        );
        using var egress = new Egress(EgressAllow.Nothing, network, TimeProvider.System);
        using var cancel = new CancellationTokenSource();

        var pending = egress.Send(Get, cancel.Token);
        await dialling.Task;
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
    }

    [Theory]
    [InlineData("ftp://public.example/")]
    [InlineData("http://user@public.example/")]
    [InlineData("http://[fe80::1%25eth0]/")]
    public async Task A_url_that_did_not_pass_the_reader_is_checked_again(string url)
    {
        using var egress = new Egress(EgressAllow.Parse("0.0.0.0/0,::/0"), EgressNetwork.Real, TimeProvider.System);

        Assert.Equal("url_invalid", (await Failed(egress, Get with { Url = new Uri(url) })).Code);
    }

    [Fact]
    public async Task A_proxy_of_the_environment_is_not_used()
    {
        await using var proxy = new FakeServer(_ => FakeServer.Answer(200));
        await using var server = new FakeServer(_ => FakeServer.Answer(204));
        var usual = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy($"http://127.0.0.1:{proxy.Port}");
        try
        {
            using var egress = FakeNetwork.To(server, "93.184.216.34").Guarded();

            Assert.Equal(204, (await Answered(egress, Get)).Status);
            Assert.Equal(0, proxy.Connections);
        }
        finally
        {
            HttpClient.DefaultProxy = usual;
        }
    }

    private static async Task<EgressResult.Answered> Answered(Egress egress, EgressRequest request) =>
        Assert.IsType<EgressResult.Answered>(await egress.Send(request, TestContext.Current.CancellationToken));

    private static async Task<ToolResult.Failed> Failed(Egress egress, EgressRequest request) =>
        Assert.IsType<EgressResult.Failed>(await egress.Send(request, TestContext.Current.CancellationToken)).Reason;
}
