using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;
using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Tasks;

/// <summary>Runs that meet: overlap policies, concurrency keys, dedupe windows, priorities.</summary>
public sealed class OverlapStories
{
    [Fact]
    public void Two_wishes_for_the_same_occurrence_make_one_run() =>
        Story.Play(async core =>
        {
            var made = await core.Tasks.Create(core.Ann, Idle());
            var task = (await core.Db.Read(session => TaskStore.Find(session, made.Id)))!;
            var wish = new OccurrenceRequest(core.Now, "event:twice", Trigger.Event);

            var first = await core.Db.Write(session => core.Intake.Admit(session, task, wish));
            var second = await core.Db.Write(session => core.Intake.Admit(session, task, wish));
            await core.Settle();

            Assert.IsType<Admission.Queued>(first);
            Assert.IsType<Admission.Known>(second);
            Assert.Equal("succeeded", (await core.OnlyRun(task.Id)).State);
        });

    [Fact]
    public void With_skip_each_occurrence_during_a_long_run_leaves_its_reason() =>
        Story.Play(async core =>
        {
            var gate = core.Work.Hold();
            var input = Cron("*/10 * * * *") with { OverlapPolicy = "skip" };
            var task = await core.Tasks.Create(core.Ann, input);
            await core.Until("2027-01-04T00:35:00Z");

            gate.SetResult();
            await core.Until("2027-01-04T00:45:00Z");

            Assert.Equal(
                ["00:10 succeeded", "00:20-00:30 x2 overlap", "00:40 succeeded"],
                await core.ShortLedger(task.Id)
            );
        });

    [Fact]
    public void With_queue_runs_follow_one_another() =>
        Story.Play(async core =>
        {
            var gate = core.Work.Hold();
            var task = await core.Tasks.Create(core.Ann, Cron("*/10 * * * *"));
            await core.Until("2027-01-04T00:35:00Z");
            Assert.Equal(["00:10 running", "00:20 queued", "00:30 queued"], await core.ShortLedger(task.Id));
            Assert.Single(core.Work.Calls);

            gate.SetResult();
            await core.Settle();

            var runs = await core.RunsOf(task.Id);
            Assert.Equal(["succeeded", "succeeded", "succeeded"], runs.Select(run => run.State));
            Assert.Equal(runs.Select(run => run.Id), core.Work.Calls.Select(call => call.RunId));
        });

    [Fact]
    public void With_cancel_previous_the_newest_occurrence_wins() =>
        Story.Play(async core =>
        {
            core.Work.Hold();
            var input = Cron("*/10 * * * *") with { OverlapPolicy = "cancel_previous" };
            var task = await core.Tasks.Create(core.Ann, input);

            await core.Until("2027-01-04T00:35:00Z");

            Assert.Equal(["00:10 canceled", "00:20 canceled", "00:30 running"], await core.ShortLedger(task.Id));
        });

    [Fact]
    public void With_cancel_previous_all_that_waits_is_replaced() =>
        Story.Play(async core =>
        {
            core.Clockwork.Forget(core.Worker);
            var input = Cron("0 * * * *") with { OverlapPolicy = "queue" };
            var task = await core.Tasks.Create(core.Ann, input);
            await core.Until("2027-01-04T03:30:00Z");

            var patch = Json.Parse("""{"overlap_policy": "cancel_previous"}""");
            await core.Tasks.Patch(core.Ann, task.Id, patch, null);
            await core.Until("2027-01-04T04:30:00Z");

            Assert.Equal(
                ["01:00 canceled", "02:00 canceled", "03:00 canceled", "04:00 queued"],
                await core.ShortLedger(task.Id)
            );
        });

    [Fact]
    public void Tasks_with_one_concurrency_key_share_its_limit() =>
        Story.Play(async core =>
        {
            var gate = core.Work.Hold();
            for (var i = 0; i < 4; i++)
            {
                await core.Tasks.Create(core.Ann, Shared("0 1 * * *", limit: 2));
            }

            await core.Until("2027-01-04T01:00:00Z");
            Assert.Equal((2, 2), (core.Worker.Running, core.Work.Calls.Count));

            gate.SetResult();
            await core.Settle();
            Assert.Equal((0, 4), (core.Worker.Running, core.Work.Calls.Count));
        });

    [Fact]
    public void The_same_key_of_another_agent_is_another_key() =>
        Story.Play(async core =>
        {
            core.Work.Hold();
            await core.Tasks.Create(core.Ann, Shared("0 1 * * *", limit: 1));
            await core.Tasks.Create(core.Bob, Shared("0 1 * * *", limit: 1));

            await core.Until("2027-01-04T01:00:00Z");

            Assert.Equal(2, core.Worker.Running);
        });

    [Fact]
    public void A_free_place_goes_to_the_most_urgent_and_then_to_the_longest_waiting() =>
        Story.Play(async core =>
        {
            var gate = core.Work.Hold();
            var first = await core.Tasks.Create(core.Ann, Shared("0 1 * * *", 1));
            var late = await core.Tasks.Create(core.Ann, Shared("20 1 * * *", 1));
            var early = await core.Tasks.Create(core.Ann, Shared("10 1 * * *", 1));
            var urgent = await core.Tasks.Create(core.Ann, Shared("30 1 * * *", 1) with { Priority = 1 });
            await core.Until("2027-01-04T01:35:00Z");

            gate.SetResult();
            await core.Settle();

            var order = await Order(core);
            Assert.Equal([first.Id, urgent.Id, early.Id, late.Id], order);
        });

