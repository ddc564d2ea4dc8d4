using System.Globalization;
using NodaTime;
using Ordinaut.Agents;

namespace Ordinaut.Hosting;

/// <summary>All settings there are.</summary>
internal static class Settings
{
    public const string Prefix = "ORDINAUT_";
    public const string Data = "data";
    public const string DatabaseUrl = "database_url";
    public const string RedisUrl = "redis_url";

    public static readonly IReadOnlyList<Setting> All =
    [
        new("urls", "http and https URLs separated by semicolons, such as http://127.0.0.1:8080", o => o.Urls, SetUrls),
        .. TlsSettings.All,
        TrustedProxies.Setting,
        .. UrlSettings.Database,
        // After the URL, whose file lies in a folder, too.
        new(Data, "a folder", o => o.Data, (o, text) => text.Length > 0 ? o with { Data = text } : null),
        Whole(
            "database_connections",
            (4, 500),
            "connections",
            o => o.DatabaseConnections,
            (o, n) => o with { DatabaseConnections = n }
        ),
        .. UrlSettings.Redis,
        new(
            "role",
            "all, or api, scheduler and worker joined by commas",
            o => o.Role.Text(),
            (o, text) => Roles.Parse(text) is { } role ? o with { Role = role } : null
        ),
        new("timezone", "an IANA time zone such as Europe/Chisinau", o => o.Timezone, SetTimezone),
        new(
            "egress_allow",
            "hosts, host:ports or CIDRs separated by commas",
            o => o.EgressAllow,
            (o, text) => text.Any(char.IsControl) ? null : o with { EgressAllow = text }
        ),
        new("cors_origins", "origins such as https://app.example separated by commas", o => o.CorsOrigins, SetOrigins),
        Whole(
            "worker_concurrency",
            (1, 10_000),
            "runs",
            o => o.WorkerConcurrency,
            (o, n) => o with { WorkerConcurrency = n }
        ),
        Whole("lease_seconds", (5, 3_600), "seconds", o => o.LeaseSeconds, (o, n) => o with { LeaseSeconds = n }),
        Whole("drain_seconds", (0, 3_600), "seconds", o => o.DrainSeconds, (o, n) => o with { DrainSeconds = n }),
        Whole("run_data_mib", (1, 1_024), "MiB", o => o.RunDataMib, (o, n) => o with { RunDataMib = n }),
        Rate("rate_limit_reads", o => o.RateLimitReads, (o, n) => o with { RateLimitReads = n }),
        Rate("rate_limit_writes", o => o.RateLimitWrites, (o, n) => o with { RateLimitWrites = n }),
        Rate("rate_limit_logins", o => o.RateLimitLogins, (o, n) => o with { RateLimitLogins = n }),
        Whole(
            "requests_at_once",
            (0, 10_000),
            "requests (0: no limit)",
            o => o.RequestsAtOnce,
            (o, n) => o with { RequestsAtOnce = n }
        ),
        Whole(
            "runs_at_once",
            (0, 10_000),
            "runs (0: no limit)",
            o => o.RunsAtOnce,
            (o, n) => o with { RunsAtOnce = n }
        ),
        Whole(
            "tasks_per_agent",
            (1, 10_000_000),
            "tasks",
            o => o.TasksPerAgent,
            (o, n) => o with { TasksPerAgent = n }
        ),
        Whole(
            "task_children_per_day",
            (1, 1_000_000),
            "tasks",
            o => o.TaskChildrenPerDay,
            (o, n) => o with { TaskChildrenPerDay = n }
        ),
        Whole(
            "agent_fires_per_day",
            (1, 1_000_000_000),
            "occurrences",
            o => o.AgentFiresPerDay,
            (o, n) => o with { AgentFiresPerDay = n }
        ),
        Whole(
            "run_retention_days",
            (1, 3_650),
            "days",
            o => o.RunRetentionDays,
            (o, n) => o with { RunRetentionDays = n }
        ),
        Whole(
            "event_retention_days",
            (1, 3_650),
            "days",
            o => o.EventRetentionDays,
            (o, n) => o with { EventRetentionDays = n }
        ),
        Whole(
            "audit_retention_days",
            (1, 3_650),
            "days",
            o => o.AuditRetentionDays,
            (o, n) => o with { AuditRetentionDays = n }
        ),
        Visible(
            "issuer",
            (0, 200),
            "at most 200 visible characters, best an https URL",
            o => o.Issuer,
            (o, text) => o with { Issuer = text }
        ),
        Visible(
            "audience",
            (1, 200),
            "1 to 200 visible characters",
            o => o.Audience,
            (o, text) => o with { Audience = text }
        ),
        Whole(
            "access_token_minutes",
            (1, (int)TokenSettings.MaxAccessLife.TotalMinutes),
            "minutes",
            o => o.AccessTokenMinutes,
            (o, n) => o with { AccessTokenMinutes = n }
        ),
        Whole(
            "refresh_token_days",
            (1, 90),
            "days",
            o => o.RefreshTokenDays,
            (o, n) => o with { RefreshTokenDays = n }
        ),
        Whole("signing_key_days", (1, 3_650), "days", o => o.SigningKeyDays, (o, n) => o with { SigningKeyDays = n }),
        Whole("session_days", (1, 365), "days", o => o.SessionDays, (o, n) => o with { SessionDays = n }),
        new(
            "log_level",
            "debug, information, warning or error",
            o => o.LogLevel.ToString().ToLowerInvariant(),
            SetLogLevel
        ),
        new(
            "log_format",
            "text or json",
            o => o.LogFormat,
            (o, text) => text is "text" or "json" ? o with { LogFormat = text } : null
        ),
        .. OtlpSettings.All,
        .. LlmSettings.All,
        .. ToolSettings.All,
        .. SecretSettings.All,
        .. BackupSettings.All,
        .. CanaryWiring.All,
        .. SmtpSettings.All,
        .. OidcSettings.All,
    ];

