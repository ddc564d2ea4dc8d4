using Ordinaut.Agents;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Store;

/// <summary>The switch of an agent where nodes share a database, on either engine.</summary>
public sealed class StoppedAgentTests
{
    [Theory]
    [MemberData(nameof(ManyNodesTests.Engines), MemberType = typeof(ManyNodesTests))]
    public async Task An_agent_that_is_stopped_on_one_node_is_out_on_the_others_within_two_seconds(string engine)
    {
        using var nodes = await Nodes.Start(engine);
        var (here, there) = (nodes[0], nodes[1]);
        there.Work.Hold();
        var task = await here.Tasks.Create(here.Ann, Cron("* * * * *"));
        var runs = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            runs.Add((await here.Control.RunNow(here.Ann, task.Id, null)).Id);
        }

        Assert.Equal(1, await there.Worker.DoBatch());
        await there.Work.FirstCall.WaitAsync(OrdinautApp.Patience);

        Assert.True((await there.Directory.Find(here.Ann.AgentId))!.IsActive);
        await here.Agents.Stop(here.Admin, here.Ann.AgentId, null);
        nodes.Clock.MoveTo(here.Now + AgentDirectory.MaxAge);

        await there.Worker.ObeyCancels();
        await nodes.WorkUntilIdle();

        Assert.False((await there.Directory.Find(here.Ann.AgentId))!.IsActive);
        Assert.Equal(3, await nodes.One.Db.Count("select count(*) from run where state = 'canceled'"));
        nodes.Clock.MoveTo(here.Now.AddMinutes(5));
        await here.Scheduler.DoBatch();
        Assert.Equal(0, await there.Worker.DoBatch());
        Assert.Equal(0, await nodes.One.Db.Count("select count(*) from queue"));
        Assert.Equal(3, await nodes.One.Db.Count("select count(*) from occurrence"));
    }
}
