using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ordinaut.Hosting;

/// <summary>
/// What the server shows clients of its https addresses. Its files are looked at again by the first handshake after
/// some seconds, so a renewed certificate is taken up without a restart; while the new files do not go together, or not
/// yet, the one before stays.
/// </summary>
internal sealed partial class ServerCertificate
{
    /// <summary>How old what is known of the files may be; 5 s.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private readonly CertificateFiles _files;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _turn = new();
    private long _lookedAt;
    private string _seen;
    private string? _told;
    private volatile SslStreamCertificateContext _current;

    /// <exception cref="Problem">The files do not make a certificate for today.</exception>
    public ServerCertificate(CertificateFiles files, TimeProvider clock, ILogger log)
    {
        _files = files;
        _clock = clock;
        _log = log;
        _lookedAt = clock.GetTimestamp();
        _seen = files.Print();
        _current = files.Load(clock.GetUtcNow());
    }

    /// <summary>Until when clients take it.</summary>
    public DateTimeOffset EndsAt => _current.TargetCertificate.NotAfter.ToUniversalTime();

    /// <summary>For one handshake.</summary>
    public SslStreamCertificateContext Current()
    {
        // Whoever finds another looking goes on with what there is.
        if (_clock.GetElapsedTime(Volatile.Read(ref _lookedAt)) >= LookAgain && _turn.TryEnter())
        {
            try
            {
                Look();
            }
            finally
            {
                _turn.Exit();
            }
        }

        return _current;
    }

    private void Look()
    {
        Volatile.Write(ref _lookedAt, _clock.GetTimestamp());
        try
        {
            var print = _files.Print();
            if (print == _seen)
            {
                _told = null;
                return;
            }

            // Only then are they seen: what is not valid yet will be, with the same files.
            _current = _files.Load(_clock.GetUtcNow());
            _seen = print;
            _told = null;
            Log.Renewed(_log, _current.TargetCertificate.NotAfter.ToUniversalTime());
        }
        catch (Problem problem)
        {
            if (_told != problem.Message)
            {
                _told = problem.Message;
                Log.Kept(_log, problem.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "tls.renewed: the certificate now in use ends at {NotAfter:O}")]
        public static partial void Renewed(ILogger log, DateTime notAfter);

        [LoggerMessage(2, LogLevel.Warning, "tls.kept the certificate it has: {Reason}")]
        public static partial void Kept(ILogger log, string reason);
    }
}

/// <param name="Certificate">PEM with the certificate first and what leads to its root after it, or PFX.</param>
/// <param name="Key">PEM of its key; empty: in the same file.</param>
/// <param name="Password">The file of the password of the key or of the PFX; empty: there is none.</param>
internal sealed record CertificateFiles(string Certificate, string Key, string Password)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const int LeastRsaBits = 2_048;

    private bool IsPfx => Path.GetExtension(Certificate).ToLowerInvariant() is ".pfx" or ".p12";

    /// <summary>The same as long as the files are; by content, for links and mounted secrets keep old times.</summary>
    public string Print()
    {
        string[] files = [Certificate, Key, Password];
        return string.Concat(files.Where(file => file.Length > 0).Select(file => Sha256.Hex(Bytes(file))));
    }

    /// <exception cref="Problem">Says which file is wrong, how, and what it must be.</exception>
    public SslStreamCertificateContext Load(DateTimeOffset now)
    {
        var chain = new X509Certificate2Collection();
        var leaf = IsPfx ? FromPfx(chain) : FromPem(chain);
        Require(leaf, now);
        // Offline: the server fetches nothing for it, neither missing links of the chain nor revocation lists.
        return SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }

    /// <summary>The password as it stands in its file, without the line's end.</summary>
    private string? PasswordText() => Password.Length == 0 ? null : Text(Password).TrimEnd('\r', '\n');

    private X509Certificate2 FromPem(X509Certificate2Collection chain)
    {
        var pem = Text(Certificate);
        try
        {
            chain.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            chain.Clear();
        }

        if (chain.Count == 0)
        {
            throw Wrong(Certificate, "holds no certificate in PEM; a PFX file must be named .pfx or .p12");
        }

        chain.RemoveAt(0);
        var keyFile = Key.Length > 0 ? Key : Certificate;
        var key = Key.Length > 0 ? Text(Key) : pem;
        try
        {
            using var leaf = PasswordText() is { } password
                ? X509Certificate2.CreateFromEncryptedPem(pem, key, password)
                : X509Certificate2.CreateFromPem(pem, key);
            return Usable(leaf);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw Wrong(
                keyFile,
                "holds no key that can be read and belongs to the certificate; check that both are of the same "
                    + "request, and tls_password_file if the key is encrypted"
            );
        }
    }

    private X509Certificate2 FromPfx(X509Certificate2Collection chain)
    {
        try
        {
            chain.AddRange(X509CertificateLoader.LoadPkcs12Collection(Bytes(Certificate), PasswordText()));
        }
        catch (CryptographicException)
        {
            throw Wrong(Certificate, "is no PFX file that opens with the password of tls_password_file");
        }

        var leaf = chain.FirstOrDefault(certificate => certificate.HasPrivateKey);
        chain.Remove(leaf ?? throw Wrong(Certificate, "holds no certificate with its key"));
        return leaf;
    }

    /// <summary>A key that was read beside its certificate is not one that Windows can show clients.</summary>
    private static X509Certificate2 Usable(X509Certificate2 leaf) =>
        X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pfx), null);

    private void Require(X509Certificate2 leaf, DateTimeOffset now)
    {
        if (now >= leaf.NotAfter)
        {
            throw Wrong(Certificate, $"expired at {leaf.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC; renew it");
        }

        if (now < leaf.NotBefore)
        {
            throw Wrong(Certificate, $"is valid only from {leaf.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} UTC on");
        }

        var usages = leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().ToList();
        if (usages.Any(usage => usage.EnhancedKeyUsages[ServerAuthentication] is null))
        {
            throw Wrong(Certificate, "is not for servers: its extended key usage lacks serverAuth");
        }

        using var rsa = leaf.GetRSAPublicKey();
        if (rsa?.KeySize < LeastRsaBits)
        {
            throw Wrong(Certificate, $"has an RSA key of {rsa.KeySize} bits; it must have {LeastRsaBits} or more");
        }
    }

    private static string Text(string file) => System.Text.Encoding.UTF8.GetString(Bytes(file));

    private static byte[] Bytes(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Wrong(file, File.Exists(file) ? "cannot be read" : "does not exist");
        }
    }

    private static Problem Wrong(string file, string why) =>
        new(ProblemKind.Unavailable, $"The file '{file}' for TLS {why}.");
}
