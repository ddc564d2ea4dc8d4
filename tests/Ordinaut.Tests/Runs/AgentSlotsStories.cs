using System.Runtime.CompilerServices;
using Ordinaut.Agents;
using Ordinaut.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Runs;

/// <summary>Of a worker's slots an agent has some and no more; its other runs wait, and nobody else.</summary>
public sealed class AgentSlotsStories
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 2, 2)]
    [InlineData(4, 4, 3)]
    [InlineData(20, 7, 3)]
    public void An_agent_has_at_most_its_slots_and_the_others_theirs(int most, int ann, int bob) =>
        Story.Play(async core =>
        {
            await Backlog(core, core.Ann, 20);
            await Backlog(core, core.Bob, 3);
            var gate = core.Work.Hold();
            var worker = core.Hire(Slots(10, ofAgent: most), core.Db);

            await Fill(worker);
            Assert.Equal((ann, bob), Begun(core));

            gate.SetResult();
            await core.Settle();
            Assert.Equal((20, 3), Begun(core));
        });

    [Fact]
    public void Who_comes_while_another_has_all_of_its_slots_begins_at_once() =>
        Story.Play(async core =>
        {
            await Backlog(core, core.Ann, 20);
            var gate = core.Work.Hold();
            var worker = core.Hire(Slots(3, ofAgent: 2), core.Db);
            await Fill(worker);
            await Backlog(core, core.Bob, 1);

            await Fill(worker);

            Assert.Equal((2, 1), Begun(core));
            gate.SetResult();
            await core.Settle();
        });

    /// <summary>The worker has slots free and would sleep: no time passes here.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_next_run_of_an_agent_begins_when_one_ends_or_is_lost_to_another_worker(bool isLost) =>
        Story.Play(async core =>
        {
            var worker = core.Hire(Slots(10, ofAgent: 1), core.Db);
            core.Clockwork.Forget(worker);
            using var stop = new CancellationTokenSource();
            var loops = ExecuteAsync(worker, stop.Token);
            var gate = core.Work.Hold();
            await Backlog(core, core.Ann, 2);
            await Story.Idle();
            Assert.Equal((1, 0), Begun(core));

            if (isLost)
            {
                await core.Db.Write(session => session.Execute("update queue set epoch = epoch + 1 where state = 2"));
                await worker.Renew();
            }
            else
            {
                gate.SetResult();
            }

            await Story.Idle();
            Assert.Equal((2, 0), Begun(core));
            gate.TrySetResult();
            await stop.CancelAsync();
            await loops;
        });

    [Fact]
    public void A_run_that_waits_for_another_of_its_agent_leaves_it_the_only_slot() =>
        Story.Play(async core =>
        {
            core.Clockwork.Forget(core.Worker);
            core.Hire(Slots(10, ofAgent: 1), core.Db);
            var child = await core.Tasks.Create(core.Ann, Idle());
            var call = $$$"""
                {"id": "sub", "uses": "task.run", "with": {"task_id": "{{{child.Id}}}", "wait": true}}
                """;
            var task = await core.Tasks.Create(core.Ann, Idle(call));

            var run = await core.RunAtOnce(task.Id);
            await core.Advance(TimeSpan.FromMinutes(2));

            Assert.Equal("succeeded", (await core.Runs.Get(core.Ann, run.Id)).State);
        });

    /// <summary>What StartAsync would begin on a pool thread, out of the story's sight.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern Task ExecuteAsync(Worker worker, CancellationToken stop);

    private static WorkerSettings Slots(int slots, int ofAgent) =>
        new("w9", slots, TimeSpan.FromSeconds(30), TimeSpan.Zero) { SlotsOfAgent = ofAgent };

    private static async Task Fill(Worker worker)
    {
        while (await worker.DoBatch() > 0)
        {
            await Story.Idle();
        }
    }

    private static async Task Backlog(CoreBundle core, Caller caller, int runs)
    {
        for (var i = 0; i < runs; i++)
        {
            var task = await core.Tasks.Create(caller, Idle());
            await core.Control.RunNow(caller, task.Id, null);
        }
    }

    /// <summary>Whose work has begun.</summary>
    private static (int Ann, int Bob) Begun(CoreBundle core) =>
        (
            core.Work.Calls.Count(call => call.OwnerId == core.Ann.AgentId),
            core.Work.Calls.Count(call => call.OwnerId == core.Bob.AgentId)
        );
}
