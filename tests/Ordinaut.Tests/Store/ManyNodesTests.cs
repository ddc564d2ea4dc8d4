using Ordinaut.Agents;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tasks;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Store;

/// <summary>What must hold when nodes meet over the same rows, on either engine.</summary>
public sealed class ManyNodesTests
{
    private const string CountRuns = "select count(*) from run where state = @state";
    private const string CountLive = "select count(*) from queue";
    private const string CountTwice = "select count(*) from run where epoch <> 1 or attempt <> 1";

    private const string CountLost = """
        select count(*) from occurrence o where o.run_id is not null and o.reason is null
          and not exists (select 1 from run r where r.id = o.run_id)
          and not exists (select 1 from queue q where q.run_id = o.run_id)
        """;

    public static TheoryData<string> Engines => ["sqlite", "postgres"];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Ten_thousand_occurrences_due_at_once_run_once_each(string engine)
    {
        using var nodes = await Nodes.Start(engine);
        var input = Once("2027-01-04T00:10:00Z", """{"id": "a", "uses": "debug.echo"}""");
        await nodes.AtOnce(
            10,
            (node, _) => node.Tasks.Bulk(node.Ann, new BulkTasks([.. Enumerable.Repeat(input, 1_000)]))
        );
        nodes.Clock.MoveTo(CoreBundle.At("2027-01-04T00:10:00Z"));

        await nodes.WorkUntilIdle();

        Assert.Equal(10_000, await nodes.One.Db.Count(CountRuns, ("state", "succeeded")));
        Assert.Equal(0, await nodes.One.Db.Count(CountTwice));
        Assert.Equal(10_000, await nodes.One.Db.Count("select count(*) from occurrence where run_id is not null"));
        Assert.Equal(10_000, await nodes.One.Db.Count("select count(*) from step where state = 'succeeded'"));
        Assert.Equal(10_000, await nodes.One.Db.Count("select count(*) from event where topic = 'run.succeeded'"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_concurrency_key_lets_no_more_in_than_its_limit_and_leaves_nobody_waiting(string engine)
    {
        using var nodes = await Nodes.Start(engine, 3);
        var inside = 0;
        var most = 0;
        foreach (var node in nodes.All)
        {
            node.Work.Act = async (call, _) =>
            {
                var now = Interlocked.Increment(ref inside);
                for (var seen = most; now > seen; seen = most)
                {
                    Interlocked.CompareExchange(ref most, now, seen);
                }

                await System.Threading.Tasks.Task.Yield();
                Interlocked.Decrement(ref inside);
                return new Ordinaut.Tools.ToolResult.Ok(call.Input);
            };
        }

        var input = Idle() with { ConcurrencyKey = "printer", ConcurrencyLimit = 3 };
        var tasks = await nodes.AtOnce(20, (node, _) => node.Tasks.Create(node.Ann, input));
        var asking = nodes.AtOnce(200, (node, i) => node.Control.RunNow(node.Ann, tasks[i % 20].Id, null));
        await nodes.WorkUntilIdle();
        await asking;
        await nodes.WorkUntilIdle();

        Assert.InRange(most, 1, 3);
        Assert.Equal(200, await nodes.One.Db.Count(CountRuns, ("state", "succeeded")));
        Assert.Equal(0, await nodes.One.Db.Count(CountLive));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Of_many_events_at_once_overlap_skip_lets_one_run_in_and_accounts_for_the_rest(string engine)
    {
        using var nodes = await Nodes.Start(engine);
        var task = await nodes.One.Tasks.Create(nodes.One.Ann, OnEvent("door.*") with { OverlapPolicy = "skip" });

        await nodes.AtOnce(60, (node, _) => node.Events.Publish(node.Ann, new PublishEvent("door.open")));

        Assert.Equal(1, await nodes.One.Db.Count(CountLive));
        Assert.Equal(59, await Accounted(nodes, task.Id, SkipReason.Overlap));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Of_many_events_at_once_cancel_previous_leaves_the_last_run_alone(string engine)
    {
        using var nodes = await Nodes.Start(engine);
        await nodes.One.Tasks.Create(nodes.One.Ann, OnEvent("door.*") with { OverlapPolicy = "cancel_previous" });

        await nodes.AtOnce(60, (node, _) => node.Events.Publish(node.Ann, new PublishEvent("door.open")));

        Assert.Equal(1, await nodes.One.Db.Count(CountLive));
        Assert.Equal(59, await nodes.One.Db.Count(CountRuns, ("state", "canceled")));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Of_many_events_at_once_a_dedupe_key_lets_one_through(string engine)
    {
        using var nodes = await Nodes.Start(engine);
        var input = OnEvent("door.*") with { DedupeKey = "door", DedupeWindowSeconds = 60 };
        var task = await nodes.One.Tasks.Create(nodes.One.Ann, input);

        await nodes.AtOnce(60, (node, _) => node.Events.Publish(node.Ann, new PublishEvent("door.open")));

        Assert.Equal(1, await nodes.One.Db.Count(CountLive));
        Assert.Equal(59, await Accounted(nodes, task.Id, SkipReason.Dedupe));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_request_that_comes_many_times_at_once_is_done_once(string engine)
    {
        using var nodes = await Nodes.Start(engine);
        var claim = new IdempotencyClaim("k", "POST /tasks", [1]);

        var made = await nodes.AtOnce(
            24,
            (node, _) => node.Tasks.Create(node.Ann with { Idempotency = claim }, Idle())
        );

        Assert.Single(made.Select(task => task.Id).Distinct());
        Assert.Equal(1, await nodes.One.Db.Count("select count(*) from task"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_refresh_token_presented_many_times_at_once_is_used_once_and_its_family_ends(string engine)
    {
        using var nodes = await Nodes.Start(engine);
        var refresh = new RefreshTokens(
            nodes.One.Ids,
            new TokenSettings("i", "a", TimeSpan.FromMinutes(1), TimeSpan.FromDays(1))
        );
        var token = await nodes.One.Db.Write(session => refresh.Issue(session, nodes.One.Ann.AgentId, Scope.TasksRead));

        var used = await nodes.AtOnce(16, (node, _) => node.Db.Write(session => Rotate(session, refresh, token)));

        Assert.Equal(1, used.Count(won => won));
        Assert.Equal(0, await nodes.One.Db.Count("select count(*) from refresh_token"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_task_canceled_among_events_has_no_live_run_afterwards(string engine)
    {
        using var nodes = await Nodes.Start(engine);
        for (var round = 0; round < 10; round++)
        {
            var task = await nodes.One.Tasks.Create(nodes.One.Ann, OnEvent($"door.r{round}"));

            await nodes.AtOnce(
                12,
                async (node, i) =>
                {
                    await (
                        i == 6
                            ? node.Control.Cancel(node.Ann, task.Id, null)
                            : (System.Threading.Tasks.Task)
                                node.Events.Publish(node.Ann, new PublishEvent($"door.r{round}"))
                    );
                    return true;
                }
            );

            Assert.Equal(0, await nodes.One.Db.Count(CountLive));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Whatever_nodes_do_at_once_no_run_is_lost_or_doubled(string engine)
    {
        const int Seed = 20270104;
        using var nodes = await Nodes.Start(engine, 3);
        var tasks = await nodes.AtOnce(12, (node, i) => node.Tasks.Create(node.Ann, Mixed(i)));

        for (var round = 0; round < 6; round++)
        {
            var working = nodes.WorkUntilIdle();
            await nodes.AtOnce(60, (node, i) => Disturb(node, tasks, new Random(Seed + 1_000 * round + i)));
            await working;
        }

        await nodes.WorkUntilIdle();
        Assert.Equal(0, await nodes.One.Db.Count(CountLive));
        Assert.Equal(0, await nodes.One.Db.Count(CountLost));
        Assert.Equal(
            0,
            await nodes.One.Db.Count(
                "select count(*) from run r where (select count(*) from occurrence o where o.run_id = r.id) <> 1"
            )
        );
        // The fence: no step was saved by an epoch that did not end the run.
        Assert.Equal(
            0,
            await nodes.One.Db.Count(
                "select count(*) from step s join run r on r.id = s.run_id where s.epoch > r.epoch"
            )
        );
    }

    private static TaskInput Mixed(int i) =>
        OnEvent("door.*") with
        {
            OverlapPolicy = (i % 3) switch
            {
                0 => "queue",
                1 => "skip",
                _ => "cancel_previous",
            },
            ConcurrencyKey = i % 2 == 0 ? $"key{i % 4}" : null,
            ConcurrencyLimit = 1 + i % 3,
        };

    /// <summary>One of the things people and machines do.</summary>
    private static async Task<bool> Disturb(CoreBundle node, TaskView[] tasks, Random random)
    {
        var task = tasks[random.Next(tasks.Length)].Id;
        try
        {
            switch (random.Next(6))
            {
                case 0:
                    await node.Events.Publish(node.Ann, new PublishEvent("door.open"));
                    break;
                case 1:
                    var runs = await node.Runs.List(node.Ann, new RunFilter(TaskId: task, State: "queued", Limit: 5));
                    foreach (var run in runs.Items)
                    {
                        await node.Runs.Cancel(node.Ann, run.Id);
                    }

                    break;
                case 2:
                    await (
                        random.Next(2) == 0
                            ? node.Control.Pause(node.Ann, task, null)
                            : node.Control.Resume(node.Ann, task, null)
                    );
                    break;
                default:
                    await node.Control.RunNow(node.Ann, task, null);
                    break;
            }
        }
        catch (Problem problem) when (problem.Kind == ProblemKind.Conflict)
        {
            // Someone else was first, and said so.
        }

        return true;
    }

    private static async ValueTask<bool> Rotate(Session session, RefreshTokens refresh, string token)
    {
        if (await RefreshTokens.Find(session, token) is not { } row)
        {
            return false;
        }

        if (!await RefreshTokens.Use(session, row))
        {
            await RefreshTokens.EndFamily(session, row.Family);
            return false;
        }

        await refresh.Issue(session, row.AgentId, row.Scopes, row.Family);
        return true;
    }

    private static async Task<long> Accounted(Nodes nodes, Guid taskId, string reason) =>
        (await nodes.One.Ledger(taskId)).Where(line => line.Reason == reason).Sum(line => line.Count);
}
