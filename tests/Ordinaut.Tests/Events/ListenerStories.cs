using Ordinaut.Events;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Tasks;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Events;

/// <summary>Events with very many listeners.</summary>
public sealed class ListenerStories
{
    [Fact]
    public void A_listener_behind_more_than_a_page_of_others_is_told_too() =>
        Story.Play(async core =>
        {
            await CreateMany(core, EventLog.ListenerPage + 1, OnEvent("orders.other"));
            var last = await core.Tasks.Create(core.Ann, OnEvent("orders.paid"));
            var wild = await core.Tasks.Create(core.Admin, OnEvent("#"));

            var published = await core.Events.Publish(core.Ann, new PublishEvent("orders.paid"));

            Assert.Equal([last.Id, wild.Id], published.TriggeredTasks);
        });

    [Fact]
    public void One_event_triggers_at_most_a_thousand_tasks_and_the_ledger_tells_of_the_others() =>
        Story.Play(async core =>
        {
            core.Clockwork.Forget(core.Worker);
            await CreateMany(core, EventLog.MaxTriggered - 1, OnEvent("a"));
            await core.Advance(TimeSpan.FromSeconds(1));
            var one = await core.Tasks.Create(core.Ann, OnEvent("a"));
            await core.Advance(TimeSpan.FromSeconds(1));
            var more = await core.Tasks.Create(core.Ann, OnEvent("a"));

            var published = await core.Events.Publish(core.Ann, new PublishEvent("a"));

            Assert.Equal(EventLog.MaxTriggered, published.TriggeredTasks.Count);
            Assert.Equal(one.Id, published.TriggeredTasks[^1]);
            Assert.Equal("queued", Assert.Single(await core.Ledger(one.Id)).Outcome);
            var line = Assert.Single(await core.Ledger(more.Id));
            Assert.Equal(("budget", "event"), (line.Reason, line.Trigger));
            Assert.Contains("1000 tasks", line.Detail);
        });

    private static async Task CreateMany(CoreBundle core, int count, TaskInput input)
    {
        foreach (var inputs in Enumerable.Repeat(input, count).Chunk(TaskOperations.MaxBulk))
        {
            await core.Tasks.Bulk(core.Ann, new BulkTasks(Create: inputs));
        }
    }
}
