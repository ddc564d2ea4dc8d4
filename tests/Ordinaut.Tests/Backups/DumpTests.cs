using Npgsql;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Faults;
using Ordinaut.Tests.Store;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Backups;

/// <summary>A dump of a database in the middle of its work goes into another one, with every constraint.</summary>
public sealed class DumpTests
{
    private const string Sleep = """{"id": "nap", "uses": "debug.sleep", "with": {"seconds": 60}}""";

    private const string SelectMade = """
        select c.conname || ' ' || pg_get_constraintdef(c.oid) from pg_constraint c
        join pg_namespace n on n.oid = c.connamespace where n.nspname = 'public' and c.convalidated
        union all
        select indexdef from pg_indexes where schemaname = 'public'
        union all
        select t.tgname || ' ' || pg_get_triggerdef(t.oid) from pg_trigger t
        """;

    private static readonly string[] Tables = ["task", "queue", "run", "step", "occurrence", "event", "audit", "agent"];

    [Fact]
    public async Task It_comes_back_with_all_rows_and_constraints()
    {
        var (from, to) = (PostgresServer.NewDatabase(), PostgresServer.NewDatabase());
        await using (var app = await OrdinautApp.Start(configure: o => o with { PostgresUrl = from, DrainSeconds = 0 }))
        {
            var admin = await app.AsAdmin();
            var nap = await admin.Post<TaskView>("/tasks", Json.Write(Idle(Sleep)), 201);
            await admin.Post<TaskView>(
                "/tasks",
                Json.Write(Cron("* * * * * *", """{"id": "a", "uses": "debug.echo"}""")),
                201
            );
            var run = await admin.Post<RunView>($"/tasks/{nap.Id}/run_now", "", 202);
            await Campaign.Until(
                "something runs, and something has run",
                OrdinautApp.Patience,
                async () =>
                    (await admin.Get<RunView>($"/runs/{run.Id}")).State == "running"
                    && (await admin.Get<Page<RunView>>("/runs?state=succeeded")).Items.Count > 0
            );
            DatabaseDump.OfPostgres(from, to);
        }

        Assert.True(await Count(to, "queue") > 0, "nothing was under way");
        foreach (var table in Tables)
        {
            Assert.True(await Count(to, table) > 0, table);
        }

        Assert.Equal(await Made(from), await Made(to));
        await using var again = await OrdinautApp.Start(configure: o => o with { PostgresUrl = to, DrainSeconds = 0 });
        Assert.True((await again.Get<Ordinaut.Store.Db>().Read(Ordinaut.Backups.DrillStore.Count))["audit"] > 0);
    }

    /// <summary>A constraint that looks at the clock is what a restore trips over: this is how it would show.</summary>
    [Fact]
    public async Task A_constraint_that_depends_on_the_time_would_be_noticed()
    {
        var (from, to) = (PostgresServer.NewDatabase(), PostgresServer.NewDatabase());
        await Tell(from, "create table soon (at timestamptz check (at > clock_timestamp()))");
        await Tell(from, "insert into soon values (clock_timestamp() + interval '50 ms')");
        await Tell(from, "select pg_sleep(0.1)");

        Assert.ThrowsAny<Exception>(() => DatabaseDump.OfPostgres(from, to));
    }

    private static async Task<long> Count(string address, string table) =>
        (long)(await Tell(address, $"select count(*) from {table}"))!;

    private static async Task<List<string>> Made(string address)
    {
        await using var connection = new NpgsqlConnection(address + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(SelectMade, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var made = new List<string>();
        while (await reader.ReadAsync())
        {
            made.Add(reader.GetString(0));
        }

        return [.. made.Order(StringComparer.Ordinal)];
    }

    private static async Task<object?> Tell(string address, string sql)
    {
        await using var connection = new NpgsqlConnection(address + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
