using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Ordinaut.Tests.Faults;

namespace Ordinaut.Tests.Deploy;

/// <summary>A Prometheus of one test, with our rules, that looks at nodes every second.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-prometheus-");
    private readonly HttpClient _http = new();
    private Process? _process;

    private PrometheusServer() { }

    /// <param name="rules">The text of the file of rules.</param>
    /// <param name="nodes">Where the nodes listen, and a token with which each tells of itself.</param>
    public static async Task<PrometheusServer> Start(string rules, params (Uri Address, string Token)[] nodes)
    {
        var server = new PrometheusServer();
        var port = FreePort();
        server._http.BaseAddress = new Uri($"http://127.0.0.1:{port}/");
        var jobs = nodes.Select(node =>
            $$"""
                  - job_name: {{node.Address.Port}}
                    authorization: {credentials: {{node.Token}}}
                    static_configs: [{targets: ["{{node.Address.Authority}}"]}]
                    relabel_configs: [{target_label: job, replacement: ordinaut}]
                """
        );
        var config = $"""
            global: {"{scrape_interval: 1s, evaluation_interval: 1s}"}
            rule_files: [rules.yml]
            scrape_configs:
            {string.Join('\n', jobs)}
            """;
        // The objectives are looked at as often as all else.
        await server.Write("rules.yml", rules.Replace("interval: 30s", "interval: 1s", StringComparison.Ordinal));
        await server.Write("prometheus.yml", config);
        server._process = Process.Start(
            new ProcessStartInfo(
                Debian.Program("prometheus", "prometheus"),
                [
                    $"--config.file={server.File("prometheus.yml")}",
                    $"--storage.tsdb.path={server.File("data")}",
                    $"--web.listen-address=127.0.0.1:{port}",
                    "--log.level=error",
                ]
            )
        )!;
        await Campaign.Until("Prometheus is ready", TimeSpan.FromSeconds(60), server.IsReady);
        return server;
    }

    /// <summary>How many series an expression has now; fails where it is none.</summary>
    public async Task<int> Series(string expression)
    {
        var path = $"api/v1/query?query={Uri.EscapeDataString(expression)}";
        using var answer = JsonDocument.Parse(await _http.GetStringAsync(path));
        return answer.RootElement.GetProperty("data").GetProperty("result").GetArrayLength();
    }

    /// <summary>Everything that targets and rules have to say about failures.</summary>
    public async Task<string> Failures()
    {
        var targets = await _http.GetStringAsync("api/v1/targets");
        using var document = JsonDocument.Parse(targets);
        var active = document.RootElement.GetProperty("data").GetProperty("activeTargets").EnumerateArray();
        return string.Join('\n', active.Select(target => target.GetProperty("lastError").GetString()));
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<bool> IsReady()
    {
        try
        {
            using var answer = await _http.GetAsync("-/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Task Write(string file, string text) => System.IO.File.WriteAllTextAsync(File(file), text);

    private string File(string name) => Path.Combine(_folder.FullName, name);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
