using Ordinaut.Secrets;
using Ordinaut.Tools;

namespace Ordinaut.Hosting;

/// <summary>The store of secrets: its settings, what must be true of them together, and its parts.</summary>
internal static class SecretSettings
{
    public static readonly IReadOnlyList<Setting> All =
    [
        Keys("secrets_key", o => o.SecretsKey, (o, keys) => o with { SecretsKey = keys }),
        Settings.File(
            "secrets_key_file",
            "a file of such keys, one a line",
            o => o.SecretsKeyFile,
            (o, path) => o with { SecretsKeyFile = path }
        ),
        new(
            "secrets_key_command",
            "a program that prints such keys: its absolute path, then its arguments, separated by spaces",
            o =>
                Words(o.SecretsKeyCommand) is [var program, .. var arguments]
                    ? arguments.Length > 0
                        ? $"{program} …"
                        : program
                    : "",
            (o, text) => IsCommand(text) ? o with { SecretsKeyCommand = text } : null
        )
        {
            IsSecret = true,
        },
    ];

    /// <summary>Keys that are made at random; never shown.</summary>
    public static Setting Keys(
        string name,
        Func<OrdinautOptions, string> read,
        Func<OrdinautOptions, string, OrdinautOptions> set
    ) =>
        new(
            name,
            $"at most {KeyRing.MaxKeys} keys separated by commas, each the base64 of {SecretKey.Length} random bytes; "
                + "the first seals, all open",
            o => read(o).Length == 0 ? "" : "***",
            (o, text) => SecretKey.ParseAll(text) is null ? null : set(o, text)
        )
        {
            IsSecret = true,
            Range = new SettingRange(
                0,
                KeyRing.MaxKeys,
                n => string.Join(',', Enumerable.Range(0, n).Select(_ => SecretKey.Make().Write()))
            ),
        };

    public static IEnumerable<string> Faults(OrdinautOptions options)
    {
        (string Name, string Value)[] sources =
        [
            ("secrets_key", options.SecretsKey),
            ("secrets_key_file", options.SecretsKeyFile),
            ("secrets_key_command", options.SecretsKeyCommand),
        ];
        var given = sources.Where(source => source.Value.Length > 0).Select(source => source.Name).ToList();
        if (given.Count > 1)
        {
            yield return $"{string.Join(" and ", given)} are {(given.Count == 2 ? "both" : "all")} set; keys come from "
                + "one of them, so leave the others out.";
        }

        if (Words(options.SecretsKeyCommand) is [var program, ..] && !File.Exists(program))
        {
            yield return $"The program '{program}' of secrets_key_command does not exist.";
        }
    }

    /// <summary>The options with the keys that the operator's program prints, if there is one.</summary>
    public static async Task<OrdinautOptions> AskForKeys(OrdinautOptions options, TimeProvider clock) =>
        options.SecretsKeyCommand.Length == 0
            ? options
            : options with
            {
                SecretsKey = await new KeyCommand(Words(options.SecretsKeyCommand), IsOurs, clock).Ask(),
            };

    /// <summary>Whether a variable is for this program and may hold a password of it.</summary>
    public static bool IsOurs(string name) =>
        name.StartsWith(Settings.Prefix, StringComparison.OrdinalIgnoreCase)
        || OriginalVariables.All.Any(variable => variable.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<Redactor>().AddSingleton<SecretDesk>().AddSingleton<SecretOperations>();
    }

    private static string[] Words(string command) =>
        command.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool IsCommand(string text) =>
        !text.Any(char.IsControl) && (Words(text) is not [var program, ..] || Path.IsPathFullyQualified(program));

    /// <summary>
    /// The process makes keys only where the database is its own: of two that share one, each would make another.
    /// </summary>
    public static IKeySource SourceOf(OrdinautOptions options)
    {
        if (options.SecretsKey.Length > 0)
        {
            return new GivenKeys(SecretKey.ParseAll(options.SecretsKey)!);
        }

        var isNamed = options.SecretsKeyFile.Length > 0;
        var path = isNamed ? options.SecretsKeyFile : Path.Combine(options.Data, KeyFile.DefaultName);
        return new KeyFile(Path.GetFullPath(path), isOurs: options.Postgres is null);
    }
}
