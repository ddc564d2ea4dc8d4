using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Tools;

/// <summary>How the guard gets from a checked name to a connection, and when it gives up.</summary>
public sealed class EgressConnectTests
{
    private static readonly EgressRequest Get = new(HttpMethod.Get, new Uri("http://public.example/path"));

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
        Assert.Equal(EgressDialer.MaxAddressesTried, beyond.Dialled.Count);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_connect_failed()
    {
        int port;
        await using (var server = new FakeServer(""))
        {
            port = server.Port;
        }

        using var egress = new Egress(
            EgressAllow.Parse("127.0.0.0/8"),
            EgressNetwork.Real,
            TimeProvider.System,
            NullLogger<Egress>.Instance
        );

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
        using var egress = new Egress(EgressAllow.Nothing, network, clock, NullLogger<Egress>.Instance);

        var pending = Failed(egress, Get);
        await dialling.Task;
        clock.Advance(EgressDialer.ConnectTimeout - TimeSpan.FromMilliseconds(1));
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
        using var egress = new Egress(EgressAllow.Nothing, network, TimeProvider.System, NullLogger<Egress>.Instance);
        using var cancel = new CancellationTokenSource();

        var pending = egress.Send(Get, cancel.Token);
        await dialling.Task;
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
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
