using Ordinaut.Hosting;

namespace Ordinaut.Tests.Hosting;

/// <summary>What <c>ordinaut config check</c> says of the files of TLS.</summary>
public sealed class TlsSettingsTests : IDisposable
{
    private static readonly Dictionary<string, string> Nothing = [];
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly TestCertificates _files = new();

    public TlsSettingsTests()
    {
        _files.Write("ann");
        _files.Write("bob");
        _files.Write("old", (Now.AddDays(-9), Now.AddDays(-2)));
        _files.Write("early", (Now.AddDays(2), Now.AddDays(9)));
        _files.Write("soon", (Now.AddDays(-9), Now.AddDays(9)));
        _files.Write("mail", usage: "1.3.6.1.5.5.7.3.4");
        _files.Write("weak", rsaBits: 1_024);
        _files.Write("strong", rsaBits: 2_048);
        File.WriteAllText(_files["password"], TestCertificates.Password);
        File.WriteAllText(_files["wrong"], "battery staple");
        File.WriteAllText(_files["text.pem"], "no certificate");
    }

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("ann.pem", "ann.key", "", "")]
    [InlineData("strong.pem", "strong.key", "", "")]
    [InlineData("ann.pem", "ann.locked", "password", "")]
    [InlineData("ann.pfx", "", "password", "")]
    [InlineData("nowhere.pem", "ann.key", "", "nowhere.pem' for TLS does not exist")]
    [InlineData("ann.pem", "nowhere.key", "", "nowhere.key' for TLS does not exist")]
    [InlineData("ann.pem", "ann.locked", "nowhere", "nowhere' for TLS does not exist")]
    [InlineData("text.pem", "ann.key", "", "holds no certificate in PEM")]
    [InlineData("ann.key", "ann.key", "", "holds no certificate in PEM")]
    [InlineData("ann.pem", "", "", "holds no key that can be read")]
    [InlineData(
        "ann.pem",
        "bob.key",
        "",
        "bob.key' for TLS holds no key that can be read and belongs to the certificate"
    )]
    [InlineData("ann.pem", "ann.locked", "", "tls_password_file if the key is encrypted")]
    [InlineData("ann.pem", "ann.locked", "wrong", "tls_password_file if the key is encrypted")]
    [InlineData("ann.pfx", "", "", "is no PFX file that opens")]
    [InlineData("ann.pfx", "", "wrong", "is no PFX file that opens")]
    [InlineData("old.pem", "old.key", "", "expired at")]
    [InlineData("early.pem", "early.key", "", "is valid only from")]
    [InlineData("mail.pem", "mail.key", "", "is not for servers")]
    [InlineData("weak.pem", "weak.key", "", "RSA key of 1024 bits")]
    public void A_file_is_opened_and_what_is_wrong_with_it_is_said(
        string certificate,
        string key,
        string password,
        string expected
    )
    {
        var check = Check(
            ("urls", "https://0.0.0.0:8443"),
            ("tls_certificate", _files[certificate]),
            ("tls_key", key.Length == 0 ? "" : _files[key]),
            ("tls_password_file", password.Length == 0 ? "" : _files[password])
        );

        Assert.Equal(expected.Length == 0 ? 0 : 1, check.Errors.Count);
        Assert.All(check.Errors, error => Assert.Contains(expected, error, StringComparison.Ordinal));
        Assert.All(check.Errors, error => Assert.DoesNotContain("battery", error, StringComparison.Ordinal));
        Assert.Empty(check.Warnings);
    }

    [Theory]
    [InlineData("https://0.0.0.0:8443", "", "", "set tls_certificate")]
    [InlineData("http://127.0.0.1:8080", "", "ann.key", "but no tls_certificate")]
    [InlineData("http://127.0.0.1:8080", "ann.pem", "ann.key", "urls names no https URL")]
    public void Certificate_and_addresses_belong_together(string urls, string certificate, string key, string expected)
    {
        var check = Check(
            ("urls", urls),
            ("tls_certificate", certificate.Length == 0 ? "" : _files[certificate]),
            ("tls_key", key.Length == 0 ? "" : _files[key])
        );

        Assert.Contains(expected, Assert.Single(check.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_ends_soon_is_a_warning()
    {
        var check = Check(
            ("urls", "https://0.0.0.0:8443"),
            ("tls_certificate", _files["soon.pem"]),
            ("tls_key", _files["soon.key"])
        );

        Assert.Empty(check.Errors);
        Assert.Contains("renew it", Assert.Single(check.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080;http://[::1]:8080;http://localhost:8081", "", 0)]
    [InlineData("http://127.0.0.2:8080", "", 0)]
    [InlineData("http://0.0.0.0:8080", "", 1)]
    [InlineData("http://[::]:8080;http://10.0.0.1:80", "", 2)]
    [InlineData("http://0.0.0.0:8080", "http://ordinaut.example", 1)]
    [InlineData("http://0.0.0.0:8080", "https://ordinaut.example", 0)]
    public void A_plain_address_that_others_reach_is_a_warning(string urls, string issuer, int warnings)
    {
        var check = Check(("urls", urls), ("issuer", issuer));

        Assert.Empty(check.Errors);
        Assert.Equal(warnings, check.Warnings.Count(text => text.Contains("without TLS", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_serves_nothing_works_without_the_files()
    {
        var check = Read(
            ("urls", "https://0.0.0.0:8443"),
            ("tls_certificate", _files["nowhere.pem"]),
            ("tls_key", _files["old.key"])
        );

        Assert.Empty(check.Errors);
        Assert.Empty(check.Warnings);
        Assert.Contains("does not exist", Assert.Single(check.WithFiles().Errors), StringComparison.Ordinal);
    }

    private static OptionsCheck Check(params (string Name, string Value)[] given) => Read(given).WithFiles();

    private static OptionsCheck Read(params (string Name, string Value)[] given) =>
        OptionsCheck.Read(Nothing, Nothing, given.ToDictionary(pair => pair.Name, pair => pair.Value));
}
