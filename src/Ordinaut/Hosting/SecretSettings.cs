using Ordinaut.Secrets;
using Ordinaut.Tools;

namespace Ordinaut.Hosting;

/// <summary>The store of secrets: its settings, what must be true of them together, and its parts.</summary>
internal static class SecretSettings
{
    public static readonly IReadOnlyList<Setting> All =
    [
        new(
            "secrets_key",
            $"1 to {KeyRing.MaxKeys} keys separated by commas, each the base64 of {SecretKey.Length} random bytes; the "
                + "first seals, all open",
            o => o.SecretsKey.Length == 0 ? "" : "***",
            (o, text) => SecretKey.ParseAll(text) is null ? null : o with { SecretsKey = text }
        )
        {
            IsSecret = true,
        },
        new(
            "secrets_key_file",
            "a file of such keys, one a line",
            o => o.SecretsKeyFile,
            (o, text) => text.Any(char.IsControl) ? null : o with { SecretsKeyFile = text }
        ),
    ];

    public static IEnumerable<string> Faults(OrdinautOptions options)
    {
        if (options.SecretsKey.Length > 0 && options.SecretsKeyFile.Length > 0)
        {
            yield return "secrets_key and secrets_key_file are both set; leave one of them out.";
        }
    }

    public static void Add(IServiceCollection services, OrdinautOptions options)
    {
        services.AddSingleton(new KeyRing(SourceOf(options))).AddSingleton<Redactor>();
        services.AddSingleton<SecretDesk>().AddSingleton<SecretOperations>();
    }

    /// <summary>
    /// The process makes keys only where the database is its own: of two that share one, each would make another.
    /// </summary>
    private static IKeySource SourceOf(OrdinautOptions options)
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
