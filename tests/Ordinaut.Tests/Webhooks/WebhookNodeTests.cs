using System.Text;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Store;
using Ordinaut.Webhooks;
using static Ordinaut.Tests.Webhooks.WebhookWriting;

namespace Ordinaut.Tests.Webhooks;

/// <summary>Webhooks and hooks where nodes share a database, on either engine.</summary>
public sealed class WebhookNodeTests
{
    private const string CountDeliveries = "select count(*) from delivery";

    [Theory]
    [MemberData(nameof(ManyNodesTests.Engines), MemberType = typeof(ManyNodesTests))]
    public async Task Nodes_that_send_at_once_send_each_event_once(string engine)
    {
        using var nodes = await Store.Nodes.Start(engine, 3);
        await nodes.One.Webhooks.Create(nodes.One.Ann, To("a"));
        await nodes.One.Webhooks.Create(nodes.One.Bob, To("b"));
        var published = await nodes.AtOnce(
            100,
            (node, i) => node.Events.Publish(i % 2 == 0 ? node.Ann : node.Bob, new PublishEvent(i % 2 == 0 ? "a" : "b"))
        );

        await Task.WhenAll(nodes.All.Select(node => Task.Run(() => Drain(node))));

        var sent = nodes.All.SelectMany(node => node.Receiver.Got).Select(message => message.Id).ToList();
        Assert.Equal(published.Select(one => one.EventId.ToString()).Order(), sent.Order());
        Assert.Equal(0, await nodes.One.Count(CountDeliveries));
    }

    [Theory]
    [MemberData(nameof(ManyNodesTests.Engines), MemberType = typeof(ManyNodesTests))]
    public async Task A_message_that_comes_to_all_nodes_at_once_is_published_once(string engine)
    {
        using var nodes = await Store.Nodes.Start(engine, 3);
        var hook = await nodes.One.Hooks.Create(nodes.One.Ann, new HookInput("shop"));
        var seconds = nodes.Clock.GetUtcNow().ToUnixTimeSeconds();
        const string Body = "{}";
        var signature = Receiver.Sign(hook.Secret, "msg_1", seconds, Body);
        var message = new HookMessage("msg_1", $"{seconds}", signature, Encoding.UTF8.GetBytes(Body));

        await nodes.AtOnce(
            30,
            async (node, _) =>
            {
                await node.Receive(hook.Id, message);
                return true;
            }
        );

        Assert.Equal(1, await nodes.One.Count("select count(*) from event where topic = 'shop'"));
    }

    [Theory]
    [MemberData(nameof(ManyNodesTests.Engines), MemberType = typeof(ManyNodesTests))]
    public async Task Who_changes_webhooks_while_they_send_meets_nobody_for_good(string engine)
    {
        using var nodes = await Store.Nodes.Start(engine, 2);
        var kept = await nodes.One.Webhooks.Create(nodes.One.Ann, To("a"));
        var toggle = await nodes.One.Webhooks.Create(nodes.One.Ann, To("a"));
        await nodes.AtOnce(60, (node, _) => node.Events.Publish(node.Ann, new PublishEvent("a")));
        var count = 0;
        nodes[1].Receiver.Answer = _ => Receiver.Status(Interlocked.Increment(ref count) % 3 == 0 ? 410 : 200);

        var sending = nodes.All.Select(node => Task.Run(() => Drain(node)));
        var changing = nodes.AtOnce(
            20,
            (node, i) =>
                node.Webhooks.Patch(
                    node.Ann,
                    i % 3 == 0 ? kept.Id : toggle.Id,
                    Json.Parse($$"""{"status": "{{(i % 2 == 0 ? "active" : "disabled")}}"}""")
                )
        );
        await Task.WhenAll([.. sending, changing]);
        await Drain(nodes.One);

        var left = "select count(*) from delivery d join webhook w on w.id = d.webhook_id where w.status = 'disabled'";
        Assert.Equal(0, await nodes.One.Count(left));
    }

    private static async Task Drain(CoreBundle node)
    {
        while (await node.Count(CountDeliveries + " where attempt = 0") > 0 || await node.Sender.DoBatch(default) > 0)
        {
            await node.Sender.DoBatch(default);
            await node.Sender.Settle();
        }
    }
}
