using Ordinaut.Tests.Store;
using Ordinaut.Tests.Webhooks;

namespace Ordinaut.Tests.Monitors;

/// <summary>Monitors where nodes share a database, on either engine.</summary>
public sealed class MonitorNodeTests
{
    [Theory]
    [MemberData(nameof(ManyNodesTests.Engines), MemberType = typeof(ManyNodesTests))]
    public async Task Nodes_that_look_at_once_open_one_alert_and_close_it_once(string engine)
    {
        using var nodes = await Store.Nodes.Start(engine, 3);
        var tokens = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            tokens.Add((await nodes.One.Heartbeat()).Token);
        }

        // The first look says when they are due; whoever looks then is not late.
        await nodes.One.Watch.DoBatch();
        nodes.Clock.MoveTo(nodes.Clock.GetUtcNow().AddMinutes(65));
        await nodes.AtOnce(12, async (node, _) => await node.Watch.DoBatch());

        Assert.Equal(40, await nodes.One.Count("select count(*) from alert where state = 'firing'"));
        Assert.Equal(40, await nodes.One.Count("select count(*) from event where topic = 'alert.fired'"));
        await nodes.AtOnce(
            120,
            async (node, i) =>
                i % 3 == 0 ? await node.Watch.DoBatch() : (await node.Heartbeats.Hear(tokens[i / 3])).GetHashCode()
        );

        Assert.Equal(40, await nodes.One.Count("select count(*) from alert where state = 'resolved'"));
        Assert.Equal(40, await nodes.One.Count("select count(*) from event where topic = 'alert.resolved'"));
        Assert.Equal(40, await nodes.One.Count("select count(*) from alert"));
    }
}
