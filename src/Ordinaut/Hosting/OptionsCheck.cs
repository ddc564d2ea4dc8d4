using Ordinaut.Tools;

namespace Ordinaut.Hosting;

/// <summary>The options as configured, and everything that is wrong with them, all at once.</summary>
/// <param name="Errors">The server does not start with any of these.</param>
/// <param name="Warnings">Probably a slip, such as a variable that no setting has.</param>
internal sealed record OptionsCheck(
    OrdinautOptions Options,
    IReadOnlyList<string> Errors,
    IReadOnlyList<string> Warnings
)
{
    public const string FileName = "appsettings.json";

    private const string Section = "ordinaut";

    private static readonly Dictionary<string, string> NoVariables = [];

    /// <summary>Reads the file in the working folder, the environment and the flags given (by setting name).</summary>
    public static OptionsCheck Load(IReadOnlyDictionary<string, string> flags)
    {
        var file = Path.GetFullPath(FileName);
        try
        {
            var json = new ConfigurationBuilder().AddJsonFile(file, optional: true, reloadOnChange: false).Build();
            var environment = new ConfigurationBuilder().AddEnvironmentVariables(Settings.Prefix).Build();
            return Read(Pairs(json.GetSection(Section)), Pairs(environment), flags, Others());
        }
        catch (InvalidDataException)
        {
            return new OptionsCheck(new OrdinautOptions(), [$"{FileName} is not valid JSON."], []);
        }
    }

    /// <summary>The same with the files that a server opens: other verbs work without them, or with old ones.</summary>
    public OptionsCheck WithFiles()
    {
        var (error, warning) = TlsSettings.Open(Options);
        return this with
        {
            Errors = error is null ? Errors : [.. Errors, error],
            Warnings = warning is null ? Warnings : [.. Warnings, warning],
        };
    }

    internal static OptionsCheck Read(
        IReadOnlyDictionary<string, string> file,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyDictionary<string, string> flags,
        IReadOnlyDictionary<string, string>? others = null
    )
    {
        var errors = new List<string>();
        var warnings = new List<string>();
        var options = new OrdinautOptions();
        foreach (var setting in Settings.All)
        {
            options = Apply(
                options,
                setting,
                file.GetValueOrDefault(setting.Name),
                $"{setting.Name} in {FileName}",
                errors
            );
        }

        bool IsOurs(string name) => environment.ContainsKey(name) || flags.ContainsKey(name);
        options = OriginalVariables.Apply(options, others ?? NoVariables, IsOurs, (errors, warnings));
        options = ApplyStandard(options, others ?? NoVariables, errors);
        foreach (var setting in Settings.All)
        {
            var name = setting.Name;
            options = Apply(options, setting, environment.GetValueOrDefault(name), setting.Variable, errors);
            options = Apply(options, setting, flags.GetValueOrDefault(name), $"--{name}", errors);
        }

        errors.AddRange(Unknown(file.Keys).Select(name => $"'{name}' in {FileName} is not a setting{Hint(name)}"));
        CheckTogether(options, errors);
        warnings.AddRange(
            Unknown(environment.Keys.Except(ClientIdentity.Variables).Where(name => !ToolSettings.IsSecret(name)))
                .Select(name => $"{Settings.Prefix}{name.ToUpperInvariant()} is not a setting{Hint(name)}")
        );
        warnings.AddRange(TlsSettings.Warnings(options));
        return new OptionsCheck(options, errors, warnings);
    }

    private static OrdinautOptions Apply(
        OrdinautOptions options,
        Setting setting,
        string? text,
        string source,
        List<string> errors
    )
    {
        if (text is null)
        {
            return options;
        }

        var changed = setting.Set(options, text.Trim());
        if (changed is null)
        {
            var written = setting.IsSecret ? "not readable" : $"'{text}'";
            errors.Add($"{source} is {written}; it must be {setting.Wanted}.");
        }

        return changed ?? options;
    }

    private static void CheckTogether(OrdinautOptions options, List<string> errors)
    {
        try
        {
            EgressAllow.Parse(options.EgressAllow);
        }
        catch (Problem problem)
        {
            errors.AddRange(problem.Errors.Select(error => error.Detail));
        }

        errors.AddRange(TlsSettings.Faults(options));
        errors.AddRange(LlmSettings.Faults(options));
        errors.AddRange(ToolSettings.Faults(options));
        errors.AddRange(SecretSettings.Faults(options));
        errors.AddRange(BackupSettings.Faults(options));
        errors.AddRange(CanaryWiring.Faults(options));
        errors.AddRange(SmtpSettings.Faults(options));
        errors.AddRange(OidcSettings.Faults(options));
        if (options.DatabaseDirectUrl.Length > 0 && options.Postgres is null)
        {
            errors.Add(
                "database_direct_url is set, but database_url names no PostgreSQL database; set database_url to the "
                    + "pooler in front of it, or leave database_direct_url out."
            );
        }

        if (options.Role != Role.All && options.Postgres is null)
        {
            errors.Add(
                $"role is '{options.Role.Text()}', but one process owns a SQLite data folder and must do all of the "
                    + "work; set role to 'all' or leave it out, or set database_url to a PostgreSQL database."
            );
        }
    }

    private static IEnumerable<string> Unknown(IEnumerable<string> names) =>
        names.Where(name => Settings.All.All(setting => setting.Name != name)).Order(StringComparer.Ordinal);

    private static string Hint(string name) =>
        Nearest.Of(name, [.. Settings.All.Select(setting => setting.Name)]) is { } nearest
            ? $"; did you mean '{nearest}'?"
            : "; 'ordinaut config check' lists them.";

    /// <summary>OpenTelemetry's own variables, which ours win over.</summary>
    private static OrdinautOptions ApplyStandard(
        OrdinautOptions options,
        IReadOnlyDictionary<string, string> given,
        List<string> errors
    )
    {
        foreach (var (variable, name) in OtlpSettings.Standard)
        {
            var setting = Settings.All.Single(each => each.Name == name);
            options = Apply(options, setting, given.GetValueOrDefault(variable), variable, errors);
        }

        return options;
    }

    /// <summary>The variables of others that are set; an empty one is not, but for the original's secret.</summary>
    private static Dictionary<string, string> Others()
    {
        var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        return OriginalVariables
            .All.Select(variable => variable.Name)
            .Concat(OtlpSettings.Standard.Keys)
            .Where(name =>
                name == OriginalVariables.TokenSecret
                    ? environment[name] is not null
                    : !string.IsNullOrWhiteSpace(environment[name])
            )
            .ToDictionary(name => name, name => environment[name]!);
    }

    private static Dictionary<string, string> Pairs(IConfiguration section) =>
        section
            .GetChildren()
            .Where(child => child.Value is not null)
            .ToDictionary(child => child.Key.ToLowerInvariant(), child => child.Value!);
}
