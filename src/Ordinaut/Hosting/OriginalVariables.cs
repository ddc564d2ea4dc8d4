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
        (Database, "sqlite:///folder/file.db in place of data; data wins where both are given"),
        (Redis, "not used: one process on SQLite needs no Redis"),
        (
            TokenSecret,
            "not used: the server makes its own key (ES256) at its first start and keeps it in its database; "
                + "tokens of the original are not valid here, get new ones at POST /agents/auth/token"
        ),
    ];

    /// <param name="given">The original's variables that are set.</param>
    /// <param name="dataIsGiven">Whether a variable or flag of ours says where the data is.</param>
    public static OrdinautOptions Apply(
        OrdinautOptions options,
        IReadOnlyDictionary<string, string> given,
        bool dataIsGiven,
        (List<string> Errors, List<string> Warnings) findings
    )
    {
        foreach (
            var (name, meaning) in All.Where(variable => variable.Name != Database && given.ContainsKey(variable.Name))
        )
        {
            findings.Warnings.Add($"{name} is {meaning}.");
        }

        if (!given.TryGetValue(Database, out var url))
        {
            return options;
        }

        if (dataIsGiven)
        {
            findings.Warnings.Add($"{Database} is not used: data says where the data is.");
            return options;
        }

        switch (DatabaseUrl.Parse(url.Trim()))
        {
            case DatabaseUrl.SqliteFile file:
                return options with { Data = file.Folder, DatabaseName = file.Name };
            case DatabaseUrl.Unusable unusable:
                findings.Errors.Add($"{Database} {unusable.Why}");
                break;
        }

        return options;
    }
}
