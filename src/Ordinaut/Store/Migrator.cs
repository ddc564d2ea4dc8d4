using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Ordinaut.Store;

/// <summary>
/// Brings the schema up to date: runs each embedded <c>Migrations/Sqlite/NNNN_name.sql</c> once, in order, all in
/// one transaction. A released file is never edited; its checksum is kept and compared.
/// </summary>
internal static class Migrator
{
    private const string CreateTable = """
        create table if not exists migration (
          name text primary key, checksum text not null, applied_at integer not null
        ) strict
        """;

    private const string Select = "select checksum from migration where name = @name";

    private const string Insert = """
        insert into migration (name, checksum, applied_at) values (@name, @checksum, @applied_at)
        """;

    public static async ValueTask Migrate(Session session, DateTimeOffset now)
    {
        session.Now = now;
        await Run(session, "begin immediate");
        await Run(session, CreateTable);
        foreach (var (name, sql) in Scripts())
        {
            await Apply(session, name, sql);
        }

        await Run(session, "commit");
    }

    internal static IEnumerable<(string Name, string Sql)> Scripts()
    {
        var assembly = typeof(Migrator).Assembly;
        return assembly
            .GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => (name, Read(assembly, name)));
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
