using System.CommandLine;

namespace Ordinaut.Cli;

/// <summary>The settings that can be given as flags; they win over the file and the environment.</summary>
internal sealed class ServerFlags
{
    private readonly List<(string Setting, Option<string?> Option)> _flags =
    [
        ("urls", new Option<string?>("--urls") { Description = "Where to listen; loopback, port 8080, when absent" }),
        ("data", new Option<string?>("--data") { Description = "The folder of the database and of admin.json" }),
        ("role", new Option<string?>("--role") { Description = "all, or api, scheduler, worker joined by commas" }),
        ("timezone", new Option<string?>("--timezone") { Description = "The time zone of tasks that name none" }),
    ];

    public void AddTo(Command command)
    {
        foreach (var (_, option) in _flags)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The flags given, by setting.</summary>
    public Dictionary<string, string> Read(ParseResult parsed) =>
        _flags
            .Select(flag => (flag.Setting, Value: parsed.GetValue(flag.Option)))
            .Where(flag => flag.Value is not null)
            .ToDictionary(flag => flag.Setting, flag => flag.Value!);
}
