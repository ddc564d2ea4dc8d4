using Ordinaut.Agents;
using Ordinaut.Runs;
using Ordinaut.Tasks;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Runs;

/// <summary>Agents share scheduler and workers by turns: one agent's crowd does not delay another's run.</summary>
public sealed class FairnessStories
{
    private const int Crowd = 40;

    [Fact]
    public void A_run_of_one_agent_does_not_wait_behind_the_backlog_of_another() =>
        Story.Play(async core =>
        {
            await Backlog(core, core.Ann, Crowd);
            await Backlog(core, core.Bob, 1);
            var gate = core.Work.Hold();
            var worker = core.Hire(Slots(4), core.Db);

            await worker.DoBatch();
            Assert.Equal((2, 1), await Running(core));

            // What Bob did not need of his half is Ann's.
            await worker.DoBatch();
            Assert.Equal((3, 1), await Running(core));
            gate.SetResult();
            await Story.Idle();
        });

    [Fact]
    public void The_weight_of_an_agent_is_its_share_of_the_places() =>
        Story.Play(async core =>
        {
            await Backlog(core, core.Ann, Crowd);
            await Backlog(core, core.Bob, Crowd);
            await core.Db.Write(async session =>
                await session.Execute("update agent set weight = 3 where id = @id", ("id", core.Bob.AgentId))
            );
            var gate = core.Work.Hold();
            var worker = core.Hire(Slots(10), core.Db);

            await worker.DoBatch();

            Assert.Equal((3, 7), await Running(core));
            gate.SetResult();
            await Story.Idle();
        });

    [Fact]
    public void What_is_claimed_together_begins_by_turns_however_urgent_one_calls_its_own() =>
        Story.Play(async core =>
        {
            await Backlog(core, core.Bob, 1);
            for (var i = 0; i < 3; i++)
            {
                var urgent = await core.Tasks.Create(core.Ann, Idle() with { Priority = 1 });
                await core.Control.RunNow(core.Ann, urgent.Id, null);
            }

            var claimed = await core.Db.Write(session => new ClaimDesk(Slots(4), core.Clock).Claim(session, 4));

            var (ann, bob) = (core.Ann.AgentId, core.Bob.AgentId);
            Assert.Equal([ann, bob, ann], claimed.Select(run => run.OwnerId));
        });

    [Fact]
    public void Under_a_backlog_who_is_new_or_more_urgent_waits_a_second_at_most() =>
        Story.Play(async core =>
        {
            await Backlog(core, core.Ann, Crowd);
            var worker = core.Hire(Slots(4), core.Db);
            await worker.DoBatch();
            await Story.Idle();
            await Backlog(core, core.Bob, 1);
            var urgent = await core.Tasks.Create(core.Ann, Idle() with { Priority = 1 });
            await core.Control.RunNow(core.Ann, urgent.Id, null);

            await worker.DoBatch();
            await Story.Idle();
            Assert.Equal(8, core.Work.Calls.Count);
            Assert.DoesNotContain(core.Work.Calls, call => call.OwnerId == core.Bob.AgentId);

            core.Clock.MoveTo(core.Now + ClaimDesk.LookEvery);
            await worker.DoBatch();
            await Story.Idle();
            Assert.Contains(core.Work.Calls, call => call.OwnerId == core.Bob.AgentId);
            Assert.Contains(core.Work.Calls, call => call.TaskId == urgent.Id);
        });

    [Fact]
    public void The_last_runs_of_a_backlog_leave_places_to_who_came_meanwhile() =>
        Story.Play(async core =>
        {
            await Backlog(core, core.Ann, 6);
            var worker = core.Hire(Slots(4), core.Db);
            await worker.DoBatch();
            await Story.Idle();
            await Backlog(core, core.Bob, 1);

            await worker.DoBatch();
            await Story.Idle();

            Assert.Equal(7, core.Work.Calls.Count);
            Assert.Equal(7, core.Work.Calls.DistinctBy(call => call.RunId).Count());
        });

