using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Tasks;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Runs;

/// <summary>Who carries out runs, as an operator sees it.</summary>
public sealed class WorkerListStories
{
    [Fact]
    public void Workers_are_shown_with_what_they_hold_also_the_lost_ones() =>
        Story.Play(async core =>
        {
            core.Work.Freeze();
            var task = await core.Tasks.Create(core.Ann, Idle() with { ConcurrencyLimit = 2 });
            await core.RunAtOnce(task.Id);
            core.Clockwork.Forget(core.Worker);
            var other = core.Hire("w2");
            await core.RunAtOnce(task.Id);
            var workers = new WorkerOperations(core.Db, [other]);

            var both = await workers.List(core.Admin);
            core.Clock.MoveTo(core.Now + core.Clockwork.Lease);
            var later = await workers.List(core.Admin);

            Assert.Equal(["w2 active 1 of 100", "w1 active 1 of "], both.Items.Select(Short));
            Assert.Equal(["w2 active 1 of 100", "w1 lost 1 of "], later.Items.Select(Short));
            Assert.All(
                both.Items,
                worker => Assert.True(worker.LeasedUntil > both.Items[0].LeasedUntil - core.Clockwork.Lease)
            );
        });

    [Fact]
    public void An_idle_worker_holds_nothing() =>
        Story.Play(async core =>
        {
            var workers = new WorkerOperations(core.Db, [core.Worker]);

            var idle = Assert.Single((await workers.List(core.Admin)).Items);
            await core.Worker.Drain(CancellationToken.None);
            var draining = Assert.Single((await workers.List(core.Admin)).Items);

            Assert.Equal(("w1 active 0 of 100", null), (Short(idle), idle.LeasedUntil));
            Assert.Equal("w1 draining 0 of 100", Short(draining));
        });

    [Fact]
    public async Task Only_an_admin_sees_them()
    {
        await using var app = await OrdinautApp.Start();
        var agent = await app.AsAgent("runs:read", "runs:manage");

        var page = await (await app.AsAdmin()).Get<Page<WorkerView>>("/workers");

        Assert.Equal(app.Options.WorkerConcurrency, Assert.Single(page.Items).Slots);
        await agent.Refused(403, "GET", "/workers");
    }

    private static string Short(WorkerView worker) => $"{worker.Id} {worker.State} {worker.Running} of {worker.Slots}";
}
