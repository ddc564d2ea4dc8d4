using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Ordinaut.Tools;

namespace Ordinaut.ToolSources;

/// <summary>Connects to MCP servers: over the one way out, or by starting a program that the operator listed.</summary>
/// <param name="commands">The programs that may be started; absolute paths.</param>
internal sealed class ServerDialer(
    Egress egress,
    SecretReferences secrets,
    IReadOnlyList<string> commands,
    ILogger<ServerDialer> log
)
{
    /// <summary>The longest message, or answer to one request, in bytes; 4 MiB.</summary>
    public const int MaxMessageBytes = 4 * 1024 * 1024;

    /// <summary>How long a server of before 2026-07-28 may ignore the question how it speaks; 3 s.</summary>
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The same for a program, which has to start first; 15 s. One that answers when we have just given up takes the
    /// older greeting that we then send for a mistake.
    /// </summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(15);

    /// <summary>The programs that may be started.</summary>
    public IReadOnlyList<string> Commands => commands;

    /// <summary>Connects and shakes hands.</summary>
    public async Task<ServerConnection> Dial(ToolServer server, CancellationToken ct)
    {
        var (transport, process) = server.Settings.Command is null
            ? (await Post(server, ct), null)
            : await Start(server, ct);
        try
        {
            var options = new McpClientOptions
            {
                ClientInfo = new Implementation { Name = "ordinaut", Version = Egress.UserAgent.Split('/')[1] },
                DiscoverProbeTimeout = process is null ? ProbeTimeout : StartTimeout,
            };
            return new ServerConnection(
                await McpClient.CreateAsync(transport, options, cancellationToken: ct),
                process
            );
        }
        catch (Exception failure)
        {
            if (process is not null)
            {
                await process.DisposeAsync();
            }

            // An error of the protocol is an answer to a question, and no connection where it answers the greeting.
            if (failure is McpProtocolException)
            {
                throw new Problem(ProblemKind.Unavailable, "It refuses to shake hands.");
            }

            throw;
        }
    }

    private async Task<IClientTransport> Post(ToolServer server, CancellationToken ct)
    {
        var options = new HttpClientTransportOptions
        {
            Endpoint = new Uri(server.Settings.Url!),
            TransportMode = HttpTransportMode.StreamableHttp,
            // Nothing unasked is wanted: tools are looked at before they are called.
            EnableStandaloneGetStream = false,
        };
        if (server.Settings.TokenFrom is { } reference)
        {
            options.AdditionalHeaders = new Dictionary<string, string>
            {
                ["Authorization"] = "Bearer " + await secrets.Read(reference, server.Holder, ct),
            };
        }

        return new HttpClientTransport(options, egress.Client(MaxMessageBytes), null, ownsHttpClient: true);
    }

    private async Task<(IClientTransport, ServerProcess)> Start(ToolServer server, CancellationToken ct)
    {
        var settings = server.Settings;
        if (!commands.Contains(settings.Command))
        {
            throw new Problem(
                ProblemKind.Unavailable,
                $"The command '{settings.Command}' is not among those that the setting tools_commands lists."
            );
        }

        var environment = new Dictionary<string, string>(settings.Env ?? new Dictionary<string, string>());
        foreach (var (name, reference) in settings.EnvFrom ?? new Dictionary<string, string>())
        {
            environment[name] = await secrets.Read(reference, server.Holder, ct);
        }

        var process = ServerProcess.Start(settings.Command!, settings.Args ?? [], environment, log, MaxMessageBytes);
        return (process.Transport, process);
    }
}

/// <summary>A connection that has shaken hands, and the program behind it if we started one.</summary>
internal sealed record ServerConnection(McpClient Client, ServerProcess? Process) : IAsyncDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    public async ValueTask DisposeAsync()
    {
        // A server that does not answer does not let go of its session either.
        await Client.DisposeAsync().AsTask().WaitAsync(Farewell).ContinueWith(_ => { }, TaskScheduler.Default);
        if (Process is not null)
        {
            await Process.DisposeAsync();
        }
    }
}
