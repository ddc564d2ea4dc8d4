using System.Net;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Tools;

/// <summary>The client for libraries that bring their own requests: the guard is the same.</summary>
public sealed class EgressHandlerTests
{
    private const int MaxBytes = 10;

    [Fact]
    public async Task A_public_host_is_reached_at_the_address_that_was_checked_and_each_time_anew()
    {
        await using var server = new FakeServer(_ =>
            FakeServer.Answer(200, "X-One: 1\r\nContent-Language: ro\r\n", "hello")
        );
        var network = FakeNetwork.To(server, "93.184.216.34");
        using var egress = network.Guarded();
        using var client = egress.Client(MaxBytes);

        var answer = await client.GetAsync("http://public.example/path");
        await client.GetAsync("http://public.example/path");

        Assert.Equal("hello", await answer.Content.ReadAsStringAsync());
        Assert.Equal(["ro"], answer.Content.Headers.ContentLanguage);
        Assert.Equal(2, network.Dialled.Count);
        Assert.All(server.Requests, request => Assert.Equal(Egress.UserAgent, request.Headers["User-Agent"]));
    }

    [Theory]
    [InlineData("http://10.0.0.1/", "egress_refused")]
    [InlineData("http://169.254.169.254/latest", "egress_refused")]
    [InlineData("http://internal.example/", "egress_refused")]
    [InlineData("http://me:pw@public.example/", null)]
    [InlineData("ftp://public.example/", null)]
    public async Task What_may_not_be_reached_is_not_connected_to(string url, string? reason)
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));
        var network = FakeNetwork.To(server, "10.0.0.1");
        using var egress = network.Guarded();
        using var client = egress.Client(MaxBytes);

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(url));

        Assert.Equal(reason, Egress.ReasonOf(failure)?.Code);
        Assert.Empty(network.Dialled);
    }

    [Fact]
    public async Task A_redirect_is_an_answer()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(302, "Location: http://10.0.0.1/\r\n"));
        using var egress = FakeNetwork.To(server, "93.184.216.34").Guarded();
        using var client = egress.Client(MaxBytes);

        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync("http://public.example/")).StatusCode);
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData(MaxBytes, true)]
    [InlineData(MaxBytes + 1, false)]
    public async Task An_answer_may_be_as_long_as_the_limit_and_not_one_byte_more(int length, bool fits)
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200, "", new string('x', length)));
        using var egress = FakeNetwork.To(server, "93.184.216.34").Guarded();
        using var client = egress.Client(MaxBytes);

        var failure = await Record.ExceptionAsync(() => client.GetStringAsync("http://public.example/"));

        Assert.Equal(fits, failure is null);
    }
}
