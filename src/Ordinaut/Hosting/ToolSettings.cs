using Ordinaut.Secrets;
using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;
using Ordinaut.ToolSources;

namespace Ordinaut.Hosting;

/// <summary>Tools from outside: their settings, what must be true of them together, and their parts.</summary>
internal static partial class ToolSettings
{
    /// <summary>The most programs that may be listed; 100.</summary>
    public const int MaxCommands = 100;

    /// <summary>The folder of secrets in the data folder.</summary>
    private const string SecretsFolder = "secrets";

    public static readonly IReadOnlyList<Setting> All =
    [
        Settings.File(
            "tools_file",
            "a JSON file {servers, http, openapi} that declares tools",
            o => o.ToolsFile,
            (o, path) => o with { ToolsFile = path }
        ),
        new(
            "tools_commands",
            $"at most {MaxCommands} programs that may be started as MCP servers: absolute paths separated by commas",
            o => o.ToolsCommands,
            SetCommands
        )
        {
            Range = new SettingRange(
                0,
                MaxCommands,
                n => string.Join(',', Enumerable.Range(1, n).Select(i => $"/{i}"))
            ),
        },
    ];

    /// <summary>Whether an environment variable, without the prefix of settings, is one that tools may name.</summary>
    public static bool IsSecret(string name) =>
        name.StartsWith(SecretReferences.Prefix[Settings.Prefix.Length..], StringComparison.OrdinalIgnoreCase);

    /// <summary>What is wrong with the catalogue file.</summary>
    public static IEnumerable<string> Faults(OrdinautOptions options)
    {
        try
        {
            Declared(options);
            return [];
        }
        catch (Problem problem)
        {
            return problem.Errors.Select(error => $"{FileOf(options)}: {error.Detail}");
        }
    }

    public static void Add(IServiceCollection services, OrdinautOptions options)
    {
        var secrets = Path.Combine(Path.GetFullPath(options.Data), SecretsFolder);
        var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        services.AddSingleton(provider => new SecretReferences(
            secrets,
            name => environment[name],
            (holder, name) => provider.GetRequiredService<SecretDesk>().Read(holder, name),
            provider.GetRequiredService<Redactor>()
        ));
        services.AddSingleton(provider => new ServerDialer(
            provider.GetRequiredService<Egress>(),
            provider.GetRequiredService<SecretReferences>(),
            Commands(options),
            provider.GetRequiredService<ILogger<ServerDialer>>()
        ));
        services.AddSingleton<HttpRequestTool>().AddSingleton<SourceChanges>().AddSingleton<OutsideTools>();
        services.AddSingleton<ServerOperations>().AddSingleton<HttpToolOperations>();
        if (options.Role.HasFlag(Role.Api) || options.Role.HasFlag(Role.Worker))
        {
            services.AddHostedService(provider => provider.GetRequiredService<OutsideTools>());
        }
    }

    /// <summary>
    /// The catalogue as file and database have it, before anything is served or run: a server that is down is known by
    /// its pins.
    /// </summary>
    public static async Task Load(IServiceProvider services, OrdinautOptions options)
    {
        if (Declared(options) is { } declared)
        {
            await services.GetRequiredService<SourceChanges>().Sync(declared.Sources);
            foreach (var what in declared.LeftOut)
            {
                Log.LeftOut(services.GetRequiredService<ILogger<OutsideTools>>(), what);
            }
        }

        await services.GetRequiredService<OutsideTools>().Load();
    }

    /// <summary>What the file declares; null where there is none, and nothing is known of what it should say.</summary>
    private static (IReadOnlyList<ToolSource> Sources, IReadOnlyList<string> LeftOut)? Declared(
        OrdinautOptions options
    ) =>
        options.ToolsFile.Length > 0 || File.Exists(FileOf(options))
            ? CatalogueFile.Load(FileOf(options), Commands(options))
            : null;

    private static string FileOf(OrdinautOptions options) =>
        Path.GetFullPath(
            options.ToolsFile.Length > 0 ? options.ToolsFile : Path.Combine(options.Data, CatalogueFile.DefaultName)
        );

    private static string[] Commands(OrdinautOptions options) =>
        options.ToolsCommands.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static OrdinautOptions? SetCommands(OrdinautOptions options, string text)
    {
        var commands = Commands(options with { ToolsCommands = text });
        var fine =
            commands.Length <= MaxCommands && commands.All(c => Path.IsPathFullyQualified(c) && !c.Any(char.IsControl));
        return fine ? options with { ToolsCommands = string.Join(',', commands) } : null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "tools.left_out: {What}")]
        public static partial void LeftOut(ILogger log, string what);
    }
}
