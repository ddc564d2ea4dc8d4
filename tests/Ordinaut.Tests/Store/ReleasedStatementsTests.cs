using Npgsql;
using Ordinaut.Store;
using Ordinaut.Tests.Conformance;
using Ordinaut.Tests.Tidy;
using SQLitePCL;

namespace Ordinaut.Tests.Store;

/// <summary>
/// A node of the release before works on the schema of today while nodes are replaced: what it sends must still be
/// accepted. Its statements are kept beside this test.
/// </summary>
public sealed class ReleasedStatementsTests
{
    private const string Expansion = """
        alter table queue add column lane text;
        alter table task add column note text not null default '';
        create table novelty (id integer primary key, task_id text);
        create index novelty_task on novelty (task_id)
        """;

    public static TheoryData<string> Engines => ["sqlite", "postgres"];

    public static TheoryData<string, string> Contractions =>
        new()
        {
            { "sqlite", "alter table queue rename column slot_limit to places" },
            { "sqlite", "alter table event drop column depth" },
            { "sqlite", "drop table attempt" },
            { "postgres", "alter table queue rename column slot_limit to places" },
            { "postgres", "alter table event drop column depth" },
            { "postgres", "drop table attempt" },
            { "postgres", "alter table task_version alter column version type text" },
        };

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Every_statement_of_the_last_release_prepares_on_the_schema_of_today(string engine)
    {
        var released = (await File.ReadAllTextAsync(ListOf(engine))).Split(Statements.Divider);

        Assert.True(released.Length > 100, "The list is empty.");
        Assert.Empty(await Refused(engine, released));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Every_statement_of_today_prepares(string engine) =>
        Assert.Empty(await Refused(engine, await Today(engine)));

    [Theory]
    [MemberData(nameof(Contractions))]
    public async Task A_migration_that_takes_away_what_the_last_release_uses_is_found(
        string engine,
        string contraction
    ) => Assert.NotEmpty(await Refused(engine, await Today(engine), contraction));

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Nodes_go_on_over_a_schema_that_was_expanded_under_them(string engine)
    {
        using var cluster = await Cluster.Open(engine);
        Assert.Null(await cluster.Play(Course.Of(1), toTheEnd: false));

        await cluster.Db.Write(session => session.Script(Expansion), Lane.Upkeep);

        Assert.Null(await cluster.Play(Course.Of(1)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Nodes_stop_over_a_schema_that_was_contracted_under_them(string engine)
    {
        using var cluster = await Cluster.Open(engine);

        await cluster.Db.Write(
            session => session.Script("alter table queue rename column slot_limit to places"),
            Lane.Upkeep
        );

        Assert.NotNull(await cluster.Play(Course.Of(1)));
    }

    /// <summary>A step of a release (CONTRIBUTING.md): writes the lists anew when it is told to.</summary>
    [Fact]
    public async Task The_lists_are_written_when_a_release_is_made()
    {
        if (Environment.GetEnvironmentVariable("ORDINAUT_RELEASE") != "1")
        {
            return;
        }

        foreach (var engine in new[] { "sqlite", "postgres" })
        {
            await File.WriteAllTextAsync(ListOf(engine), string.Join(Statements.Divider, await Today(engine)));
        }
    }

    private static string ListOf(string engine) =>
        Path.Combine(Repository.Root, "tests", "Ordinaut.Tests", "Store", "Released", $"{engine}.sql");

    private static async Task<IReadOnlyList<string>> Today(string engine)
    {
        if (engine == "sqlite")
        {
            return [.. Statements.OnSqlite()];
        }

        await using var connection = await Migrated();
        return [.. Statements.OnPostgres(connection)];
    }

    /// <summary>The statements that a database of today's schema does not take.</summary>
    private static async Task<IReadOnlyList<string>> Refused(
        string engine,
        IReadOnlyList<string> statements,
        string after = "select 1"
    )
    {
        if (engine == "sqlite")
        {
            return await RefusedBySqlite(statements, after);
        }

        await using var connection = await Migrated();
        await Run(connection, after);
        var refused = new List<string>();
        foreach (var statement in statements)
        {
            try
            {
                await Run(connection, statement);
            }
            catch (PostgresException failure)
            {
                refused.Add($"{failure.MessageText}: {statement}");
            }
        }

        return refused;
    }

    private static async Task<IReadOnlyList<string>> RefusedBySqlite(IReadOnlyList<string> statements, string after)
    {
        using var folder = new TestFolder();
        using (await folder.Open()) { }

        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open(folder.File, out var connection));
        using (connection)
        {
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(connection, after));
            var refused = new List<string>();
            foreach (var statement in statements)
            {
                if (raw.sqlite3_prepare_v2(connection, statement, out var prepared) != raw.SQLITE_OK)
                {
                    refused.Add($"{raw.sqlite3_errmsg(connection).utf8_to_string()}: {statement}");
                }

                prepared?.Dispose();
            }

            return refused;
        }
    }

    private static async Task<NpgsqlConnection> Migrated()
    {
        var address = PostgresServer.NewDatabase();
        using (await Db.Open(new PostgresSettings(address), TimeProvider.System)) { }

        var connection = new NpgsqlConnection(address);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task Run(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
