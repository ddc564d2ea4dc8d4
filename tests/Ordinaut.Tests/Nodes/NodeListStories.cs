using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ordinaut.Nodes;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Tasks;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Nodes;

/// <summary>Which processes do the work, as an operator sees it.</summary>
public sealed class NodeListStories
{
    [Fact]
    public void A_node_is_active_then_draining_then_gone() =>
        Story.Play(async core =>
        {
            var registry = Registry(core, Node(core, "api,worker", slots: 100));
            await registry.Register();

            var active = await Only(core);
            core.Clock.MoveTo(core.Now + TimeSpan.FromSeconds(3));
            await registry.Drain();
            var draining = await Only(core);
            await registry.Leave();

            Assert.Equal("active 0 of 100", Short(active));
            Assert.Equal(("here", 42, "1.0.0"), (active.Host, active.Pid, active.Version));
            Assert.Equal(["api", "worker"], active.Roles);
            Assert.Equal(active.StartedAt, active.HeartbeatAt);
            Assert.Equal("draining 0 of 100", Short(draining));
            Assert.Equal(active.StartedAt + TimeSpan.FromSeconds(3), draining.HeartbeatAt);
            Assert.Empty((await List(core)).Items);
        });

    [Theory]
    [InlineData(0, "active")]
    [InlineData(1, "lost")]
    public void A_node_that_is_silent_for_too_long_is_lost(int ticksMore, string state) =>
        Story.Play(async core =>
        {
            await Registry(core, Node(core, "scheduler", slots: null)).Register();

            core.Clock.MoveTo(core.Now + NodeRegistry.MaxSilence + TimeSpan.FromMilliseconds(ticksMore));

            Assert.Equal($"{state} 0 of ", Short(await Only(core)));
        });

    [Fact]
    public void What_a_node_holds_is_shown_also_when_its_row_is_gone() =>
        Story.Play(async core =>
        {
            core.Work.Freeze();
            var task = await core.Tasks.Create(core.Ann, Idle());
            await core.RunAtOnce(task.Id);

            var held = await Only(core);
            core.Clock.MoveTo(core.Now + core.Clockwork.Lease);
            var later = await Only(core);

            Assert.Equal(("w1", "active 1 of "), (held.Id, Short(held)));
            Assert.NotNull(held.LeasedUntil);
            Assert.Equal("lost 1 of ", Short(later));
        });

    [Fact]
    public void A_lost_node_is_forgotten_after_a_day_and_comes_back_with_its_next_beat() =>
        Story.Play(async core =>
        {
            var registry = Registry(core, Node(core, "api", slots: null));
            await registry.Register();
            var day = TimeSpan.FromDays(1000);
            var settings = new RetentionSettings(day, day, day, day);
            var retention = new Retention(core.Db, settings, core.Clock, NullLogger<Retention>.Instance);

            core.Clock.MoveTo(core.Now + settings.LostNodes);
            await retention.DoBatch();
            var before = (await List(core)).Items.Count;
            core.Clock.MoveTo(core.Now + TimeSpan.FromMilliseconds(1));
            await retention.DoBatch();
            var after = (await List(core)).Items.Count;
            await registry.Beat();

            Assert.Equal((1, 0), (before, after));
            Assert.Equal("active 0 of ", Short(await Only(core)));
        });

    [Fact]
    public async Task On_a_database_of_one_process_the_next_start_removes_who_was_killed()
    {
        using var core = new CoreBundle(CoreBundle.Monday);
        var killed = Registry(core, Node(core, "api", slots: null));
        await killed.Register();

        var next = Node(core, "api", slots: null);
        await Registry(core, next).Register();

        Assert.Equal(next.Name, (await Only(core)).Id);
    }

    [Fact]
    public async Task Only_an_admin_sees_them()
    {
        await using var app = await OrdinautApp.Start();
        var agent = await app.AsAgent("runs:read", "runs:manage");

        var node = Assert.Single((await (await app.AsAdmin()).Get<Page<WorkerView>>("/workers")).Items);

        Assert.Equal((app.Options.WorkerConcurrency, "active"), (node.Slots, node.State));
        Assert.Equal(["api", "scheduler", "worker"], node.Roles);
        Assert.Equal((Environment.MachineName, Environment.ProcessId), (node.Host, node.Pid));
        await agent.Refused(403, "GET", "/workers");
    }

    private static Node Node(CoreBundle core, string roles, int? slots) =>
        new(core.Ids.Next(), "here", 42, "1.0.0", roles, slots);

    private static NodeRegistry Registry(CoreBundle core, Node node) =>
        new(core.Db, node, new(LogLevel.Warning, core.Clock), core.Clock, NullLogger<NodeRegistry>.Instance);

    private static Task<Page<WorkerView>> List(CoreBundle core) => new NodeOperations(core.Db).List(core.Admin);

    private static async Task<WorkerView> Only(CoreBundle core) => Assert.Single((await List(core)).Items);

    private static string Short(WorkerView node) => $"{node.State} {node.Running} of {node.Slots}";
}
