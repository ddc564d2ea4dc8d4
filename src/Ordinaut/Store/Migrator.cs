using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Ordinaut.Store;

/// <summary>
/// Brings the schema up to date: runs each embedded <c>Migrations/&lt;engine&gt;/NNNN_name.sql</c> once, in
/// order, in one transaction. A released file is never edited; its checksum is kept and compared.
/// </summary>
internal static class Migrator
{
    private const string Sqlite = "Sqlite/";
    private const string Postgres = "Postgres/";

    private const string CreateTable = """
        create table if not exists migration (
          name text primary key, checksum text not null, applied_at integer not null
        ) strict
        """;

    private const string CreatePostgresTable = """
        create table if not exists migration (
          name text primary key, checksum text not null, applied_at timestamptz not null)
        """;

    // Nodes that start at once stand in line here; the number is only ours.
    private const string TakeTurn = "select pg_advisory_xact_lock(7305804402566070637)";

    // Long enough for the node before to build an index.
    private const string WaitLong = "select set_config('lock_timeout', '600000', true)";

    private const string Select = "select checksum from migration where name = @name";

    private const string Insert = """
        insert into migration (name, checksum, applied_at) values (@name, @checksum, @applied_at)
        """;

    public static async ValueTask MigrateSqlite(Session session, DateTimeOffset now)
    {
        session.Now = now;
        await Run(session, "begin immediate");
        await Run(session, CreateTable);
        await ApplyAll(session, Sqlite);
        await Run(session, "commit");
    }

    /// <summary>Runs in the transaction of the session.</summary>
    public static async ValueTask MigratePostgres(Session session)
    {
        await session.Lock(WaitLong);
        await session.Lock(TakeTurn);
        await Run(session, CreatePostgresTable);
        await ApplyAll(session, Postgres);
    }

    internal static IEnumerable<(string Name, string Sql)> Scripts(string folder = Sqlite)
    {
        var assembly = typeof(Migrator).Assembly;
        return assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => (name, Read(assembly, name)));
    }

    private static async ValueTask ApplyAll(Session session, string folder)
    {
        foreach (var (name, sql) in Scripts(folder))
        {
            await Apply(session, name, sql);
        }
    }

    private static async ValueTask Apply(Session session, string name, string sql)
    {
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
        var applied = await session.First(Select, row => row.Text(0), ("name", name));
        if (applied is null)
        {
            await session.Script(sql);
            await session.Execute(Insert, ("name", name), ("checksum", checksum), ("applied_at", session.Now));
        }
        else if (applied != checksum)
        {
            throw new Problem(
                ProblemKind.Unavailable,
                $"Migration {name} was applied with other text; this program and this database do not match."
            );
        }
    }

    private static async ValueTask Run(Session session, string sql) => await session.Execute(sql);

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
