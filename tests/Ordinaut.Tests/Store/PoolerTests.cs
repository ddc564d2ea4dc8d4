using Npgsql;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tests.Conformance;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Store;

/// <summary>
/// Nodes behind a pooler that gives a connection to somebody else after each transaction, where nothing that a session
/// keeps may be counted on.
/// </summary>
public sealed class PoolerTests
{
    private const int Courses = 6;

    private const string SelectLimits = """
        select current_setting('statement_timeout') || ' ' || current_setting('lock_timeout') || ' '
          || current_setting('idle_in_transaction_session_timeout') || ' ' || current_setting('enable_seqscan')
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Occurrences_due_at_once_on_two_nodes_run_once_each()
    {
        using var nodes = await Nodes.Start(PgBouncer.Engine);
        var input = Once("2027-01-04T00:10:00Z", """{"id": "a", "uses": "debug.echo"}""");
        await nodes.AtOnce(
            4,
            (node, _) => node.Tasks.Bulk(node.Ann, new BulkTasks([.. Enumerable.Repeat(input, 250)]))
        );
        nodes.Clock.MoveTo(CoreBundle.At("2027-01-04T00:10:00Z"));

        await nodes.WorkUntilIdle();

        Assert.Equal(1_000, await nodes.One.Db.Count("select count(*) from run where state = 'succeeded'"));
        Assert.Equal(1_000, await nodes.One.Db.Count("select count(*) from occurrence where run_id is not null"));
        Assert.Equal(0, await nodes.One.Db.Count("select count(*) from run where epoch <> 1 or attempt <> 1"));
        Assert.Null(await TableCheck.Fault(nodes.One.Db));
    }

    [Fact]
    public async Task Whatever_is_done_in_whatever_order_the_store_holds_what_the_model_holds()
    {
        using var cluster = await Cluster.Open(PgBouncer.Engine);
        for (var seed = 1; seed <= Courses; seed++)
        {
            Assert.Null(await cluster.Play(Course.Of(seed)));
        }
    }

    [Fact]
    public async Task A_signal_wakes_the_other_node_past_the_pooler()
    {
        var settings = PgBouncer.Settings(PgBouncer.Engine);
        using var here = await Listener.Start(settings);
        using var there = await Listener.Start(settings);

        var heard = there.Signals.Queue.Next();
        here.Signals.Queue.Set();

        await heard.WaitAsync(Patience);
    }

    [Fact]
    public async Task The_limits_of_a_transaction_hold_in_it_and_stay_with_nobody()
    {
        using var db = await Db.Open(PgBouncer.Settings(PgBouncer.Engine), TimeProvider.System);

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("30s 10s 30s off", await db.Write(Limits));
            Assert.Equal("0 0 0 on", await db.Read(Limits));
        }
    }

    [Fact]
    public async Task What_is_left_on_a_connection_another_finds_so_this_pooler_would_show_it()
    {
        var address = PgBouncer.Address(PostgresServer.NewDatabase());
        await using var one = new NpgsqlConnection(address);
        await using var other = new NpgsqlConnection(address);
        await one.OpenAsync();
        await other.OpenAsync();

        await Ask(one, "select set_config('statement_timeout', '123ms', false)");

        Assert.Equal("123ms", await Ask(other, "select current_setting('statement_timeout')"));
    }

    [Fact]
    public async Task A_pooler_that_nobody_told_of_is_named()
    {
        var settings = new PostgresSettings(PgBouncer.Address(PostgresServer.NewDatabase()));

        var problem = await Assert.ThrowsAsync<Problem>(() => Db.Open(settings, TimeProvider.System));

        Assert.Contains("database_direct_url", problem.Message, StringComparison.Ordinal);
    }

    private static async Task<object?> Ask(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static ValueTask<string?> Limits(Session session) => session.First(SelectLimits, row => row.Text(0));
}
