using System.IO.Compression;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Tools;

/// <summary>What comes back through the guard: sizes, broken answers, fields.</summary>
public sealed class EgressAnswerTests
{
    private static readonly EgressRequest Get = new(HttpMethod.Get, new Uri("http://public.example/path"));

    [Theory]
    [InlineData(4096, 4096, true)]
    [InlineData(4096, 4095, false)]
    [InlineData(Egress.DefaultMaxResponseBytes, Egress.DefaultMaxResponseBytes, true)]
    [InlineData(Egress.DefaultMaxResponseBytes + 1, Egress.DefaultMaxResponseBytes, false)]
    [InlineData(ToolInvoker.MaxOutputBytes, ToolInvoker.MaxOutputBytes, true)]
    [InlineData(ToolInvoker.MaxOutputBytes + 1, ToolInvoker.MaxOutputBytes, false)]
    public async Task A_body_may_have_the_limit_and_not_one_byte_more(int size, int limit, bool fits)
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200, "", new byte[size]));
        using var egress = FakeNetwork.To(server, "93.184.216.34").Guarded();

        var result = await egress.Send(Get with { MaxResponseBytes = limit }, TestContext.Current.CancellationToken);

        if (fits)
        {
            Assert.Equal(size, Assert.IsType<EgressResult.Answered>(result).Body.Length);
        }
        else
        {
            Assert.Equal("response_too_large", Assert.IsType<EgressResult.Failed>(result).Reason.Code);
        }
    }

    [Theory]
    [InlineData(40_000, true)]
    [InlineData(39_999, false)]
    public async Task A_body_that_is_heard_as_it_comes_is_not_kept_and_has_its_limit_too(int limit, bool fits)
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200, "", new byte[40_000]));
        using var egress = FakeNetwork.To(server, "93.184.216.34").Guarded();
        var heard = 0;
        var request = Get with { MaxResponseBytes = limit, Heard = bytes => heard += bytes.Length };

        var result = await egress.Send(request, TestContext.Current.CancellationToken);

        Assert.Equal(40_000, heard);
        Assert.Equal(fits, result is EgressResult.Answered { Body.Length: 0 });
        Assert.Equal(!fits, result is EgressResult.Failed { Reason.Code: "response_too_large" });
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_compressed_body_counts_unpacked_so_a_bomb_stops_at_the_limit(string encoding)
    {
        const int Unpacked = 64 * 1024 * 1024;
        var bomb = Compress(encoding, Unpacked);
        Assert.True(bomb.Length < Unpacked / 500, "this would not be a bomb");
        await using var server = new FakeServer(_ => FakeServer.Answer(200, $"Content-Encoding: {encoding}\r\n", bomb));
        using var egress = FakeNetwork.To(server, "93.184.216.34").Guarded();

        Assert.Equal("response_too_large", (await Failed(egress, Get)).Code);
    }

    [Fact]
    public async Task A_compressed_body_within_the_limit_is_unpacked()
    {
        var body = Compress("gzip", 1000);
        await using var server = new FakeServer(_ => FakeServer.Answer(200, "Content-Encoding: gzip\r\n", body));
        using var egress = FakeNetwork.To(server, "93.184.216.34").Guarded();

        Assert.Equal(1000, (await Answered(egress, Get)).Body.Length);
    }

    public static TheoryData<string, string> BrokenAnswers { get; } =
        new()
        {
            { "not HTTP at all\r\n\r\n", "response_broken" },
            { "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nabc", "response_broken" },
            { "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "response_broken" },
            { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "response_broken" },
            {
                $"HTTP/1.1 200 OK\r\nX: {new string('x', (Egress.MaxResponseHeadersKib * 1024) + 1)}\r\n\r\n",
                "headers_too_large"
            },
        };

    [Theory]
    [MemberData(nameof(BrokenAnswers))]
    public async Task A_broken_answer_is_a_failure(string answer, string code)
    {
        await using var server = new FakeServer(answer);
        using var egress = FakeNetwork.To(server, "93.184.216.34").Guarded();

        Assert.Equal(code, (await Failed(egress, Get)).Code);
    }

    [Fact]
    public async Task Headers_within_the_limit_arrive()
    {
        var value = new string('x', (Egress.MaxResponseHeadersKib * 1024) - 100);
        await using var server = new FakeServer(_ => FakeServer.Answer(200, $"X: {value}\r\n"));
        using var egress = FakeNetwork.To(server, "93.184.216.34").Guarded();

        Assert.Equal(value, (await Answered(egress, Get)).Header("x"));
    }

    [Fact]
    public async Task A_server_without_tls_is_tls_failed()
    {
        await using var server = new FakeServer("");
        using var egress = FakeNetwork.To(server, "93.184.216.34").Guarded();

        Assert.Equal("tls_failed", (await Failed(egress, Get with { Url = new Uri("https://public.example/") })).Code);
    }

    [Fact]
    public async Task Fields_go_out_as_given_and_those_of_the_body_only_with_one()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));
        using var egress = FakeNetwork.To(server, "93.184.216.34").Guarded();
        KeyValuePair<string, string>[] headers =
        [
            new("Content-Type", "text/plain"),
            new("x-a", "1"),
            new("X-A", "2"),
            new("user-agent", "Mine/1"),
        ];

        await Answered(egress, Get with { Headers = headers });
        await Answered(egress, Get with { Headers = headers, Method = HttpMethod.Post, Body = "hi"u8.ToArray() });

        var (bare, full) = (server.Requests.First(), server.Requests.Last());
        Assert.False(bare.Headers.ContainsKey("Content-Type"));
        Assert.Equal("text/plain", full.Headers["Content-Type"]);
        Assert.Equal("hi", full.Text);
        Assert.Equal("Mine/1", full.Headers["User-Agent"]);
        Assert.Equal("1, 2", full.Headers["x-a"]);
    }

    [Fact]
    public async Task No_cookie_is_kept_and_no_redirect_followed()
    {
        await using var server = new FakeServer(_ =>
            FakeServer.Answer(302, "Set-Cookie: a=b\r\nLocation: http://127.0.0.1/\r\n")
        );
        using var egress = FakeNetwork.To(server, "93.184.216.34").Guarded();

        Assert.Equal(302, (await Answered(egress, Get)).Status);
        Assert.Equal(302, (await Answered(egress, Get)).Status);

        Assert.Equal(2, server.Requests.Count);
        Assert.All(server.Requests, r => Assert.False(r.Headers.ContainsKey("Cookie")));
    }

    private static byte[] Compress(string encoding, int size)
    {
        using var packed = new MemoryStream();
        using (
            Stream stream = encoding switch
            {
                "gzip" => new GZipStream(packed, CompressionLevel.Optimal),
                "br" => new BrotliStream(packed, CompressionLevel.Optimal),
                _ => new ZLibStream(packed, CompressionLevel.Optimal),
            }
        )
        {
            stream.Write(new byte[size]);
        }

        return packed.ToArray();
    }

    private static async Task<EgressResult.Answered> Answered(Egress egress, EgressRequest request) =>
        Assert.IsType<EgressResult.Answered>(await egress.Send(request, TestContext.Current.CancellationToken));

    private static async Task<ToolResult.Failed> Failed(Egress egress, EgressRequest request) =>
        Assert.IsType<EgressResult.Failed>(await egress.Send(request, TestContext.Current.CancellationToken)).Reason;
}
