using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ordinaut.Hosting;

/// <summary>HTTPS by the server itself: its settings, what must be true of them together, and Kestrel's part.</summary>
internal static class TlsSettings
{
    /// <summary>A certificate that ends sooner is told of at the start; 14 days.</summary>
    private static readonly TimeSpan SoonOver = TimeSpan.FromDays(14);

    /// <summary>
    /// What the BCP recommends (RFC 9325 §4.2, RFC 8446 §B.4): forward secrecy and authenticated encryption alone.
    /// Windows leaves nobody the choice but its administrator.
    /// </summary>
    private static readonly CipherSuitesPolicy? Suites = OperatingSystem.IsWindows()
        ? null
        : new CipherSuitesPolicy([
            TlsCipherSuite.TLS_AES_256_GCM_SHA384,
            TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
            TlsCipherSuite.TLS_AES_128_GCM_SHA256,
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
            TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        ]);

    public static readonly IReadOnlyList<Setting> All =
    [
        Settings.File(
            "tls_certificate",
            "a PEM file with the certificate and those between it and its root, or a PFX file (.pfx, .p12)",
            o => o.TlsCertificate,
            (o, path) => o with { TlsCertificate = path }
        ),
        Settings.File(
            "tls_key",
            "a PEM file with the key of the certificate, if it is not in the same file",
            o => o.TlsKey,
            (o, path) => o with { TlsKey = path }
        ),
        Settings.File(
            "tls_password_file",
            "a file with the password of the key or of the PFX file, if it has one",
            o => o.TlsPasswordFile,
            (o, path) => o with { TlsPasswordFile = path }
        ),
    ];

    /// <summary>What is wrong although each value is readable.</summary>
    public static IEnumerable<string> Faults(OrdinautOptions options)
    {
        if (options.TlsCertificate.Length == 0)
        {
            if (Https(options).Any())
            {
                yield return "urls names an https URL, but there is no certificate for it; set tls_certificate.";
            }

            if (options.TlsKey.Length + options.TlsPasswordFile.Length > 0)
            {
                yield return "tls_key or tls_password_file is set, but no tls_certificate; set that as well.";
            }

            yield break;
        }

        if (!Https(options).Any())
        {
            yield return "tls_certificate is set, but urls names no https URL; add one, such as https://0.0.0.0:8443.";
        }
    }

    /// <summary>Opens the files, as a server does.</summary>
    /// <returns>What keeps it from starting, and what works and is still worth a look; null: nothing.</returns>
    public static (string? Error, string? Warning) Open(OrdinautOptions options)
    {
        if (options.TlsCertificate.Length == 0)
        {
            return (null, null);
        }

        try
        {
            var now = TimeProvider.System.GetUtcNow();
            var ends = FilesOf(options).Load(now).TargetCertificate.NotAfter.ToUniversalTime();
            return ends - now >= SoonOver
                ? (null, null)
                : (
                    null,
                    $"The certificate of tls_certificate ends at {ends:yyyy-MM-dd HH:mm} UTC; renew it, and the server "
                        + "takes it up without a restart."
                );
        }
        catch (Problem problem)
        {
            return (problem.Message, null);
        }
    }

    /// <summary>What works, and is still worth a look.</summary>
    public static IEnumerable<string> Warnings(OrdinautOptions options)
    {
        // Where the issuer is an https URL, a proxy in front has the certificate.
        var isBehindTls = options.Issuer.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        foreach (var url in Urls(options).Where(url => url.Scheme == Uri.UriSchemeHttp && !IsLoopback(url)))
        {
            if (!isBehindTls)
            {
                var address = url.GetLeftPart(UriPartial.Authority);
                yield return $"{address} is open to other machines without TLS: tokens and secrets pass readable. "
                    + "Listen on https with tls_certificate; or, behind a proxy with TLS, set issuer to the https URL "
                    + "that clients use.";
            }
        }
    }

    public static void Add(WebApplicationBuilder builder, OrdinautOptions options)
    {
        if (options.TlsCertificate.Length == 0)
        {
            return;
        }

        builder.Services.AddSingleton(provider => new ServerCertificate(
            FilesOf(options),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ServerCertificate>>()
        ));
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(UseCertificate);
    }

    private static void UseCertificate(KestrelServerOptions kestrel)
    {
        var certificate = kestrel.ApplicationServices.GetRequiredService<ServerCertificate>();
        kestrel.ConfigureHttpsDefaults(https =>
        {
            https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
            // Kestrel wants one of its own; a selector alone would show the leaf without the rest of its chain.
            https.ServerCertificateSelector = (_, _) => certificate.Current().TargetCertificate;
            https.OnAuthenticate = (_, handshake) =>
            {
                handshake.CipherSuitesPolicy = Suites;
                handshake.ServerCertificateSelectionCallback = null;
                handshake.ServerCertificateContext = certificate.Current();
            };
        });
    }

    private static CertificateFiles FilesOf(OrdinautOptions options) =>
        new(options.TlsCertificate, options.TlsKey, options.TlsPasswordFile);

    private static IEnumerable<Uri> Https(OrdinautOptions options) =>
        Urls(options).Where(url => url.Scheme == Uri.UriSchemeHttps);

    private static IEnumerable<Uri> Urls(OrdinautOptions options) =>
        options.Urls.Split(';', StringSplitOptions.TrimEntries).Select(url => new Uri(url));

    private static bool IsLoopback(Uri url) =>
        url.IsLoopback || (IPAddress.TryParse(url.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));
}