    [Theory]
    [InlineData(5, 0)]
    [InlineData(6, 60)]
    [InlineData(5_000, 1_000)]
    public void After_a_look_that_took_long_the_desk_serves_whom_it_knows_and_rests(int took, int rest) =>
        Story.Play(async core =>
        {
            var clock = new TickingClock { Step = TimeSpan.FromMilliseconds(took) };
            var desk = new ClaimDesk(Slots(4), clock);
            await Backlog(core, core.Ann, 1);
            await core.Db.Write(session => desk.Claim(session, 4));
            clock.Step = TimeSpan.Zero;
            Assert.Equal(TimeSpan.FromMilliseconds(rest), desk.Rest);
            await Backlog(core, core.Ann, 1);
            await Backlog(core, core.Bob, 1);

            var known = await core.Db.Write(session => desk.Claim(session, 4));
            clock.Now += desk.Rest;
            var others = await core.Db.Write(session => desk.Claim(session, 4));

            Assert.Equal(rest > 0 ? 1 : 2, known.Count);
            Assert.Equal(core.Ann.AgentId, known[0].OwnerId);
            Assert.Equal(rest > 0 ? [core.Bob.AgentId] : [], others.Select(run => run.OwnerId));
            Assert.Equal(TimeSpan.Zero, desk.Rest);
        });

    [Fact]
    public void With_one_place_at_a_time_agents_take_turns() =>
        Story.Play(async core =>
        {
            await Backlog(core, core.Ann, 3);
            await Backlog(core, core.Bob, 3);
            var worker = core.Hire(Slots(1), core.Db);
            var order = new List<Guid>();
            for (var i = 0; i < 6; i++)
            {
                await worker.DoBatch();
                await Story.Idle();
                order.Add(core.Work.Calls[^1].OwnerId);
            }

            Assert.Equal(6, core.Work.Calls.Count);
            Assert.All(order.Zip(order.Skip(1)), pair => Assert.NotEqual(pair.First, pair.Second));
        });

    [Fact]
    public void Priority_decides_between_runs_of_one_agent() =>
        Story.Play(async core =>
        {
            var low = await core.Tasks.Create(core.Ann, Idle() with { Priority = 9 });
            var high = await core.Tasks.Create(core.Ann, Idle() with { Priority = 1 });
            await core.Control.RunNow(core.Ann, low.Id, null);
            await core.Control.RunNow(core.Ann, high.Id, null);
            var worker = core.Hire(Slots(1), core.Db);

            await worker.DoBatch();
            await Story.Idle();

            Assert.Equal(high.Id, Assert.Single(core.Work.Calls).TaskId);
        });

    [Fact]
    public void A_task_of_one_agent_does_not_wait_behind_the_due_tasks_of_another() =>
        Story.Play(async core =>
        {
            for (var i = 0; i <= Scheduler.BatchSize; i++)
            {
                await core.Tasks.Create(core.Ann, Once("2027-01-04T08:00:00Z"));
            }

            var late = await core.Tasks.Create(core.Bob, Once("2027-01-04T08:00:01Z"));
            core.Clock.MoveTo(CoreBundle.At("2027-01-04T08:00:01Z"));

            await core.Scheduler.DoBatch();

            Assert.Equal("queued", (await core.OnlyRun(late.Id)).State);
        });

    private static WorkerSettings Slots(int slots) => new("w9", slots, TimeSpan.FromSeconds(30), TimeSpan.Zero);

    private static async Task Backlog(CoreBundle core, Caller caller, int runs)
    {
        for (var i = 0; i < runs; i++)
        {
            var task = await core.Tasks.Create(caller, Idle());
            await core.Control.RunNow(caller, task.Id, null);
        }
    }

    private static async Task<(int Ann, int Bob)> Running(CoreBundle core)
    {
        var ann = await core.Runs.List(core.Ann, new(State: "running", Limit: 200));
        var bob = await core.Runs.List(core.Bob, new(State: "running", Limit: 200));
        return (ann.Items.Count, bob.Items.Count);
    }

    /// <summary>Time passes only when somebody asks what it is.</summary>
    private sealed class TickingClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public TimeSpan Step { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp()
        {
            Now += Step;
            return Now.Ticks;
        }
    }
}
