using Npgsql;
using Ordinaut.Store;

namespace Ordinaut.Tests.Store;

/// <summary>The roles belong to the server: what other databases, logins and versions on it come to by them.</summary>
public sealed class RolesOfServerTests
{
    private const string CountAgents = "select count(*) from agent";

    [Theory]
    [InlineData("its own", "permission denied for")]
    [InlineData("the other's", "permission denied to set role")]
    [InlineData("none", "permission denied for")]
    public async Task The_login_of_one_database_comes_to_nothing_in_another(string role, string refusal)
    {
        var production = await RoledDatabase.Make("granted");
        using var one = await production.Open();
        var staging = await RoledDatabase.Make("granted");
        using var other = await staging.Open();
        Assert.True(one.IsGuarded && other.IsGuarded);
        var take = role switch
        {
            "its own" => $"set role {staging.App};",
            "the other's" => $"set role {production.App};",
            _ => "",
        };

        var failure = await Assert.ThrowsAsync<PostgresException>(() =>
            RoledDatabase.Run(production.AddressFor(staging.Login), take + "select sealed from signing_key")
        );

        Assert.StartsWith(refusal, failure.MessageText, StringComparison.Ordinal);
        // Who may does.
        await RoledDatabase.Run(production.Address, $"set role {production.App}; select sealed from signing_key");
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData(PgBouncer.Engine)]
    public async Task Tables_are_looked_for_in_the_programs_schema_alone(string engine)
    {
        var database = await RoledDatabase.Make("granted");
        // The program's is named like the login, with signs that need care; a stranger's like the role.
        await database.AsRoot(
            $"""
            alter role {database.Login} rename to "a \\ ""login"" {database.Name}";
            create schema "a \\ ""login"" {database.Name}" authorization "a \\ ""login"" {database.Name}";
            create schema {database.App};
            create table {database.App}.agent (id uuid);
            insert into {database.App}.agent values (null);
            grant usage on schema {database.App} to public;
            grant all on {database.App}.agent to public;
            """.Replace(@"\\", @"\")
        );
        var address = database.AddressFor($"a \\ \"login\" {database.Name}");
        var settings =
            engine == PgBouncer.Engine
                ? new PostgresSettings(PgBouncer.Address(address)) { DirectAddress = address }
                : new PostgresSettings(address);
        using var db = await Db.Open(settings, TimeProvider.System);

        Assert.True(db.IsGuarded);
        Assert.Equal(0, await db.Read(session => session.First(CountAgents, row => row.Long(0))));
        Assert.Equal(0, await db.Write(session => session.First(CountAgents, row => row.Long(0))));
        Assert.Equal(0, await db.ReadFor(Guid.NewGuid(), session => session.First(CountAgents, row => row.Long(0))));
    }

    [Theory]
    [InlineData(47, false)]
    [InlineData(48, true)]
    public async Task A_database_has_its_roles_whatever_its_name(int bytes, bool byNumber)
    {
        var place = await RoledDatabase.Make("superuser");
        var name = $"It's \"{Guid.NewGuid():N} ö".PadRight(bytes - 1, '$');
        await place.AsRoot($"create database \"{name.Replace("\"", "\"\"")}\"");
        var address = new NpgsqlConnectionStringBuilder(place.Address) { Database = name }.ConnectionString;
        using var db = await Db.Open(new PostgresSettings(address), TimeProvider.System);

        Assert.True(db.IsGuarded);
        var role = await db.Read(session => session.First("select current_user::text", row => row.Text(0)));
        var number = await db.Read(session =>
            session.First("select oid::text from pg_database where datname = current_database()", row => row.Text(0))
        );
        Assert.Equal("ordinaut_app_" + (byNumber ? number : name), role);
    }

    [Fact]
    public async Task In_a_copy_the_roles_of_what_it_was_copied_from_have_nothing()
    {
        const string mayRead = "select has_table_privilege('{0}', 'signing_key', 'select')";
        var first = await RoledDatabase.Make("granted");
        (await first.Open()).Dispose();
        var second = await RoledDatabase.Make("granted");
        var copy = $"copy_of_{first.Name}";
        await second.AsRoot($"create database {copy} template {first.Name} owner {second.Login}");
        var address = new NpgsqlConnectionStringBuilder(second.AddressFor(PostgresServer.Account)) { Database = copy };
        Assert.True(await RoledDatabase.Ask<bool>(address.ConnectionString, string.Format(null, mayRead, first.App)));

        using var db = await Db.Open(new PostgresSettings(address.ConnectionString), TimeProvider.System);

        Assert.True(db.IsGuarded);
        Assert.False(await RoledDatabase.Ask<bool>(address.ConnectionString, string.Format(null, mayRead, first.App)));
        Assert.True(await first.Ask<bool>(string.Format(null, mayRead, first.App)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_program_takes_back_what_its_text_does_not_give_unless_a_newer_one_was_there(bool wasNewerThere)
    {
        var database = await RoledDatabase.Make("granted");
        (await database.Open()).Dispose();
        await database.AsRoot(
            $"""
            create table newer (id uuid);
            alter table newer owner to {database.Login};
            grant select on newer to {database.App};
            grant delete on audit to {database.App};
            update migration set checksum = 'x' where name = 'Roles.sql';
            """
        );
        if (wasNewerThere)
        {
            await database.AsRoot(
                "insert into migration (name, checksum, applied_at) values ('9998_more.sql', 'x', now())"
            );
        }

        (await database.Open()).Dispose();

        foreach (var right in new[] { "'newer', 'select'", "'audit', 'delete'" })
        {
            Assert.Equal(
                wasNewerThere,
                await database.Ask<bool>($"select has_table_privilege('{database.App}', {right})")
            );
        }

        Assert.True(await database.Ask<bool>($"select has_table_privilege('{database.App}', 'audit', 'insert')"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_login_past_the_pooler_must_have_the_roles_too(bool isGranted)
    {
        var database = await RoledDatabase.Make("granted");
        var worker = database.Login + "_2";
        await database.AsRoot(
            $"""
            create role {worker} login;
            alter default privileges for role {database.Login} grant all on tables to {worker};
            """
        );
        if (isGranted)
        {
            await database.Grant(worker);
        }

        using var db = await Db.Open(
            new PostgresSettings(PgBouncer.Address(database.AddressFor(worker))) { DirectAddress = database.Address },
            TimeProvider.System
        );

        Assert.Equal(isGranted, db.IsGuarded);
        Assert.Equal(0, await db.Read(session => session.First(CountAgents, row => row.Long(0))));
    }

    [Fact]
    public async Task A_role_that_was_taken_from_the_login_is_said_with_the_way_out()
    {
        var database = await RoledDatabase.Make("granted");
        using var db = await database.Open();
        await database.AsRoot(
            $"""
            revoke {database.App}, {database.Caller} from {database.Login};
            select pg_terminate_backend(pid) from pg_stat_activity where usename = '{database.Login}';
            """
        );

        var problem = await Assert.ThrowsAsync<Problem>(() =>
            db.Write(session => session.First(CountAgents, row => row.Long(0)))
        );

        Assert.Equal(ProblemKind.Unavailable, problem.Kind);
        Assert.Contains("Grant it ordinaut_app_", problem.Message, StringComparison.Ordinal);
    }
}
