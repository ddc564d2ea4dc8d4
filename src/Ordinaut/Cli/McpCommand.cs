using System.CommandLine;
using Ordinaut.Hosting;

namespace Ordinaut.Cli;

/// <summary>
/// <c>ordinaut mcp</c>: MCP on standard input and output, for clients that start their servers themselves. It speaks
/// for a running server, or else is one for as long as the client keeps it.
/// </summary>
internal static class McpCommand
{
    public static Command Create()
    {
        var flags = new ServerFlags();
        var url = new Option<string?>("--url")
        {
            Description = "The running server to speak for; without it the data folder is opened and served here",
        };
        var command = new Command("mcp", "Serve an assistant on standard input and output") { url };
        flags.AddTo(command);
        command.SetAction((parsed, ct) => Run(OptionsCheck.Load(flags.Read(parsed)), parsed.GetValue(url), ct));
        return command;
    }

    private static async Task<int> Run(OptionsCheck check, string? url, CancellationToken ct)
    {
        foreach (var finding in check.Warnings.Concat(check.Errors))
        {
            Output.Complain(finding);
        }

        var server = Root(url);
        if (url is not null && server is null)
        {
            Output.Complain($"--url is '{url}'; it must be the address of a server, such as http://127.0.0.1:8080.");
        }

        if (check.Errors.Count > 0 || url is not null && server is null)
        {
            return Output.Misuse;
        }

        try
        {
            await using var own = server is null ? await Serve.Start(InSecret(check.Options)) : null;
            await Speak(server ?? new Uri(own!.Addresses[0]), check.Options.Data, ct);
            return Output.Success;
        }
        catch (Exception failure) when (failure is Problem or IOException)
        {
            // A file that cannot be read or written is named by its message.
            Output.Complain(failure.Message);
            return Output.Failure;
        }
    }

    private static Uri? Root(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var server) && server.Scheme is ("http" or "https")
            ? new Uri(server, "/")
            : null;

    private static async Task Speak(Uri server, string data, CancellationToken ct)
    {
        var (input, output) = Output.Pipes();
        using var bridge = new McpBridge(server, await ClientIdentity.Find(data, ct), output);
        await bridge.Run(input, ct);
    }

    /// <summary>The server of one client needs no address that others could know.</summary>
    private static OrdinautOptions InSecret(OrdinautOptions options) =>
        options with
        {
            Urls = "http://127.0.0.1:0",
            Role = options.Role | Role.Api,
        };
}
