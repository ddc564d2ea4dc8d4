using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tasks;
using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Tasks;

/// <summary>Tasks that runs make, where they come from, and how many there may be.</summary>
public sealed class LineageStories
{
    [Fact]
    public void A_task_that_a_run_made_names_its_parent_and_the_first_of_the_line() =>
        Story.Play(async core =>
        {
            var first = await core.Tasks.Create(core.Ann, Idle(Maker(Maker(WorkStep))));
            await core.RunAtOnce(first.Id);
            var second = Assert.Single((await core.Tasks.List(core.Ann, new(Parent: first.Id))).Items);
            await core.RunAtOnce(second.Id);
            var third = Assert.Single((await core.Tasks.List(core.Ann, new(Parent: second.Id))).Items);

            Assert.Equal(((Guid?)null, (Guid?)null, 0), Line(first));
            Assert.Equal((first.Id, first.Id, 1), Line(second));
            Assert.Equal((second.Id, first.Id, 2), Line(third));
        });

    [Fact]
    public void The_runs_of_a_task_make_so_many_tasks_a_day() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle(Maker(WorkStep)));
            await Use(core, task.Id, "children", new TaskLimits().ChildrenPerDay - 1);

            var last = await core.RunAtOnce(task.Id);
            var beyond = await core.RunAtOnce(task.Id);

            Assert.Equal(("succeeded", "failed"), (last.State, beyond.State));
            Assert.Contains("task_children_per_day", beyond.Error!.Message);
            await core.Until("2027-01-05T00:00:00Z");
            Assert.Equal("succeeded", (await core.RunAtOnce(task.Id)).State);
        });

    [Fact]
    public void An_agents_tasks_fire_so_often_a_day_and_the_rest_is_told_once() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *"));
            await Use(core, core.Ann.AgentId, "fires", new TaskLimits().FiresPerDay - 2);

            await core.Until("2027-01-04T04:00:00Z");

            string[] expected = ["01:00 succeeded", "02:00 succeeded", "03:00-04:00 x2 budget"];
            Assert.Equal(expected, await core.ShortLedger(task.Id));
            Assert.Single((await core.Events.List(core.Ann, new(Topic: "agent.limited"))).Items);
            // A person is not refused by it, nor another agent.
            Assert.Equal("succeeded", (await core.RunAtOnce(task.Id)).State);
            await core.Until("2027-01-05T01:00:00Z");
            Assert.Equal("01:00 succeeded", (await core.ShortLedger(task.Id))[^1]);
        });

    [Fact]
    public void Runs_that_runs_ask_for_are_counted_too() =>
        Story.Play(async core =>
        {
            var target = await core.Tasks.Create(core.Ann, Idle());
            var step = $$$"""{"id": "t", "uses": "task.run", "with": {"task_id": "{{{target.Id}}}"}}""";
            var task = await core.Tasks.Create(core.Ann, Idle(step));
            await Use(core, core.Ann.AgentId, "fires", new TaskLimits().FiresPerDay);

            var run = await core.RunAtOnce(task.Id);

            Assert.Contains("agent_fires_per_day", run.Error!.Message);
        });

    [Fact]
    public void Fires_are_taken_by_the_block_and_each_is_counted() =>
        Story.Play(async core =>
        {
            var budget = new FireBudget(new TaskLimits { FiresPerDay = 350 });
            var taken = 0;

            while (await core.Db.Write(session => budget.Take(session, core.Ann.AgentId)))
            {
                taken++;
            }

            Assert.Equal(350, taken);
            Assert.True(await core.Db.Write(session => budget.Take(session, core.Bob.AgentId)));
        });

    private static string Maker(string step) =>
        $$$$"""
            {"id": "make", "uses": "task.create", "with": {"title": "Made", "schedule_kind": "once",
              "schedule_expr": "2099-01-01T00:00:00Z", "payload": {"pipeline": [{{{{step}}}}]}}}
            """;

    private static (Guid?, Guid?, int) Line(TaskView task) => (task.ParentTaskId, task.RootTaskId, task.Depth);

    private static Task Use(CoreBundle core, Guid subject, string kind, int used) =>
        core.Db.Write(async session =>
        {
            Assert.True(await DailyUse.Take(session, DailyCount.Today(session, subject, kind), used, used));
        });
}
