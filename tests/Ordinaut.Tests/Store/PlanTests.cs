using System.Collections.Concurrent;
using Npgsql;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tests.Simulation;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Store;

/// <summary>
/// Of a table that was empty when PostgreSQL's planner last looked at it, the planner believes that it is empty, and
/// the plan that it makes then is kept. What comes into the table until it looks again, a minute later or after the
/// next crowd, must be reached by keys all the same. Counted are the entries of indexes and the rows that are read.
/// </summary>
public sealed class PlanTests(ITestOutputHelper output)
{
    private const int Runs = 5_000;

    /// <summary>For a run from its creation to its history; it takes some 20.</summary>
    private const int MostOfRun = 40;

    // But for the look of the test, which finds pages and nothing in them.
    private const string NobodyLooks = """
        do $$ declare name text; begin
          for name in
            select oid::regclass::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
          loop execute 'alter table ' || name || ' set (autovacuum_enabled = off)'; end loop;
        end $$
        """;

    private const string SelectRead = """
        select ((select sum(idx_tup_read) from pg_stat_user_indexes)
          + (select sum(seq_tup_read) from pg_stat_user_tables))::bigint
        """;

    [Fact]
    public async Task What_comes_into_tables_that_were_empty_is_reached_by_keys()
    {
        var read = await ReadForRun(Mutant.None);

        output.WriteLine($"{read:F1} entries and rows read for a run");
        Assert.InRange(read, 0, MostOfRun);
    }

    [Theory]
    [InlineData("claims", "(select run_id from ready)", "(select run_id from ready r)")]
    [InlineData("ends", "delete from queue /* each: using */", "delete from queue /* each:  using */")]
    public async Task A_list_that_is_joined_in_any_order_is_noticed(string what, string guard, string without)
    {
        var mutant = new Mutant(what, (guard, without));
        var read = await ReadForRun(mutant);

        output.WriteLine($"{what}: {read:F1} entries and rows read for a run");
        Assert.True(mutant.HasStruck, what);
        Assert.True(read > MostOfRun, $"{what}: {read:F1}");
    }

    private static async Task<double> ReadForRun(Mutant mutant)
    {
        var address = PostgresServer.NewDatabase();
        var rewritten = new ConcurrentDictionary<string, string>();
        var settings = new PostgresSettings(address) { Rewrite = sql => rewritten.GetOrAdd(sql, mutant.Rewrite) };
        using (var nodes = await Nodes.Start(settings))
        {
            await Execute(address, NobodyLooks);
            await FallDue(nodes, 20, CoreBundle.At("2027-01-04T00:10:00Z"));
            await Execute(address, "analyze");
            await FallDue(nodes, 20, CoreBundle.At("2027-01-04T00:20:00Z"));
            await FallDue(nodes, Runs, CoreBundle.At("2027-01-04T00:30:00Z"));
        }

        return await Execute(address, SelectRead) / (double)Runs;
    }

    private static async Task FallDue(Nodes nodes, int tasks, DateTimeOffset at)
    {
        var input = Once(Instants.Format(at), """{"id": "a", "uses": "debug.echo"}""");
        foreach (var part in Enumerable.Repeat(input, tasks).Chunk(1_000))
        {
            await nodes.One.Tasks.Bulk(nodes.One.Ann, new BulkTasks(part));
        }

        nodes.Clock.MoveTo(at);
        while (await nodes.One.Scheduler.DoBatch() > 0) { }

        // Nobody asks meanwhile whether all is done: to find that out, tests read whole tables.
        while (await nodes.One.Worker.DoBatch() > 0)
        {
            while (nodes.One.Worker.Running > 0)
            {
                await System.Threading.Tasks.Task.Yield();
            }
        }
    }

    /// <summary>On a connection of its own: what the others have read is counted when they are closed.</summary>
    private static async Task<long> Execute(string address, string sql)
    {
        await using var connection = new NpgsqlConnection($"{address};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is long count ? count : 0;
    }
}
