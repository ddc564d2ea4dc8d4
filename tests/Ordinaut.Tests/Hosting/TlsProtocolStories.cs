using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Authentication;

namespace Ordinaut.Tests.Hosting;

/// <summary>What the server speaks on its https addresses, over real sockets.</summary>
public sealed class TlsProtocolStories : IDisposable
{
    private readonly TestCertificates _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(1, false)] // TLS 1.0
    [InlineData(2, false)] // TLS 1.1
    [InlineData(3, true)] // TLS 1.2: the same greeting is answered
    public async Task Nothing_older_than_tls_1_2_is_spoken(byte minor, bool isAnswered)
    {
        await using var app = await Start();
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", app.Addresses[0].Port);
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
        await using var app = await Start();

        foreach (var version in new[] { SslProtocols.Tls12, SslProtocols.Tls13 })
        {
            Assert.Equal(version, await _files.Handshake(app.Addresses[0], version, stream => stream.SslProtocol));
        }

        Assert.Equal(
            SslProtocols.Tls13,
            await _files.Handshake(app.Addresses[0], SslProtocols.None, stream => stream.SslProtocol)
        );
    }

    [Theory]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, true)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, true)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, false)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, false)]
    [UnsupportedOSPlatform("windows")]
    public async Task Suites_without_authenticated_encryption_are_refused(TlsCipherSuite suite, bool isSpoken)
    {
        await using var app = await Start();
        Task<TlsCipherSuite> Shake() =>
            _files.Handshake(
                app.Addresses[0],
                SslProtocols.Tls12,
                stream => stream.NegotiatedCipherSuite,
                new CipherSuitesPolicy([suite])
            );

        if (isSpoken)
        {
            Assert.Equal(suite, await Shake());
        }
        else
        {
            await Assert.ThrowsAnyAsync<AuthenticationException>(Shake);
        }
    }

    private Task<OrdinautApp> Start()
    {
        _files.Write("ann");
        return OrdinautApp.Start(configure: o =>
            o with
            {
                Urls = "https://127.0.0.1:0",
                TlsCertificate = _files["ann.pem"],
                TlsKey = _files["ann.key"],
            }
        );
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
