using System.Security.Authentication;
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
        handler.SslOptions.CertificateChainPolicy = _files.Policy();
        return new HttpClient(handler)
        {
            BaseAddress = Secure(app),
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    private Task<string> Shown(OrdinautApp app) =>
        _files.Handshake(Secure(app), SslProtocols.None, stream => stream.RemoteCertificate!.Subject);
}
