using Ordinaut.Sdk.Wire;
using Ordinaut.Tools;

namespace Ordinaut.ToolSources;

/// <summary>Everything that is wrong with a server's registration, before it is saved. Pure.</summary>
internal static class ServerCheck
{
    /// <summary>The longest name; 64: room for the tools' own in <see cref="ToolCatalog.MaxNameLength"/>.</summary>
    public const int MaxNameLength = 64;

    /// <summary>The most arguments, variables, or tools with an effect of their own; 64.</summary>
    public const int MaxItems = 64;

    /// <summary>The longest argument or value in characters; 4,096.</summary>
    public const int MaxTextLength = 4_096;

    /// <param name="commands">The programs that may be started.</param>
    public static IReadOnlyList<FieldError> Findings(
        string name,
        ToolServerInput server,
        IReadOnlyList<string> commands
    )
    {
        var findings = new List<FieldError>();
        if (!ToolCatalog.IsProvider(name) || name.Length > MaxNameLength)
        {
            var form = $"a lower-case letter, then lower-case letters, digits, '-' and '_', {MaxNameLength} at most";
            findings.Add(new("/name", $"A server's name is {form}."));
        }

        findings.AddRange(
            (server.Url, server.Command) switch
            {
                (null, null) =>
                [
                    new("", "A server has a url (streamable HTTP) or a command (standard input and output)."),
                ],
                (not null, not null) => [new("/command", "A server has a url or a command, not both.")],
                (not null, _) => OverHttp(server),
                _ => Started(server, commands),
            }
        );
        findings.AddRange(SourceChecks.Range(server.TimeoutSeconds, ToolServer.MaxTimeoutSeconds, "timeout_seconds"));
        findings.AddRange(SourceChecks.Range(server.Concurrency, ToolServer.MaxConcurrency, "concurrency"));
        findings.AddRange(SourceChecks.Effect(server.Effect, "/effect"));
        foreach (var (tool, effect) in server.Effects ?? new Dictionary<string, string>())
        {
            findings.AddRange(SourceChecks.Effect(effect, $"/effects/{tool}"));
        }

        return findings;
    }

    private static IEnumerable<FieldError> OverHttp(ToolServerInput server)
    {
        if (EgressUrl.Parse(server.Url!).Failure is { } failure)
        {
            yield return new("/url", failure.Message);
        }

        foreach (var finding in SourceChecks.Token(server.TokenFrom, server.Url))
        {
            yield return finding;
        }

        (string Name, object? Value)[] ofCommands =
        [
            ("args", server.Args),
            ("env", server.Env),
            ("env_from", server.EnvFrom),
        ];
        foreach (var (member, _) in ofCommands.Where(member => member.Value is not null))
        {
            yield return new($"/{member}", $"{member} belongs to a command; leave it out.");
        }
    }

    private static IEnumerable<FieldError> Started(ToolServerInput server, IReadOnlyList<string> commands)
    {
        if (!commands.Contains(server.Command))
        {
            var listed = commands.Count == 0 ? "it lists none" : $"it lists {string.Join(", ", commands)}";
            yield return new("/command", $"command must be a program that the setting tools_commands lists; {listed}.");
        }

        if (server.TokenFrom is not null)
        {
            yield return new("/token_from", "token_from belongs to a url; give a command its secrets with env_from.");
        }

        var args = server.Args ?? [];
        if (args.Count > MaxItems || args.Any(arg => arg is null || !IsText(arg)))
        {
            yield return new("/args", $"args must be at most {MaxItems} texts of at most {MaxTextLength} characters.");
        }

        var env = server.Env ?? new Dictionary<string, string>();
        if (env.Count > MaxItems || env.Any(v => !IsVariable(v.Key) || v.Value is null || !IsText(v.Value)))
        {
            yield return new(
                "/env",
                $"env must be at most {MaxItems} variables; names are letters, digits and '_', values at most "
                    + $"{MaxTextLength} characters."
            );
        }

        foreach (var (name, reference) in server.EnvFrom ?? new Dictionary<string, string>())
        {
            if (!IsVariable(name) || reference is null || SecretReferences.Fault(reference) is not null)
            {
                yield return new(
                    $"/env_from/{name}",
                    $"{name} {SecretReferences.Fault(reference ?? "") ?? "is not the name of a variable."}"
                );
            }
        }
    }

    private static bool IsText(string text) => text.Length <= MaxTextLength && !text.Contains('\0');

    private static bool IsVariable(string name) =>
        name.Length is > 0 and <= 128
        && !char.IsAsciiDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
