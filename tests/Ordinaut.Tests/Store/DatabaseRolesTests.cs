using Ordinaut.Agents;
using Ordinaut.Http;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Store;
using Ordinaut.Tests.Http;

namespace Ordinaut.Tests.Store;

/// <summary>The second lock: what PostgreSQL itself holds back when a statement of ours asks for too much.</summary>
public sealed class DatabaseRolesTests
{
    private const string Everyones = "select count(*) from calendar";
    private const string OfAnn = "select count(*) from calendar where owner_id = @owner_id";

    private const string Insert = """
        insert into calendar (owner_id, name, version, entries, updated_at) values (@owner_id, 'c', 1, '[]', @now)
        """;

    private const string SelectUngranted = """
        select c.relname::text from pg_class c
        where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
          and not has_table_privilege('ordinaut_app_' || current_database(), c.oid, 'select')
        """;

    // What requests may read, and nobody holds back.
    private const string SelectOpen = """
        select c.relname::text from pg_class c
        where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
          and has_table_privilege('ordinaut_caller_' || current_database(), c.oid, 'select') and not c.relrowsecurity
        """;

    // What belongs to somebody, and requests may change.
    private const string SelectWritable = """
        select c.relname::text from pg_class c
        where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
          and has_table_privilege('ordinaut_caller_' || current_database(), c.oid, 'insert, update, delete, truncate')
        """;

    private static readonly Guid Ann = Guid.NewGuid();
    private static readonly Guid Bob = Guid.NewGuid();

    [Theory]
    [InlineData("superuser", "postgres", true)]
    [InlineData("createrole", "postgres", true)]
    [InlineData("granted", "postgres", true)]
    [InlineData("none", "postgres", false)]
    [InlineData("createrole", PgBouncer.Engine, true)]
    [InlineData("none", PgBouncer.Engine, false)]
    public async Task A_statement_without_its_filter_shows_nothing_of_another(
        string login,
        string engine,
        bool isGuarded
    )
    {
        var database = await RoledDatabase.Make(login);
        using var db = await database.Open(engine);
        await db.Write(async session => await session.Execute(Insert, ("owner_id", Ann)));

        Assert.Equal(isGuarded, db.IsGuarded);
        Assert.Equal(isGuarded ? null : database.App, db.MissingRoles?.App);
        Assert.Equal(1, await db.Read(session => session.First(Everyones, row => row.Long(0))));
        Assert.Equal(1, await db.ReadFor(null, session => session.First(Everyones, row => row.Long(0))));
        Assert.Equal(1, await db.ReadFor(Ann, session => session.First(Everyones, row => row.Long(0))));
        var bobs = isGuarded ? 0 : 1;
        Assert.Equal(bobs, await db.ReadFor(Bob, session => session.First(Everyones, row => row.Long(0))));
        // Also of the second statement of a piece, and the connection is nobody's afterwards.
        var second = await db.ReadFor(
            Bob,
            async session =>
                await session.First(Everyones, row => row.Long(0))
                + await session.First(OfAnn, row => row.Long(0), ("owner_id", Ann))
        );
        Assert.Equal(2 * bobs, second);
        Assert.Equal(1, await db.Read(session => session.First(Everyones, row => row.Long(0))));
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData(PgBouncer.Engine)]
    public async Task Whatever_is_read_or_written_is_under_the_roles(string engine)
    {
        const string who = "select current_user::text";
        var database = await RoledDatabase.Make("createrole");
        using var db = await database.Open(engine);

        Assert.Equal(database.App, await db.Write(session => session.First(who, row => row.Text(0))));
        Assert.Equal(database.App, await db.Read(session => session.First(who, row => row.Text(0))));
        Assert.Equal(database.App, await db.ReadFor(null, session => session.First(who, row => row.Text(0))));
        Assert.Equal(database.Caller, await db.ReadFor(Ann, session => session.First(who, row => row.Text(0))));
        var upkeep = await db.Write(session => session.First(who, row => row.Text(0)), Lane.Upkeep);
        Assert.Equal(database.Login, upkeep);
    }

    [Theory]
    [InlineData("update audit set action = 'x'")]
    [InlineData("delete from audit")]
    [InlineData("truncate audit")]
    [InlineData("update audit_block set lines = 0")]
    [InlineData("delete from audit_block")]
    [InlineData("drop table audit")]
    [InlineData("alter table audit disable trigger all")]
    [InlineData("create table x (id integer)")]
    public async Task The_program_cannot_change_the_audit_log_nor_the_schema(string statement)
    {
        foreach (var engine in new[] { "postgres", PgBouncer.Engine })
        {
            using var db = await (await RoledDatabase.Make("createrole")).Open(engine);

            var failure = await Assert.ThrowsAnyAsync<Exception>(() => db.Write(session => session.Script(statement)));

            Assert.Matches("permission denied|must be owner", failure.GetBaseException().Message);
        }
    }

    [Fact]
    public async Task Every_table_is_decided_about()
    {
        using var db = await Db.Open(new PostgresSettings(PostgresServer.NewDatabase()), TimeProvider.System);
        foreach (var nothing in new[] { SelectUngranted, SelectOpen, SelectWritable })
        {
            Assert.Empty(await db.Read(session => session.Query(nothing, row => row.Text(0))));
        }

        // The mutant: a table that nobody has decided about.
        await db.Write(session => session.Script("create table new_noun (owner_id uuid)"), Lane.Upkeep);
        Assert.Equal(["new_noun"], await db.Read(session => session.Query(SelectUngranted, row => row.Text(0))));
    }

    [Theory]
    [InlineData("createrole", false)]
    [InlineData("none", true)]
    public async Task The_program_with_no_owner_filter_at_all_leaks_only_where_there_is_no_second_lock(
        string login,
        bool leaks
    )
    {
        var address = (await RoledDatabase.Make(login)).Address;
        await using var app = await OrdinautApp.Start(configure: options =>
            options with
            {
                PostgresUrl = address,
                SecretsKey = SecretKey.Make().Write(),
                Rewrite = Unfiltered.Of,
            }
        );

        var wrong = await AuthorizationMatrix.ForeignIds(app, endpoint => endpoint.Method == "GET");

        Assert.Equal(leaks, wrong.Count > 0);
        Assert.Equal(leaks, wrong.Contains("GET /tasks/{id}: a stranger got 200"));
    }

    [Fact]
    public async Task Who_may_see_something_sees_it_behind_the_lock()
    {
        var address = (await RoledDatabase.Make("createrole")).Address;
        await using var app = await OrdinautApp.Start(configure: options =>
            options with
            {
                PostgresUrl = address,
                SecretsKey = SecretKey.Make().Write(),
            }
        );
        var scopes = Scopes.Names.Where(name => name != "admin").ToArray();
        var owner = await app.AsAgent(scopes);
        var things = await Things.Make(owner);

        foreach (
            var endpoint in AuthorizationMatrix
                .Endpoints(app)
                .Where(e => AuthorizationMatrix.Scoped(e) && e.Method == "GET" && e.Rule.Scope != Scope.Admin)
                .Where(e => e.Rule.Rate != RateClass.Stream && !e.Path.Contains("{name}"))
        )
        {
            await OrdinautApp.Expect(await owner.Send("GET", things.Path(endpoint)), 200);
        }

        Assert.NotEmpty((await owner.Get<Page<RunView>>("/runs")).Items);
        Assert.NotEmpty((await owner.Get<Page<TaskView>>("/tasks")).Items);
        Assert.NotEmpty((await owner.Get<Page<AuditView>>("/audit")).Items);
    }
}
