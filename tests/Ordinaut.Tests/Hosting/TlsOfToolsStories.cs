using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Faults;
using Ordinaut.Tests.Hostile;

namespace Ordinaut.Tests.Hosting;

/// <summary>
/// What tools say over HTTPS, and to whom: a server in a process of its own, as the roots that a process trusts are
/// read once.
/// </summary>
public sealed class TlsOfToolsStories : IDisposable
{
    private readonly TestCertificates _files = new();
    private readonly string _data = OrdinautApp.NewFolder();

    public void Dispose()
    {
        _files.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task A_certificate_that_is_trusted_must_be_for_the_host_too()
    {
        await File.WriteAllTextAsync(_files["root.pem"], _files.Root.ExportCertificatePem());
        await using var node = new NodeProcess(
            new NodeSetup(_data)
            {
                Variables = new Dictionary<string, string>
                {
                    ["SSL_CERT_FILE"] = _files["root.pem"],
                    ["ORDINAUT_EGRESS_ALLOW"] = "127.0.0.1",
                },
            }
        );
        await node.Start();
        var secret = await File.ReadAllTextAsync(Path.Combine(_data, "admin.json"));
        using var admin = await Party.SignIn(node.Address!, Json.Read<AgentCredentials>(secret));
        Assert.Null(await Ask(admin, _files.Write("ann")));
        Assert.Equal("tls_failed", await Ask(admin, _files.Write("bob", only: "bob.example")));
    }

    /// <summary>Why a tool did not speak to a server with this certificate; null: it did.</summary>
    private async Task<string?> Ask(Party admin, string name)
    {
        await using var server = await OrdinautApp.Start(configure: o =>
            o with
            {
                Urls = "https://127.0.0.1:0",
                TlsCertificate = _files[$"{name}.pem"],
                TlsKey = _files[$"{name}.key"],
            }
        );
        var body = $$$"""{"input": {"method": "GET", "url": "{{{server.Addresses[0]}}}health/live"}}""";
        return (await admin.Must<TryToolResult>("POST", "/tools/http.request/try", body)).Error?.Code;
    }
}
