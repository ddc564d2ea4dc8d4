using Ordinaut.Redis;

namespace Ordinaut.Hosting;

/// <summary>
/// The variables of the original system. What still has a meaning is taken over; of the rest the operator is told,
/// so that nobody believes it does something. Values are never shown: they hold passwords.
/// </summary>
internal static class OriginalVariables
{
    public const string Database = "DATABASE_URL";
    public const string Redis = "REDIS_URL";
    public const string TokenSecret = "JWT_SECRET_KEY";

    /// <summary>Each variable and what it means here.</summary>
    public static readonly IReadOnlyList<(string Name, string Meaning)> All =
    [
        (Database, $"the same as {Settings.Prefix}DATABASE_URL, which wins; so does data, over a SQLite file"),
        (Redis, $"the same as {Settings.Prefix}REDIS_URL, which wins"),
        (
            TokenSecret,
            "not used, and must be no weak one: the server makes its own key (ES256) at its first start and keeps it "
                + "in its database; tokens of the original are not valid here, get new ones at POST /agents/auth/token"
        ),
    ];

    /// <param name="given">The original's variables that are set.</param>
    /// <param name="isOurs">Whether a variable or flag of ours says this setting.</param>
    public static OrdinautOptions Apply(
        OrdinautOptions options,
        IReadOnlyDictionary<string, string> given,
        Func<string, bool> isOurs,
        (List<string> Errors, List<string> Warnings) findings
    )
    {
        if (given.TryGetValue(TokenSecret, out var secret))
        {
            TellOfSecret(secret, findings);
        }

        options = given.TryGetValue(Redis, out var redis)
            ? WithRedis(options, redis.Trim(), isOurs, findings)
            : options;
        return given.TryGetValue(Database, out var url) ? WithDatabase(options, url.Trim(), isOurs, findings) : options;
    }

    private static void TellOfSecret(string secret, (List<string> Errors, List<string> Warnings) findings)
    {
        if (OriginalSecret.Fault(secret) is { } fault)
        {
            findings.Errors.Add(
                $"{TokenSecret} {fault}. It signs nothing here, but a weak key is no key: take the variable away, or "
                    + $"give one of {OriginalSecret.MinBytes} random bytes."
            );
        }
        else
        {
            findings.Warnings.Add($"{TokenSecret} is {All.Single(each => each.Name == TokenSecret).Meaning}.");
        }
    }

    private static OrdinautOptions WithRedis(
        OrdinautOptions options,
        string text,
        Func<string, bool> isOurs,
        (List<string> Errors, List<string> Warnings) findings
    )
    {
        if (isOurs(Settings.RedisUrl))
        {
            findings.Warnings.Add($"{Redis} is not used: {Settings.RedisUrl} says where Redis is.");
            return options;
        }

        if (!RedisSettings.IsReadable(text))
        {
            findings.Errors.Add($"{Redis} is not readable; it must be {RedisSettings.Wanted}.");
            return options;
        }

        return options with
        {
            RedisUrl = text,
        };
    }

    private static OrdinautOptions WithDatabase(
        OrdinautOptions options,
        string text,
        Func<string, bool> isOurs,
        (List<string> Errors, List<string> Warnings) findings
    )
    {
        var url = DatabaseUrl.Parse(text);
        var winner =
            isOurs(Settings.DatabaseUrl) ? Settings.DatabaseUrl
            : isOurs(Settings.Data) && url is DatabaseUrl.SqliteFile ? Settings.Data
            : null;
        if (winner is not null)
        {
            findings.Warnings.Add($"{Database} is not used: {winner} says where the data is.");
            return options;
        }

        if (url is null)
        {
            findings.Errors.Add($"{Database} is not readable; it must be {DatabaseUrl.Wanted}.");
        }

        return url?.In(options) ?? options;
    }
}
