using Npgsql;
using Ordinaut.Store;

namespace Ordinaut.Tests.Store;

/// <summary>Programs of two versions on one database: who may go on, who is told to stop, who waits for whom.</summary>
public sealed class RollingSchemaTests
{
    private const string Newer = "insert into migration (name, checksum, applied_at) values (@name, 'x', @now)";
    private const string Need = "insert into migration_need (name, needs) values (@name, @needs)";

    private const string SelectWaiting = """
        select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Engines => ["sqlite", "postgres"];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_program_starts_on_a_schema_that_is_newer_than_it_and_no_concern_of_its_own(string engine)
    {
        using var place = new Place(engine);
        using (var db = await place.Open())
        {
            await db.Write(session => session.Script("alter table task add column note text"), Lane.Upkeep);
            await db.Write(async session => await session.Execute(Newer, ("name", "9998_more.sql")), Lane.Upkeep);
            await db.Write(
                async session => await Require(session, Migrator.Scripts(place.Folder).Last().Name),
                Lane.Upkeep
            );
        }

        using var again = await place.Open();

        Assert.Equal(0, await again.Read(session => session.First("select count(*) from queue", row => row.Long(0))));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_program_too_old_for_the_schema_is_told_what_it_does_not_know(string engine)
    {
        using var place = new Place(engine);
        using (var db = await place.Open())
        {
            await db.Write(async session => await Require(session, "9998_more.sql"), Lane.Upkeep);
        }

        var problem = await Assert.ThrowsAsync<Problem>(place.Open);

        Assert.Equal(ProblemKind.Unavailable, problem.Kind);
        Assert.Contains("9999_less.sql", problem.Message, StringComparison.Ordinal);
        Assert.Contains("9998_more.sql", problem.Message, StringComparison.Ordinal);
        Assert.Contains("newer version", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-- needs: Postgres/0005_more.sql\nalter table task drop column note;", "Postgres/0005_more.sql")]
    [InlineData("-- needs: Postgres/0005_more.sql\r\n", "Postgres/0005_more.sql")]
    [InlineData("-- A note.\n-- needs: nothing\n", null)]
    [InlineData("create table x (id integer);", null)]
    public void A_migration_says_in_its_first_line_what_it_asks_of_programs(string sql, string? needs) =>
        Assert.Equal(needs, Migrator.Need(sql));

    [Fact]
    public async Task A_migration_that_meets_a_lock_lets_go_soon_and_comes_again()
    {
        var address = PostgresServer.NewDatabase();
        await using var other = new NpgsqlConnection(address);
        await other.OpenAsync();
        await using var looking = new NpgsqlConnection(address);
        await looking.OpenAsync();
        await Run(other, "begin; create table agent (id integer)");

        var opening = Task.Run(() => Db.Open(new PostgresSettings(address), TimeProvider.System));
        await Until(looking, waiting => waiting == 1);
        // The lock is still held, and the migration does not wait for it any more, nor anybody for the migration.
        await Until(looking, waiting => waiting == 0);
        Assert.False(opening.IsCompleted);
        await Run(other, "rollback");

        using var db = await opening.WaitAsync(Patience);
        Assert.Equal(0, await db.Read(session => session.First("select count(*) from agent", row => row.Long(0))));
    }

    private static async ValueTask Require(Session session, string needs) =>
        await session.Execute(Need, ("name", "9999_less.sql"), ("needs", needs));

    private static async Task Until(NpgsqlConnection connection, Func<long, bool> met)
    {
        await using var command = new NpgsqlCommand(SelectWaiting, connection);
        var began = TimeProvider.System.GetTimestamp();
        while (!met((long)(await command.ExecuteScalarAsync())!))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "It never came to that.");
        }
    }

    private static async Task Run(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A database that can be opened again.</summary>
    private sealed class Place(string engine) : IDisposable
    {
        private readonly TestFolder _folder = new();
        private readonly string? _address = engine == "postgres" ? PostgresServer.NewDatabase() : null;

        public string Folder => _address is null ? "Sqlite/" : "Postgres/";

        public Task<Db> Open() =>
            _address is null ? _folder.Open() : Db.Open(new PostgresSettings(_address), TimeProvider.System);

        public void Dispose() => _folder.Dispose();
    }
}
