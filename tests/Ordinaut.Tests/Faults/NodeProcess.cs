using System.Diagnostics;
using System.Globalization;

namespace Ordinaut.Tests.Faults;

/// <summary>How a node is started.</summary>
/// <param name="Data">Its folder, which outlives the process.</param>
internal sealed record NodeSetup(string Data)
{
    /// <summary>The program: the one beside the tests, unless it is another.</summary>
    public string Program { get; init; } = Path.Combine(AppContext.BaseDirectory, NextProgram.Name);

    public string Role { get; init; } = "all";

    public string Urls { get; init; } = "http://127.0.0.1:0";

    /// <summary>Settings by their variable.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>The program and its arguments that start the node in its place; it must keep the process id.</summary>
    public IReadOnlyList<string> Under { get; init; } = [];
}

/// <summary>The built program in a process of its own; made to be ended, frozen and started again.</summary>
internal sealed class NodeProcess(NodeSetup setup) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Queue<string> _errors = new();
    private Process? _process;
    private volatile Uri? _address;

    public NodeSetup Setup { get; set; } = setup;

    /// <summary>Where it listens; null while it does not.</summary>
    public Uri? Address => _address;

    public int Id => _process!.Id;

    public bool Serves(string role) => Setup.Role == "all" || Setup.Role.Split(',').Contains(role);

    /// <summary>Whether the process runs.</summary>
    public bool IsUp => _process is { HasExited: false };

    /// <summary>Whether the process has ended and nobody ended it.</summary>
    public bool IsDead => _process is { HasExited: true };

    /// <summary>The last lines of its log.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return string.Join('\n', _errors);
            }
        }
    }

    /// <summary>A node of another kind listens here.</summary>
    public void Appear(Uri address) => _address = address;

    /// <summary>Starts the program; returns as soon as it says that it is ready.</summary>
    public async Task Start()
    {
        Assert.True(await TryStart(), $"The node did not start: {Errors}");
    }

    /// <summary>The same; false when it ended before it was ready.</summary>
    public async Task<bool> TryStart()
    {
        string[] where = ["--urls", Setup.Urls, "--data", Setup.Data, "--role", Setup.Role];
        string[] program = Setup.Program.EndsWith(".dll", StringComparison.Ordinal)
            ? ["dotnet", Setup.Program]
            : [Setup.Program];
        string[] whole = [.. Setup.Under, .. program, "serve", .. where];
        var start = new ProcessStartInfo(whole[0], whole[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Short lives gain nothing from profiles of themselves.
            Environment = { ["DOTNET_TieredPGO"] = "0" },
        };
        // What was said to the tests is not said to the node.
        var ours = start
            .Environment.Keys.Where(name => name.StartsWith("ORDINAUT_", StringComparison.Ordinal))
            .ToList();
        ours.ForEach(name => start.Environment.Remove(name));
        foreach (var (name, value) in Setup.Variables)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginErrorReadLine();
        using var patience = new CancellationTokenSource(Patience);
        var ready = await _process.StandardOutput.ReadLineAsync(patience.Token);
        var address = ready?.Split(' ').FirstOrDefault(word => word.StartsWith("http://", StringComparison.Ordinal));
        _address = address is null ? null : new Uri(address.TrimEnd(','));
        return _address is not null;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task Kill()
    {
        _address = null;
        if (_process is { } process)
        {
            process.Kill();
            await Exit();
        }
    }

    /// <summary>SIGSTOP: the process is there and does nothing, its connections stay.</summary>
    public Task Freeze() => Signal("STOP");

    public Task Thaw() => Signal("CONT");

    /// <summary>SIGTERM: the process is asked to stop.</summary>
    public Task Terminate() => Signal("TERM");

    /// <summary>Waits for a process that was asked to stop; its exit code.</summary>
    public async Task<int> Exit()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process!.WaitForExitAsync(patience.Token);
        var code = _process.ExitCode;
        _process.Dispose();
        _process = null;
        _address = null;
        return code;
    }

    public async ValueTask DisposeAsync() => await Kill();

    private async Task Signal(string name)
    {
        var id = _process!.Id.ToString(CultureInfo.InvariantCulture);
        using var signal = Process.Start("kill", [$"-{name}", id]);
        await signal.WaitForExitAsync();
    }

    private void Note(string? line)
    {
        lock (_errors)
        {
            if (line is not null)
            {
                _errors.Enqueue(line);
            }

            while (_errors.Count > 40)
            {
                _errors.Dequeue();
            }
        }
    }
}
