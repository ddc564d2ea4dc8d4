using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Hosting;

/// <summary>HTTPS by the program itself, over real sockets.</summary>
public sealed class TlsStories : IDisposable
{
    private const string Hsts = "max-age=31536000; includeSubDomains";

    private readonly TestCertificates _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("ann.pem", "ann.key", false)]
    [InlineData("ann.pem", "ann.locked", true)]
    [InlineData("ann.pfx", "", true)]
    [InlineData("one.pem", "", false)]
    public async Task Clients_that_trust_the_root_get_the_whole_chain(string certificate, string key, bool hasPassword)
    {
        _files.Write("ann");
        await File.WriteAllTextAsync(
            _files["one.pem"],
            await File.ReadAllTextAsync(_files["ann.key"]) + "\n" + await File.ReadAllTextAsync(_files["ann.pem"])
        );
        await File.WriteAllTextAsync(_files["password"], TestCertificates.Password + "\n");
        await using var app = await Start(o =>
            o with
            {
                TlsCertificate = _files[certificate],
                TlsKey = key.Length == 0 ? "" : _files[key],
                TlsPasswordFile = hasPassword ? _files["password"] : "",
            }
        );
        using var client = Trusting(app, new Version(2, 0));

        var answer = await client.GetAsync(new Uri("/health", UriKind.Relative));

        await OrdinautApp.Expect(answer, 200);
        Assert.Equal(new Version(2, 0), answer.Version);
        Assert.Equal([Hsts], answer.Headers.GetValues("Strict-Transport-Security"));
    }

    [Fact]
    public async Task A_renewed_certificate_is_taken_up_without_a_restart()
    {
        _files.Write("ann");
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var app = await Start(With("ann"), clock);
        Assert.Equal("CN=ann", await Shown(app));

        // Half a pair, as a renewal leaves it for a moment; then nothing at all; then the day before yesterday's.
        _files.Write("bob");
        File.Copy(_files["bob.pem"], _files["ann.pem"], overwrite: true);
        Assert.Equal("CN=ann", await Shown(app));
        clock.Advance(ServerCertificate.LookAgain);
        Assert.Equal("CN=ann", await Shown(app));
        File.Delete(_files["ann.pem"]);
        clock.Advance(ServerCertificate.LookAgain);
        Assert.Equal("CN=ann", await Shown(app));
        _files.Write("old", (clock.GetUtcNow().AddDays(-9), clock.GetUtcNow().AddDays(-2)));
        Take("old", "ann");
        clock.Advance(ServerCertificate.LookAgain);
        Assert.Equal("CN=ann", await Shown(app));

        Take("bob", "ann");
        Assert.Equal("CN=ann", await Shown(app));
        clock.Advance(ServerCertificate.LookAgain);
        Assert.Equal("CN=bob", await Shown(app));
    }

    [Fact]
    public async Task A_certificate_put_there_before_its_time_is_taken_up_when_that_comes()
    {
        _files.Write("ann");
        // The server lives two hours ago, so that its client, which lives today, takes the new one when it is shown.
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(-2));
        await using var app = await Start(o => With("ann")(o) with { LogLevel = LogLevel.Information }, clock);
        var heard = HeardLog.Of<ServerCertificate>(app);
        _files.Write("early", (clock.GetUtcNow().AddHours(1), clock.GetUtcNow().AddDays(9)));
        Take("early", "ann");
        for (var looks = 0; looks < 3; looks++)
        {
            clock.Advance(ServerCertificate.LookAgain);
            Assert.Equal("CN=ann", await Shown(app));
        }

        // However often it looks, it says so once.
        Assert.Contains("is valid only from", Assert.Single(heard.Take()), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("CN=early", await Shown(app));
        Assert.StartsWith("tls.renewed", Assert.Single(heard.Take()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, false)] // TLS 1.0
    [InlineData(2, false)] // TLS 1.1
    [InlineData(3, true)] // TLS 1.2: the same greeting is answered
    public async Task Nothing_older_than_tls_1_2_is_spoken(byte minor, bool isAnswered)
    {
        _files.Write("ann");
        await using var app = await Start(With("ann"));
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", Secure(app).Port);
        var stream = socket.GetStream();

        await stream.WriteAsync(Greeting(minor));
        var first = new byte[1];
        var read = await stream.ReadAsync(first);

        const byte handshake = 0x16;
        Assert.Equal(isAnswered, read == 1 && first[0] == handshake);
    }

    [Fact]
    public async Task Both_versions_are_spoken_and_the_newer_is_preferred()
    {
        _files.Write("ann");
        await using var app = await Start(With("ann"));

        foreach (var version in new[] { SslProtocols.Tls12, SslProtocols.Tls13 })
        {
            Assert.Equal(version, await Handshake(app, version, stream => stream.SslProtocol));
        }

        Assert.Equal(SslProtocols.Tls13, await Handshake(app, SslProtocols.None, stream => stream.SslProtocol));
    }

    [Fact]
    public async Task A_tool_says_nothing_to_a_server_whose_certificate_nobody_here_trusts()
    {
        _files.Write("ann");
        await using var app = await Start(o => With("ann")(o) with { EgressAllow = "127.0.0.1" });
        using var client = Trusting(app, new Version(1, 1));
        var admin = await app.AsAdmin();
        Task<TryToolResult> Ask(Uri server) =>
            admin.Post<TryToolResult>(
                "/tools/http.request/try",
                $$$"""{"input": {"method": "GET", "url": "{{{server}}}health"}}"""
            );

        // The server is there, for who trusts it, and without TLS for the tool as well.
        await OrdinautApp.Expect(await client.GetAsync(new Uri("/health", UriKind.Relative)), 200);
        Assert.Null((await Ask(app.Addresses[0])).Error);
        Assert.Equal("tls_failed", (await Ask(Secure(app))).Error?.Code);
    }

    [Fact]
    public async Task Browsers_are_tied_to_https_where_clients_come_by_it()
    {
        _files.Write("ann");
        await using var app = await Start(With("ann"));
        using var secure = Trusting(app, new Version(1, 1));

        Assert.Null(await HstsOf(app.Http, app.Addresses[0].Authority, ("X-Forwarded-Proto", "https")));
        Assert.Equal(Hsts, await HstsOf(secure, "ordinaut.example"));
        Assert.Null(await HstsOf(secure, "localhost:8443"));

        await using var behind = await OrdinautApp.Start(configure: o =>
            o with
            {
                Issuer = "https://ordinaut.example",
            }
        );
        Assert.Equal(Hsts, await HstsOf(behind.Http, "ordinaut.example"));
    }

    private static async Task<string?> HstsOf(HttpClient client, string host, params (string, string)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health");
        request.Headers.Host = host;
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        var answer = await client.SendAsync(request);
        return answer.Headers.TryGetValues("Strict-Transport-Security", out var values) ? values.Single() : null;
    }

    private static Task<OrdinautApp> Start(
        Func<OrdinautOptions, OrdinautOptions> configure,
        TimeProvider? clock = null
    ) =>
        OrdinautApp.Start(clock, configure: o => configure(o) with { Urls = "http://127.0.0.1:0;https://127.0.0.1:0" });

    private Func<OrdinautOptions, OrdinautOptions> With(string name) =>
        o => o with { TlsCertificate = _files[$"{name}.pem"], TlsKey = _files[$"{name}.key"] };

    private void Take(string from, string to)
    {
        File.Copy(_files[$"{from}.pem"], _files[$"{to}.pem"], overwrite: true);
        File.Copy(_files[$"{from}.key"], _files[$"{to}.key"], overwrite: true);
    }

    private static Uri Secure(OrdinautApp app) => app.Addresses.Single(address => address.Scheme == "https");

    private HttpClient Trusting(OrdinautApp app, Version version)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = Policy();
        return new HttpClient(handler)
        {
            BaseAddress = Secure(app),
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <summary>Trusts the root alone and fetches nothing: what lies between must come from the server.</summary>
    private X509ChainPolicy Policy() =>
        new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { _files.Root },
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };

    private Task<string> Shown(OrdinautApp app) =>
        Handshake(app, SslProtocols.None, stream => stream.RemoteCertificate!.Subject);

    private async Task<T> Handshake<T>(OrdinautApp app, SslProtocols versions, Func<SslStream, T> look)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", Secure(app).Port);
        await using var stream = new SslStream(socket.GetStream());
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = versions,
                CertificateChainPolicy = Policy(),
            }
        );
        return look(stream);
    }

    /// <summary>A ClientHello of TLS 1.<paramref name="minor"/> − 1 with suites that all versions have.</summary>
    private static byte[] Greeting(byte minor)
    {
        byte[] extensions =
        [
            .. (byte[])[0, 10, 0, 4, 0, 2, 0, 23], // group secp256r1
            .. (byte[])[0, 11, 0, 2, 1, 0], // points uncompressed
            .. (byte[])[0, 13, 0, 6, 0, 4, 4, 3, 2, 3], // signatures ecdsa with SHA-256 and SHA-1
        ];
        byte[] body =
        [
            3,
            minor,
            .. new byte[32], // random
            0, // no session
            0,
            4,
            0xC0,
            0x09,
            0xC0,
            0x2B, // ECDHE_ECDSA with AES_128_CBC_SHA, AES_128_GCM_SHA256
            1,
            0, // no compression
            0,
            (byte)extensions.Length,
            .. extensions,
        ];
        byte[] hello = [1, 0, 0, (byte)body.Length, .. body];
        return [0x16, 3, 1, 0, (byte)hello.Length, .. hello];
    }
}
