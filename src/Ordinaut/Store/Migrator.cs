using System.Reflection;

namespace Ordinaut.Store;

/// <summary>
/// Brings the schema up to date: runs each embedded <c>Migrations/&lt;engine&gt;/NNNN_name.sql</c> once, in
/// order, in one transaction. A released file is never edited; its checksum is kept and compared. Migrations that
/// this program does not know are of a newer one and do not concern it, unless the schema says that they do
/// (docs/decisions/0020-schema-changes-expand-first.md).
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

    // What a migration that takes something away asks of every program from then on: to know an earlier one, which
    // made the thing superfluous.
    private const string CreateNeeds = """
        create table if not exists migration_need (name text primary key, needs text not null)
        """;

    /// <summary>The first line of a migration that takes something away begins with this.</summary>
    private const string NeedsMark = "-- needs: ";

    // Nodes that start at once stand in line here; the number is only ours.
    private const string TakeTurn = "select pg_advisory_xact_lock(7305804402566070637)";

    // A change of a table waits for everyone who reads it, and whoever comes after waits for the change: better it
    // lets go soon and comes again. What it does itself may take as long as it takes.
    private const string LetGoSoon = """
        select set_config('lock_timeout', '200', true), set_config('statement_timeout', '0', true)
        """;

    // The original's queue; agents and tasks have tables of the same names there.
    private const string IsOriginals = "select to_regclass('due_work')::text";

    private const string SelectNeeds = "select name, needs from migration_need order by name";

    private const string InsertNeed = "insert into migration_need (name, needs) values (@name, @needs)";

    private const string SelectNames = "select name from migration";

    private const string Select = "select checksum from migration where name = @name";

    private const string Insert = """
        insert into migration (name, checksum, applied_at) values (@name, @checksum, @applied_at)
        """;

    public static async ValueTask MigrateSqlite(Session session, DateTimeOffset now)
    {
        session.Now = now;
        await Run(session, "begin immediate");
        await Run(session, CreateTable);
        await Run(session, CreateNeeds);
        await ApplyAll(session, Sqlite);
        await Run(session, "commit");
    }

    /// <summary>Runs in the transaction of the session.</summary>
    /// <returns>The roles that the program works under, and whether the login of this session may.</returns>
    public static async ValueTask<(DatabaseRoles Roles, bool MayBeUsed)> MigratePostgres(Session session)
    {
        await session.Lock(LetGoSoon);
        await session.Lock(TakeTurn);
        await RequireOurs(session);
        await Run(session, CreatePostgresTable);
        await Run(session, CreateNeeds);
        var hasMigrated = await ApplyAll(session, Postgres);
        return await DatabaseRoles.Settle(session, hasMigrated, await IsOlder(session));
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

    /// <summary>The migration that a program must know to work where this one was applied; null: none.</summary>
    internal static string? Need(string sql) =>
        sql.StartsWith(NeedsMark, StringComparison.Ordinal) ? sql[NeedsMark.Length..].Split('\n', 2)[0].Trim() : null;

    /// <summary>Whether there was anything to apply.</summary>
    private static async ValueTask<bool> ApplyAll(Session session, string folder)
    {
        var scripts = Scripts(folder).ToList();
        await RequireKnown(session, [.. scripts.Select(script => script.Name)]);
        var applied = false;
        foreach (var (name, sql) in scripts)
        {
            applied |= await Apply(session, name, sql);
        }

        return applied;
    }

    private static async ValueTask RequireOurs(Session session)
    {
        if (await session.First(IsOriginals, row => row.TextOrNull(0)) is not null)
        {
            throw new Problem(
                ProblemKind.Unavailable,
                "This is a database of the original system. Name an empty one, and bring over what this one holds with "
                    + "'ordinaut import' (docs/migrating.md)."
            );
        }
    }

    /// <summary>Stops a program that is so old that it would use what is not there any more.</summary>
    private static async ValueTask RequireKnown(Session session, HashSet<string> known)
    {
        var needs = await session.Query(SelectNeeds, row => (Name: row.Text(0), Needs: row.Text(1)));
        if (needs.Find(need => !known.Contains(need.Needs)) is { Needs: { } unknown } need)
        {
            throw new Problem(
                ProblemKind.Unavailable,
                $"The database has moved on: since {need.Name} it works only with programs that know {unknown}, and "
                    + "this one is older. Start a newer version; nothing was changed."
            );
        }
    }

    /// <summary>Whether a newer program has been here.</summary>
    private static async ValueTask<bool> IsOlder(Session session)
    {
        var known = Scripts(Postgres).Select(script => script.Name).ToHashSet();
        var applied = await session.Query(SelectNames, row => row.Text(0));
        return applied.Exists(name => !known.Contains(name) && !DatabaseRoles.IsScript(name));
    }

    private static async ValueTask<bool> Apply(Session session, string name, string sql)
    {
        var checksum = Sha256.Hex(sql);
        var applied = await session.First(Select, row => row.Text(0), ("name", name));
        if (applied is null)
        {
            await session.Script(sql);
            await session.Execute(Insert, ("name", name), ("checksum", checksum), ("applied_at", session.Now));
            if (Need(sql) is { } needs)
            {
                await session.Execute(InsertNeed, ("name", name), ("needs", needs));
            }

            return true;
        }

        if (applied != checksum)
        {
            throw new Problem(
                ProblemKind.Unavailable,
                $"Migration {name} was applied with other text; this program and this database do not match."
            );
        }

        return false;
    }

    private static async ValueTask Run(Session session, string sql) => await session.Execute(sql);

    /// <summary>The text of an embedded script.</summary>
    internal static string Text(string name) => Read(typeof(Migrator).Assembly, name);

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
