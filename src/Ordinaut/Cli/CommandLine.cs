using System.CommandLine;
using System.CommandLine.Parsing;

namespace Ordinaut.Cli;

/// <summary>All verbs of the program.</summary>
internal static class CommandLine
{
    public static Task<int> Run(string[] args)
    {
        var parsed = Parse(args);
        if (parsed.Errors.Count > 0)
        {
            Complaints(parsed).ToList().ForEach(Output.Complain);
            return Task.FromResult(Output.Misuse);
        }

        // The host handles SIGTERM itself and needs longer than the two seconds the parser would give it.
        var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null };
        return parsed.InvokeAsync(invocation);
    }

    internal static ParseResult Parse(string[] args) =>
        new RootCommand("Ordinaut, a durable scheduler for AI agents")
        {
            DevCommand.Create(),
            ServeCommand.Create(),
            McpCommand.Create(),
            BenchCommand.Create(),
            AuditCommand.Create(),
            BackupCommand.Create(),
            RestoreCommand.Create(),
            DrillCommand.Create(),
            ImportCommand.Create(),
            AgentCommand.Create(),
            AlertsCommand.Create(),
            SecretsCommand.Create(),
            KeysCommand.Create(),
            ConfigCommand.Create(),
            DoctorCommand.Create(),
            HealthCommand.Create(),
        }.Parse(args);

    /// <summary>What is wrong with the arguments, and what was probably meant.</summary>
    internal static IEnumerable<string> Complaints(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var verbs = command.Subcommands.Select(verb => verb.Name).ToList();
        var names = verbs.Concat(command.Options.Select(option => option.Name)).ToList();
        foreach (var word in parsed.UnmatchedTokens)
        {
            yield return Nearest.Of(word, names) is { } near
                ? $"'{word}' is not known; did you mean '{near}'?"
                : $"'{word}' is not known.";
        }

        // A word that is not known is the cause of what the parser says besides.
        foreach (var error in parsed.UnmatchedTokens.Count == 0 ? parsed.Errors : [])
        {
            yield return error.Message;
        }

        yield return verbs.Count > 0
            ? $"The verbs are {string.Join(", ", verbs)}; --help tells more."
            : $"'ordinaut{Words(parsed.CommandResult)} --help' tells what it takes.";
    }

    /// <summary>The verbs up to this one, each after a space.</summary>
    private static string Words(CommandResult result) =>
        result.Parent is CommandResult outer ? $"{Words(outer)} {result.Command.Name}" : "";
}