    /// <summary>The path of a file, as it is written.</summary>
    public static Setting File(
        string name,
        string wanted,
        Func<OrdinautOptions, string> show,
        Func<OrdinautOptions, string, OrdinautOptions> set
    ) => new(name, wanted, show, (o, text) => text.Any(char.IsControl) ? null : set(o, text));

    public static Setting Whole(
        string name,
        (int Least, int Most) range,
        string unit,
        Func<OrdinautOptions, int> show,
        Func<OrdinautOptions, int, OrdinautOptions> set
    ) =>
        new(
            name,
            string.Create(CultureInfo.InvariantCulture, $"{range.Least} to {range.Most} {unit}"),
            o => show(o).ToString(CultureInfo.InvariantCulture),
            (o, text) =>
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                && n >= range.Least
                && n <= range.Most
                    ? set(o, n)
                    : null
        )
        {
            Range = new SettingRange(range.Least, range.Most, n => n.ToString(CultureInfo.InvariantCulture)),
        };

    private static Setting Rate(
        string name,
        Func<OrdinautOptions, int> show,
        Func<OrdinautOptions, int, OrdinautOptions> set
    ) => Whole(name, (0, 1_000_000), "requests a second (0: no limit)", show, set);

    /// <summary>A text of so many characters that show, and no spaces.</summary>
    public static Setting Visible(
        string name,
        (int Least, int Most) length,
        string wanted,
        Func<OrdinautOptions, string> show,
        Func<OrdinautOptions, string, OrdinautOptions> set
    ) => Text(name, length, wanted, show, (o, text) => text.All(c => c is > ' ' and <= '~') ? set(o, text) : null);

    /// <summary>A text of so many characters.</summary>
    public static Setting Text(
        string name,
        (int Least, int Most) length,
        string wanted,
        Func<OrdinautOptions, string> show,
        Func<OrdinautOptions, string, OrdinautOptions?> set
    ) =>
        new(
            name,
            wanted,
            show,
            (o, text) =>
                text.Length >= length.Least && text.Length <= length.Most && !text.Any(char.IsControl)
                    ? set(o, text)
                    : null
        )
        {
            Range = new SettingRange(length.Least, length.Most, n => new string('x', n)),
        };

    private static OrdinautOptions? SetUrls(OrdinautOptions options, string text)
    {
        var urls = text.Split(';', StringSplitOptions.TrimEntries);
        var fine = urls.All(url =>
            Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https")
        );
        return fine ? options with { Urls = text } : null;
    }

    /// <summary>Exactly as browsers send it: a wildcard would let in any page, a path would let in none.</summary>
    private static OrdinautOptions? SetOrigins(OrdinautOptions options, string text)
    {
        var origins = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var fine = origins.All(origin =>
            Uri.TryCreate(origin, UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https"
            && url.UserInfo.Length == 0
            && url.GetLeftPart(UriPartial.Authority) == origin
        );
        return fine ? options with { CorsOrigins = string.Join(',', origins) } : null;
    }

    private static OrdinautOptions? SetTimezone(OrdinautOptions options, string text) =>
        DateTimeZoneProviders.Tzdb.GetZoneOrNull(text) is null ? null : options with { Timezone = text };

    private static OrdinautOptions? SetLogLevel(OrdinautOptions options, string text) =>
        text switch
        {
            "debug" => options with { LogLevel = LogLevel.Debug },
            "information" => options with { LogLevel = LogLevel.Information },
            "warning" => options with { LogLevel = LogLevel.Warning },
            "error" => options with { LogLevel = LogLevel.Error },
            _ => null,
        };
}
