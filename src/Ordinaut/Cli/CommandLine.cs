using System.CommandLine;

namespace Ordinaut.Cli;

/// <summary>All verbs of the program.</summary>
internal static class CommandLine
{
    public static Task<int> Run(string[] args)
    {
        var root = new RootCommand("Ordinaut, a durable scheduler for AI agents")
        {
            DevCommand.Create(),
            ServeCommand.Create(),
            McpCommand.Create(),
            BenchCommand.Create(),
            ConfigCommand.Create(),
        };

        // The host handles SIGTERM itself and needs longer than the two seconds the parser would give it.
        var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null };
        return root.Parse(args).InvokeAsync(invocation);
    }
}
