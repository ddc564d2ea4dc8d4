using Npgsql;
using Ordinaut.Agents;
using Ordinaut.Secrets;
using Ordinaut.Store;

namespace Ordinaut.Tests.Store;

public sealed class PostgresTests
{
    private const string Insert = "insert into dedupe (owner_id, key, at) values (@owner_id, @key, @now)";
    private const string Count = "select count(*) from dedupe";

    private const string KillOthers = """
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
        """;

    private static readonly TimeProvider Clock = TimeProvider.System;

    [Fact]
    public async Task Many_nodes_that_start_at_once_make_one_database_one_key_and_the_like()
    {
        var settings = new PostgresSettings(PostgresServer.NewDatabase());

        var databases = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => Task.Run(() => Db.Open(settings, Clock)))
        );
        var ids = new Ids(Clock, Random.Shared);
        var ring = new KeyRing(new GivenKeys([SecretKey.Make()]));
        var keys = await Task.WhenAll(databases.Select(db => Task.Run(() => SigningKeys.Load(db, ids, ring))));

        Assert.Single(keys.Select(key => key.Signer.Key.KeyId).Distinct());
        var names = await databases[0].Read(session => session.Query("select name from migration", row => row.Text(0)));
        Assert.Equal([.. Migrator.Scripts("Postgres/").Select(script => script.Name), "Roles.sql"], names);
        Array.ForEach(databases, db => db.Dispose());
    }

    [Fact]
    public async Task A_database_that_is_gone_is_waited_for_and_used_again_when_it_is_back()
    {
        var address = PostgresServer.NewDatabase();
        var name = new NpgsqlConnectionStringBuilder(address).Database;
        using var server = await Db.Open(new PostgresSettings(PostgresServer.NewDatabase()), Clock);
        using var db = await Db.Open(new PostgresSettings(address), Clock);

        await OnServer($"alter database {name} rename to {name}_away", name);
        var problem = await Assert.ThrowsAsync<Problem>(() => Put(db, "away"));
        await OnServer($"alter database {name}_away rename to {name}", $"{name}_away");
        await Put(db, "back");

        Assert.Equal(ProblemKind.Unavailable, problem.Kind);
        Assert.Equal(1, await db.Read(session => session.First(Count, row => row.Long(0))));

        async Task OnServer(string statement, string? busy) =>
            await server.Write(
                async session =>
                {
                    const string CutOff =
                        "select pg_terminate_backend(pid) from pg_stat_activity where datname = @name";
                    await session.Query(CutOff, row => row.Bool(0), ("name", busy));
                    return await session.Execute(statement);
                },
                Lane.Upkeep
            );
    }

    [Fact]
    public async Task Every_noun_has_the_same_columns_on_both_engines()
    {
        using var folder = new TestFolder();
        using var sqlite = await folder.Open();
        using var postgres = await Open();

        const string OnSqlite = """
            select m.name || '.' || c.name || case when c."notnull" = 1 or c.pk > 0 then '' else '?' end
            from sqlite_schema m, pragma_table_info(m.name) c
            where m.type = 'table' and m.name not like 'sqlite!_%' escape '!' order by 1
            """;
        const string OnPostgres = """
            select table_name || '.' || column_name || case when is_nullable = 'NO' then '' else '?' end
            from information_schema.columns where table_schema = 'public' and table_name !~ '_[0-9]{8}$'
            order by (table_name || '.' || column_name || case when is_nullable = 'NO' then '' else '?' end) collate "C"
            """;
        var expected = await sqlite.Read(session => session.Query(OnSqlite, row => row.Text(0)));
        Assert.Equal(expected, await postgres.Read(session => session.Query(OnPostgres, row => row.Text(0))));
    }

    [Fact]
    public async Task Work_whose_connection_is_cut_before_its_commit_is_done_once_all_the_same()
    {
        using var db = await Open();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Put(db, $"warm {i}")));
        var cuts = 0;

        await db.Write(async session =>
        {
            await Execute(session, "survivor");
            if (cuts++ < 2)
            {
                await db.Write(other => other.Query(KillOthers, row => row.Bool(0)), Lane.Upkeep);
            }

            await Execute(session, "second");
        });

        Assert.Equal(3, cuts);
        Assert.Equal(10, await db.Read(session => session.First(Count, row => row.Long(0))));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_problem_to_wait_out()
    {
        var settings = new PostgresSettings("postgres://nobody:secret@127.0.0.1:1/none");

        var problem = await Assert.ThrowsAsync<Problem>(() => Db.Open(settings, Clock));

        Assert.Equal(ProblemKind.Unavailable, problem.Kind);
        Assert.NotNull(problem.RetryAfter);
        Assert.StartsWith("postgres://nobody@127.0.0.1:1/none: ", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_that_waits_too_long_is_undone_and_its_connection_goes_on()
    {
        var address = PostgresServer.NewDatabase();
        var settings = new PostgresSettings(address) { StatementSeconds = 1, WorkConnections = 1 };
        using var db = await Db.Open(settings, Clock);
        await using var holder = new NpgsqlConnection(address);
        await holder.OpenAsync();
        await using (var hold = new NpgsqlCommand("begin; lock table dedupe in share mode", holder))
        {
            await hold.ExecuteNonQueryAsync();
        }

        var problem = await Assert.ThrowsAsync<Problem>(() =>
            db.Write(session => session.Later(Insert, ("owner_id", Guid.Empty), ("key", "late")))
        );
        await holder.CloseAsync();
        await Put(db, "next");

        Assert.Equal(ProblemKind.Unavailable, problem.Kind);
        Assert.Contains("nothing was changed", problem.Message, StringComparison.Ordinal);
        Assert.Equal(1, await db.Read(session => session.First(Count, row => row.Long(0))));
    }

    [Fact]
    public async Task A_piece_that_fails_is_undone_also_what_was_only_to_be_sent()
    {
        using var db = await Open();

        await Assert.ThrowsAsync<Problem>(() =>
            db.Write(async session =>
            {
                await Execute(session, "one");
                await session.Later(Insert, ("owner_id", Guid.Empty), ("key", "two"));
                throw Problem.Conflict("no");
            })
        );
        await db.Write(async session => await session.Later(Insert, ("owner_id", Guid.Empty), ("key", "three")));

        Assert.Equal(1, await db.Read(session => session.First(Count, row => row.Long(0))));
    }

    [Theory]
    [InlineData("a\0b", "a\uFFFDb")]
    // Half a pair would not outlive the way to the test, so it is written as its escape.
    [InlineData(@"a\uD800b", "a\uFFFDb")]
    [InlineData("🙂 ș", "🙂 ș")]
    public async Task Text_that_the_database_cannot_hold_is_made_readable(string text, string kept)
    {
        using var db = await Open();

        await Put(db, text.Replace(@"\uD800", "\uD800", StringComparison.Ordinal));

        Assert.Equal(kept, await db.Read(session => session.First("select key from dedupe", row => row.Text(0))));
    }

    [Fact]
    public async Task The_clock_is_the_databases_and_never_ahead_of_it()
    {
        using var db = await Open();

        for (var i = 0; i < 20; i++)
        {
            var ours = await db.Write(session => ValueTask.FromResult(session.Now));
            var theirs = await db.Read(session => session.First("select clock_timestamp()", row => row.Instant(0)));

            Assert.InRange(theirs - ours, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        }
    }

    [Fact]
    public async Task A_signal_wakes_the_other_nodes_and_survives_the_loss_of_its_connection()
    {
        var settings = new PostgresSettings(PostgresServer.NewDatabase());
        using var here = await Listener.Start(settings);
        using var there = await Listener.Start(settings);

        var heard = there.Signals.Queue.Next();
        here.Signals.Queue.Set();
        await heard.WaitAsync(TimeSpan.FromSeconds(20));

        // Cut off, it listens again and looks once: what was told meanwhile is gone.
        var looked = there.Signals.Queue.Next();
        await here.Db.Write(session => session.Query(KillOthers, row => row.Bool(0)), Lane.Upkeep);
        await looked.WaitAsync(TimeSpan.FromSeconds(20));

        heard = there.Signals.Cancel.Next();
        here.Signals.Cancel.Set();
        await heard.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData("postgres://ann:p%40ss@db.example:6432/jobs?sslmode=require", "postgres://ann@db.example:6432/jobs")]
    [InlineData("postgresql://db.example/jobs", "postgres://db.example:5432/jobs")]
    [InlineData("postgresql+psycopg://ann:secret@db.example/jobs", "postgres://ann@db.example:5432/jobs")]
    [InlineData("postgres:///jobs?host=/run/pg&user=ann", "postgres://ann@/run/pg:5432/jobs")]
    [InlineData("Host=db;Username=ann;Password=secret;Database=jobs", "postgres://ann@db:5432/jobs")]
    public void An_address_is_shown_without_its_password(string address, string shown)
    {
        Assert.True(PostgresSettings.IsReadable(address));
        Assert.Equal(shown, new PostgresSettings(address).Shown);
    }

    [Theory]
    [InlineData("mysql://db/jobs")]
    [InlineData("jobs")]
    [InlineData("postgres://db:port/jobs")]
    [InlineData("Database=jobs")]
    public void An_address_that_cannot_be_read_is_said_so(string address) =>
        Assert.False(PostgresSettings.IsReadable(address));

    private static Task<Db> Open() => Db.Open(new PostgresSettings(PostgresServer.NewDatabase()), Clock);

    private static Task Put(Db db, string key) => db.Write(session => Execute(session, key));

    private static async ValueTask Execute(Session session, string key) =>
        await session.Execute(Insert, ("owner_id", Guid.Empty), ("key", key));
}
