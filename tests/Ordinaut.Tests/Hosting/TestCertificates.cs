using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ordinaut.Tests.Hosting;

/// <summary>A root of our own, an authority under it, and certificates for servers under that; in files.</summary>
internal sealed class TestCertificates : IDisposable
{
    public const string Password = "correct horse";

    private static readonly DateTimeOffset Begin = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly X509Certificate2 _authority;

    public TestCertificates()
    {
        Folder = Directory.CreateTempSubdirectory("ordinaut-test-").FullName;
        Root = Authority("root", null);
        _authority = Authority("authority", Root);
    }

    public string Folder { get; }

    public X509Certificate2 Root { get; }

    public string this[string name] => Path.Combine(Folder, name);

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        Root.Dispose();
        _authority.Dispose();
    }

    /// <summary>
    /// Writes <c>name.pem</c>, the chain after it, <c>name.key</c>, <c>name.locked</c> and <c>name.pfx</c>.
    /// </summary>
    /// <param name="only">The one name that it is for; null: those of this machine.</param>
    public string Write(
        string name,
        (DateTimeOffset From, DateTimeOffset Until)? valid = null,
        string usage = "1.3.6.1.5.5.7.3.1",
        int rsaBits = 0,
        string? only = null
    )
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = rsaBits > 0 ? RSA.Create(rsaBits) : null;
        var request = rsa is null
            ? new CertificateRequest($"CN={name}", curve, HashAlgorithmName.SHA256)
            : new CertificateRequest($"CN={name}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        if (only is null)
        {
            names.AddIpAddress(IPAddress.Loopback);
            names.AddDnsName("localhost");
        }

        names.AddDnsName(only ?? "ordinaut.example");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        var (from, until) = valid ?? (Begin.AddDays(2), End.AddDays(-2));
        using var bare = Sign(request, _authority, from, until);
        using var certificate = rsa is null ? bare.CopyWithPrivateKey(curve) : bare.CopyWithPrivateKey(rsa);
        AsymmetricAlgorithm key = rsa is null ? curve : rsa;
        var lockedBy = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1_000);
        File.WriteAllText(
            this[$"{name}.pem"],
            $"{certificate.ExportCertificatePem()}\n{_authority.ExportCertificatePem()}\n"
        );
        File.WriteAllText(this[$"{name}.key"], key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(this[$"{name}.locked"], key.ExportEncryptedPkcs8PrivateKeyPem(Password, lockedBy));
        var both = new X509Certificate2Collection
        {
            certificate,
            X509CertificateLoader.LoadCertificate(_authority.RawData),
        };
        File.WriteAllBytes(this[$"{name}.pfx"], both.Export(X509ContentType.Pfx, Password)!);
        return name;
    }

    private static X509Certificate2 Authority(string name, X509Certificate2? issuer)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        return issuer is null
            ? request.CreateSelfSigned(Begin, End)
            : Sign(request, issuer, Begin.AddDays(1), End.AddDays(-1)).CopyWithPrivateKey(key);
    }

    private static X509Certificate2 Sign(
        CertificateRequest request,
        X509Certificate2 issuer,
        DateTimeOffset from,
        DateTimeOffset until
    )
    {
        using var key = issuer.GetECDsaPrivateKey()!;
        var signer = X509SignatureGenerator.CreateForECDsa(key);
        return request.Create(issuer.SubjectName, signer, from, until, RandomNumberGenerator.GetBytes(8));
    }

    /// <summary>
    /// As a client that trusts the root alone and fetches nothing: what lies between must come from the server.
    /// </summary>
    public X509ChainPolicy Policy() =>
        new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { Root },
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };

    /// <summary>Begins to speak with a server.</summary>
    public async Task<T> Handshake<T>(
        Uri server,
        SslProtocols versions,
        Func<SslStream, T> look,
        CipherSuitesPolicy? suites = null
    )
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Host, server.Port);
        await using var stream = new SslStream(socket.GetStream());
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = versions,
                CipherSuitesPolicy = suites,
                CertificateChainPolicy = Policy(),
            }
        );
        return look(stream);
    }
}
