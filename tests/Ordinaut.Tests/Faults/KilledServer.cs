using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Ordinaut.Sdk;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Faults;

/// <summary>The built program in a process of its own, on a folder that outlives it; made to be ended.</summary>
public sealed class KilledServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-kill-");
    private Process? _process;
    private Uri? _address;

    /// <summary>Starts the program and returns a signed-in client as soon as it says that it is ready.</summary>
    public async Task<OrdinautClient> Start()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "ordinaut.dll");
        var start = new ProcessStartInfo("dotnet", [program, "serve", "--urls", "http://127.0.0.1:0", "--data", Data])
        {
            RedirectStandardOutput = true,
            Environment = { ["ORDINAUT_DRAIN_SECONDS"] = DrainSeconds },
        };
        _process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        var ready = await _process.StandardOutput.ReadLineAsync(patience.Token);
        var address = ready?.Split(' ').FirstOrDefault(word => word.StartsWith("http://", StringComparison.Ordinal));
        Assert.True(address is not null, $"the server said: {ready}");
        _address = new Uri(address.TrimEnd(','));
        await using var file = File.OpenRead(Path.Combine(Data, "admin.json"));
        var admin = await JsonSerializer.DeserializeAsync<AgentCredentials>(
            file,
            Ordinaut.Sdk.Wire.WireJson.Default.AgentCredentials
        );
        return await OrdinautClient.SignIn(_address, admin!);
    }

    public const string DrainSeconds = "3";

    /// <summary>Where it listens.</summary>
    public Uri Address => _address!;

    /// <summary>SIGTERM: the process is asked to stop.</summary>
    public async Task Terminate()
    {
        using var signal = Process.Start("kill", ["-TERM", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await signal.WaitForExitAsync();
    }

    /// <summary>Waits for a process that was asked to stop; its exit code.</summary>
    public async Task<int> Exit()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process!.WaitForExitAsync(patience.Token);
        var code = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return code;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task Kill()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await Kill();
        }

        _folder.Delete(recursive: true);
    }

    private string Data => Path.Combine(_folder.FullName, "data");
}
