using Ordinaut.Redis;
using Ordinaut.Store;

namespace Ordinaut.Hosting;

/// <summary>Where the database and Redis are. Their URLs may hold a password, so each can be in a file.</summary>
internal static class UrlSettings
{
    private static readonly Setting OfDatabase = new(
        Settings.DatabaseUrl,
        Hosting.DatabaseUrl.Wanted,
        o => o.DatabaseUrl,
        (o, text) => Hosting.DatabaseUrl.Parse(text)?.In(o)
    )
    {
        IsSecret = true,
    };

    private static readonly Setting OfDatabaseDirectly = new(
        "database_direct_url",
        "the PostgreSQL database behind the pooler of database_url, such as postgres://user@host:5432/database",
        o => o.DatabaseDirectUrl.Length == 0 ? "" : new PostgresSettings(o.DatabaseDirectUrl).Shown,
        (o, text) => text.Length == 0 || PostgresSettings.IsReadable(text) ? o with { DatabaseDirectUrl = text } : null
    )
    {
        IsSecret = true,
    };

    private static readonly Setting OfRedis = new(
        Settings.RedisUrl,
        RedisSettings.Wanted,
        o => o.Redis?.Shown ?? "",
        (o, text) => text.Length == 0 || RedisSettings.IsReadable(text) ? o with { RedisUrl = text } : null
    )
    {
        IsSecret = true,
    };

    public static readonly IReadOnlyList<Setting> Database =
    [
        OfDatabase,
        InFile(OfDatabase, o => o.DatabaseUrlFile, (o, path) => o with { DatabaseUrlFile = path }),
        OfDatabaseDirectly,
        InFile(OfDatabaseDirectly, o => o.DatabaseDirectUrlFile, (o, path) => o with { DatabaseDirectUrlFile = path }),
    ];

    public static readonly IReadOnlyList<Setting> Redis =
    [
        OfRedis,
        InFile(OfRedis, o => o.RedisUrlFile, (o, path) => o with { RedisUrlFile = path }),
    ];

    /// <summary>The same setting in a file, which wins.</summary>
    private static Setting InFile(
        Setting setting,
        Func<OrdinautOptions, string> show,
        Func<OrdinautOptions, string, OrdinautOptions> set
    ) =>
        new(
            $"{setting.Name}_file",
            "a file with such a URL, read at the start",
            show,
            (o, path) =>
                path.Length == 0 ? set(o, path)
                : Text(path) is { } text ? setting.Set(set(o, path), text)
                : null
        );

    private static string? Text(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>How to reach PostgreSQL; null: the data is in SQLite.</summary>
    public static PostgresSettings? PostgresOf(OrdinautOptions options)
    {
        var reading = options.DatabaseConnections * 2 / 5;
        return options.PostgresUrl.Length == 0
            ? null
            : new PostgresSettings(options.PostgresUrl)
            {
                ReadConnections = reading,
                WorkConnections = options.DatabaseConnections - reading,
                DirectAddress = options.DatabaseDirectUrl.Length == 0 ? null : options.DatabaseDirectUrl,
                Rewrite = options.Rewrite,
            };
    }
}
