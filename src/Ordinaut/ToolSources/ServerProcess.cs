using System.Diagnostics;
using System.Text;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Ordinaut.Tools;

namespace Ordinaut.ToolSources;

/// <summary>
/// An MCP server that this process starts and speaks with over its standard input and output: no shell, an environment
/// of what was declared and nothing else, and no message longer than allowed.
/// </summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    /// <summary>How much of its last words is kept for the log.</summary>
    private const int MaxLastWords = 2_000;

    /// <summary>How long it may take to end by itself when its input is closed.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly ILogger _log;
    private readonly Process _process;
    private readonly Task _listening;
    private readonly StringBuilder _lastWords = new();

    private ServerProcess(Process process, ILogger log, int maxMessageBytes)
    {
        _log = log;
        _process = process;
        _listening = Listen(process.StandardError);
        Transport = new StreamClientTransport(
            process.StandardInput.BaseStream,
            new BoundedStream(process.StandardOutput.BaseStream, maxMessageBytes, byLine: true)
        );
    }

    public IClientTransport Transport { get; }

    /// <exception cref="Problem">It cannot be started.</exception>
    public static ServerProcess Start(
        string command,
        IEnumerable<string> args,
        IEnumerable<KeyValuePair<string, string>> environment,
        ILogger log,
        int maxMessageBytes
    )
    {
        var start = new ProcessStartInfo(command, args)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(command)!,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return new ServerProcess(Process.Start(start)!, log, maxMessageBytes);
        }
        catch (Exception failure) when (failure is System.ComponentModel.Win32Exception or IOException)
        {
            throw new Problem(ProblemKind.Unavailable, $"The command '{command}' cannot be started.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        var endedItself = _process.HasExited;
        try
        {
            // The way MCP ends a server: closed input, a moment, then force.
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(Farewell);
        }
        catch (Exception failure) when (failure is TimeoutException or IOException or ObjectDisposedException)
        {
            // It did not listen.
        }

        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _listening.WaitAsync(Farewell).ContinueWith(_ => { }, TaskScheduler.Default);
        if (endedItself)
        {
            Report();
        }

        _process.Dispose();
    }

    private void Report()
    {
        string words;
        lock (_lastWords)
        {
            // One line: what a stranger says cannot look like a line of the log's own.
            words = Quoted.Line(_lastWords.ToString(), _lastWords.Length);
        }

        Log.Ended(_log, _process.StartInfo.FileName, _process.ExitCode, words);
    }

    /// <summary>Read to its end, or a server that says much would stand still.</summary>
    private async Task Listen(StreamReader errors)
    {
        var buffer = new char[1_024];
        try
        {
            while (await errors.ReadAsync(buffer) is var read and > 0)
            {
                Keep(buffer.AsSpan(0, read));
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // The process is gone.
        }
    }

    private void Keep(ReadOnlySpan<char> words)
    {
        lock (_lastWords)
        {
            _lastWords.Append(words);
            _lastWords.Remove(0, Math.Max(0, _lastWords.Length - MaxLastWords));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "tool_server.ended: {Command} with code {Code}; its last words: {Words}")]
        public static partial void Ended(ILogger log, string command, int code, string words);
    }
}
