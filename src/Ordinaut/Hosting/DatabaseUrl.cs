using Ordinaut.Store;

namespace Ordinaut.Hosting;

/// <summary>
/// Where the data is, as <c>database_url</c> and the original's <c>DATABASE_URL</c> say it. Each kind of database the
/// program can use is one case. A URL may hold a password, so no message repeats it.
/// </summary>
internal abstract record DatabaseUrl
{
    /// <summary>What a URL must be, in words.</summary>
    public const string Wanted =
        "a PostgreSQL database such as postgres://user:password@host:5432/database, or a SQLite file such as "
        + "sqlite:///folder/ordinaut.db";

    private DatabaseUrl() { }

    /// <summary>A SQLite file; its folder is the data folder.</summary>
    internal sealed record SqliteFile(string Folder, string Name) : DatabaseUrl
    {
        public override OrdinautOptions In(OrdinautOptions options) =>
            options with
            {
                Data = Folder,
                DatabaseName = Name,
                PostgresUrl = "",
            };
    }

    /// <summary>A PostgreSQL database, which many nodes may share; each keeps a data folder of its own.</summary>
    internal sealed record Postgres(string Url) : DatabaseUrl
    {
        public override OrdinautOptions In(OrdinautOptions options) => options with { PostgresUrl = Url };
    }

    /// <summary>The options with the data kept there.</summary>
    public abstract OrdinautOptions In(OrdinautOptions options);

    /// <summary>
    /// Reads <c>scheme+driver://…</c> as SQLAlchemy writes it: before a file three slashes and a relative path, or four
    /// and an absolute one. Null when the program cannot use it.
    /// </summary>
    public static DatabaseUrl? Parse(string text)
    {
        var isFile = text.Split([':', '+'], 2)[0].Equals("sqlite", StringComparison.OrdinalIgnoreCase);
        return isFile ? File(text)
            : PostgresSettings.IsReadable(text) ? new Postgres(text)
            : null;
    }

    private static SqliteFile? File(string text)
    {
        const string root = ":///";
        var at = text.IndexOf(root, StringComparison.Ordinal);
        var path = at < 0 ? "" : Uri.UnescapeDataString(text[(at + root.Length)..]);
        var name = Path.GetFileName(path);
        // A database in memory would forget everything.
        var isFine = name.Length > 0 && name != ":memory:" && !path.Contains('?') && !path.Any(char.IsControl);
        var folder = Path.GetDirectoryName(path);
        return isFine ? new SqliteFile(folder is { Length: > 0 } ? folder : ".", name) : null;
    }
}
