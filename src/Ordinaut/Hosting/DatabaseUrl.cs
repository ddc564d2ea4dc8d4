namespace Ordinaut.Hosting;

/// <summary>
/// Where the data is, in the form of the original's <c>DATABASE_URL</c>. Each kind of database the program can use is
/// one case. A URL may hold a password, so no message repeats it.
/// </summary>
internal abstract record DatabaseUrl
{
    private const string Example = "sqlite:///folder/ordinaut.db";

    private DatabaseUrl() { }

    /// <summary>A SQLite file; its folder is the data folder.</summary>
    internal sealed record SqliteFile(string Folder, string Name) : DatabaseUrl;

    /// <summary>Nothing the program can use; a sentence says why, and what to do.</summary>
    internal sealed record Unusable(string Why) : DatabaseUrl;

    /// <summary>
    /// Reads <c>scheme+driver://…</c> as SQLAlchemy writes it: three slashes before a relative path, four before an
    /// absolute one.
    /// </summary>
    public static DatabaseUrl Parse(string text)
    {
        var scheme = text.Split([':', '+'], 2)[0].ToLowerInvariant();
        return scheme switch
        {
            "sqlite" => Sqlite(text),
            "postgres" or "postgresql" => new Unusable(
                "names a PostgreSQL database, but this version keeps its data in SQLite only; "
                    + $"set it to {Example}, or unset it."
            ),
            _ => new Unusable($"must name a SQLite file, such as {Example}, or be unset."),
        };
    }

    private static DatabaseUrl Sqlite(string text)
    {
        const string root = ":///";
        var at = text.IndexOf(root, StringComparison.Ordinal);
        var path = at < 0 ? "" : Uri.UnescapeDataString(text[(at + root.Length)..]);
        var name = Path.GetFileName(path);
        if (name.Length == 0 || path.Contains('?', StringComparison.Ordinal) || path.Any(char.IsControl))
        {
            return new Unusable($"must name a SQLite file and nothing else, such as {Example}.");
        }

        return name == ":memory:"
            ? new Unusable(
                $"names a database in memory, which would forget everything; name a file, such as {Example}."
            )
            : new SqliteFile(Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : ".", name);
    }
}