    [Fact]
    public void A_lower_limit_on_a_shared_key_holds_for_the_task_that_has_it() =>
        Story.Play(async core =>
        {
            var gate = core.Work.Hold();
            await core.Tasks.Create(core.Ann, Shared("0 1 * * *", 2));
            await core.Tasks.Create(core.Ann, Shared("1 1 * * *", 2));
            await core.Tasks.Create(core.Ann, Shared("2 1 * * *", 1));
            await core.Until("2027-01-04T01:05:00Z");
            var active = (await core.Runs.List(core.Ann, new(State: "running"))).Items;
            Assert.Equal(2, active.Count);

            await core.Runs.Cancel(core.Ann, active[0].Id);
            await core.Settle();

            Assert.Equal(1, core.Worker.Running);
            gate.SetResult();
            await core.Settle();
            Assert.Equal(3, core.Work.Calls.Count);
        });

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(100, 5)]
    public void A_raised_limit_lets_in_as_many_as_now_fit(int limit, int running) =>
        Story.Play(async core =>
        {
            core.Work.Hold();
            var task = await core.Tasks.Create(core.Ann, Cron("*/10 * * * *"));
            await core.Until("2027-01-04T00:55:00Z");
            Assert.Equal(1, core.Worker.Running);

            await Limit(core, task.Id, limit);
            await core.Settle();

            Assert.Equal(running, core.Worker.Running);
        });

    [Fact]
    public void A_lowered_limit_takes_no_place_away_and_holds_what_waits() =>
        Story.Play(async core =>
        {
            var gate = core.Work.Hold();
            var task = await core.Tasks.Create(core.Ann, Cron("*/10 * * * *") with { ConcurrencyLimit = 3 });
            await core.Until("2027-01-04T00:55:00Z");
            var running = (await core.Runs.List(core.Ann, new(State: "running"))).Items;

            await Limit(core, task.Id, 1);
            await core.Runs.Cancel(core.Ann, running[0].Id);
            await core.Settle();
            Assert.Equal((3, 2), (running.Count, core.Worker.Running));

            gate.SetResult();
            await core.Settle();
            Assert.Equal(5, (await core.RunsOf(task.Id)).Count(run => run.FinishedAt is not null));
        });

    [Fact]
    public void A_raised_limit_on_a_shared_key_is_for_the_task_that_has_it() =>
        Story.Play(async core =>
        {
            core.Work.Hold();
            await core.Tasks.Create(core.Ann, Shared("0 1 * * *", 1));
            var raised = await core.Tasks.Create(core.Ann, Shared("1 1 * * *", 1));
            var other = await core.Tasks.Create(core.Ann, Shared("2 1 * * *", 1));
            await core.Until("2027-01-04T01:05:00Z");

            await Limit(core, raised.Id, 3);
            await core.Settle();

            Assert.Equal("running", (await core.OnlyRun(raised.Id)).State);
            Assert.Equal("queued", (await core.OnlyRun(other.Id)).State);
        });

    [Fact]
    public void Of_runs_that_wait_the_most_urgent_is_claimed_first() =>
        Story.Play(async core =>
        {
            core.Clockwork.Forget(core.Worker);
            var ids = new List<Guid>();
            foreach (var priority in new[] { 9, 1, 5 })
            {
                ids.Add((await core.Tasks.Create(core.Ann, Cron("0 1 * * *") with { Priority = priority })).Id);
            }

            await core.Until("2027-01-04T01:00:00Z");
            core.Hire(CoreBundle.Settings("w2") with { Slots = 1 }, core.Db);
            await core.Settle();

            Assert.Equal([ids[1], ids[2], ids[0]], await Order(core));
        });

    [Fact]
    public void Within_the_dedupe_window_a_key_lets_one_run_through() =>
        Story.Play(async core =>
        {
            var input = Cron("*/10 * * * *") with { DedupeKey = "report", DedupeWindowSeconds = 1200 };
            var one = await core.Tasks.Create(core.Ann, input);

            await core.Until("2027-01-04T00:45:00Z");

            Assert.Equal(
                ["00:10 succeeded", "00:20 dedupe", "00:30 succeeded", "00:40 dedupe"],
                await core.ShortLedger(one.Id)
            );
        });

    private static Ordinaut.Sdk.Wire.TaskInput Shared(string expression, int limit) =>
        Cron(expression) with
        {
            ConcurrencyKey = "printer",
            ConcurrencyLimit = limit,
        };

    private static Task<TaskView> Limit(CoreBundle core, Guid taskId, int limit) =>
        core.Tasks.Patch(core.Ann, taskId, Json.Parse($$"""{"concurrency_limit": {{limit}}}"""), null);

    private static async Task<List<Guid>> Order(CoreBundle core)
    {
        var tasks = new List<Guid>();
        foreach (var call in core.Work.Calls)
        {
            tasks.Add((await core.Runs.Get(core.Ann, call.RunId)).TaskId);
        }

        return tasks;
    }
}
