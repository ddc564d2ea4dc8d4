using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Tasks;
using Ordinaut.Webhooks;
using static Ordinaut.Tests.Tasks.TaskWriting;
using static Ordinaut.Tests.Webhooks.WebhookWriting;

namespace Ordinaut.Tests.Webhooks;

/// <summary>Events on their way to webhooks, in virtual time.</summary>
public sealed class DeliveryStories
{
    [Fact]
    public void An_event_arrives_signed_as_the_standard_has_it() =>
        Story.Play(async core =>
        {
            var webhook = await core.Webhooks.Create(core.Ann, To("orders.*"));
            var published = await core.Publish("orders.paid", """{"no": 42}""");

            await core.Send();

            var message = Assert.Single(core.Receiver.Got);
            Assert.Equal(published.ToString(), message.Id);
            Assert.True(message.IsSignedWith(webhook.Secret));
            Assert.Equal("application/json", message.Headers["Content-Type"]);
            Assert.Equal(
                """{"type":"orders.paid","timestamp":"2027-01-04T00:00:00Z","data":{"no":42}}""",
                Json.Write(message.Json).Replace(" ", "", StringComparison.Ordinal)
            );
            var view = await core.Webhooks.Get(core.Ann, webhook.Id);
            Assert.Equal(
                ("active", 0L, core.Now, null),
                (view.Status, view.Pending, view.LastSuccessAt, view.LastError)
            );
        });

    [Theory]
    [InlineData("orders.created", "orders.created", true)]
    [InlineData("orders.created", "orders.createdx", false)]
    [InlineData("orders.*", "orders.eu.paid", false)]
    [InlineData("orders.#", "orders.eu.paid", true)]
    [InlineData("orders.#", "orders", true)]
    [InlineData("orders.#", "ordersx.paid", false)]
    [InlineData("a_b.c", "axb.c", false)]
    [InlineData("Orders.paid", "orders.paid", false)]
    [InlineData("*.created", "users.created", true)]
    [InlineData("#", "anything.at.all", true)]
    public void Its_topics_decide_and_nothing_else_stays(string pattern, string topic, bool heard) =>
        Story.Play(async core =>
        {
            var webhook = await core.Webhooks.Create(core.Ann, To(pattern, "never.*", pattern));
            await core.Publish(topic);

            await core.Send();

            Assert.Equal(heard ? [topic] : [], core.Receiver.Got.Select(message => message.Type));
            Assert.Equal(0, (await core.Webhooks.Get(core.Ann, webhook.Id)).Pending);
        });

    [Fact]
    public void Each_webhook_gets_its_owners_events_and_nobody_elses() =>
        Story.Play(async core =>
        {
            await core.Webhooks.Create(core.Ann, To("#") with { Url = "https://a.example/one" });
            await core.Webhooks.Create(core.Ann, To("#") with { Url = "https://a.example/two" });
            await core.Webhooks.Create(core.Bob, To("#") with { Url = "https://b.example/" });
            await core.Webhooks.Create(core.Admin, To("#") with { Url = "https://c.example/" });
            await core.Publish("orders.paid");

            await core.Send();

            Assert.Equal(
                ["https://a.example/one", "https://a.example/two"],
                core.Receiver.Got.Select(message => message.Url).Order()
            );
        });

    [Fact]
    public void The_programs_own_events_are_sent_as_well() =>
        Story.Play(async core =>
        {
            await core.Webhooks.Create(core.Ann, To("run.*"));
            var task = await core.Tasks.Create(core.Ann, Idle());
            await core.RunAtOnce(task.Id);

            await core.Send();

            Assert.Equal("run.succeeded", Assert.Single(core.Receiver.Got).Type);
        });

    [Theory]
    [InlineData(19_999 - Overhead, true)]
    [InlineData(20_000 - Overhead, false)]
    public void A_large_payload_is_named_and_not_sent(int characters, bool isSent) =>
        Story.Play(async core =>
        {
            await core.Webhooks.Create(core.Ann, To("a"));
            var id = await core.Publish("a", $"\"{new string('x', characters)}\"");

            await core.Send();

            var data = Assert.Single(core.Receiver.Got).Json.GetProperty("data");
            Assert.Equal(isSent, data.ValueKind == System.Text.Json.JsonValueKind.String);
            Assert.True(isSent || data.GetProperty("event_id").GetGuid() == id);
        });

    [Fact]
    public void What_was_claimed_and_never_reported_is_sent_again_by_another() =>
        Story.Play(async core =>
        {
            var webhook = await core.Webhooks.Create(core.Ann, To("a"));
            var id = await core.Publish("a");
            // A process that dies between claim and report.
            var lost = await core.Db.Write(session =>
                DeliveryStore.Claim(session, [new Share(core.Ann.AgentId, 4)], WebhookSender.ClaimTime)
            );

            await core.Send();
            Assert.Empty(core.Receiver.Got);
            core.Clock.MoveTo(core.Now + WebhookSender.ClaimTime);
            await core.Send();

            Assert.Equal(id, Assert.Single(lost).EventId);
            Assert.Equal(id.ToString(), Assert.Single(core.Receiver.Got).Id);
            Assert.Equal(0, (await core.Webhooks.Get(core.Ann, webhook.Id)).Pending);
        });

    [Fact]
    public void A_stopped_agents_deliveries_wait_until_it_is_started() =>
        Story.Play(async core =>
        {
            var webhook = await core.Webhooks.Create(core.Ann, To("a"));
            await core.Publish("a");
            await core.Agents.Stop(core.Admin, core.Ann.AgentId, null);

            await core.Send();
            core.Clock.MoveTo(core.Now.AddDays(1));
            await core.Send();
            Assert.Empty(core.Receiver.Got);
            Assert.Equal(1, (await core.Webhooks.Get(core.Admin, webhook.Id)).Pending);
            await core.Agents.Start(core.Admin, core.Ann.AgentId, null);
            await core.Send();

            Assert.Single(core.Receiver.Got);
        });

    [Fact]
    public void A_right_that_was_taken_away_sends_nothing() =>
        Story.Play(async core =>
        {
            var webhook = await core.Webhooks.Create(core.Ann, To("a"));
            await core.Publish("a");
            await core.SetScopes(core.Ann, "events:publish");

            await core.Send();

            Assert.Empty(core.Receiver.Got);
            Assert.Contains("events:read", (await core.Webhooks.Get(core.Admin, webhook.Id)).LastError);
        });

    [Fact]
    public void A_host_that_is_no_longer_allowed_is_not_called() =>
        Story.Play(async core =>
        {
            await core.Webhooks.Create(core.Ann, To("a"));
            await core.Publish("a");
            var hosts = Json.Parse("""{"allowed_hosts": ["other.example"]}""");
            await core.Agents.Patch(core.Admin, core.Ann.AgentId, hosts);

            await core.Send();

            Assert.Empty(core.Receiver.Got);
        });

    [Fact]
    public void An_event_that_is_past_is_dropped() =>
        Story.Play(async core =>
        {
            var webhook = await core.Webhooks.Create(core.Ann, To("a"));
            await core.Publish("a");
            await core.Db.Write(async session =>
            {
                await session.Execute("delete from event");
            });

            await core.Send();

            Assert.Empty(core.Receiver.Got);
            var view = await core.Webhooks.Get(core.Ann, webhook.Id);
            Assert.Equal((0L, 0L), (view.Pending, view.GivenUp));
        });

    [Fact]
    public void Slow_receivers_of_one_agent_hold_up_nobody_else() =>
        Story.Play(async core =>
        {
            core.Receiver.Gate = new TaskCompletionSource();
            await core.Webhooks.Create(core.Ann, To("a"));
            await core.Webhooks.Create(core.Bob, To("b"));
            for (var i = 0; i < 30; i++)
            {
                await core.Publish("a");
            }

            await core.Sender.DoBatch(default);
            await Story.Idle();
            Assert.Equal(WebhookSender.MaxOfAgent, core.Receiver.Got.Count);
            Assert.Equal(0, await core.Sender.DoBatch(default));
            await core.Events.Publish(core.Bob, new PublishEvent("b"));
            await core.Sender.DoBatch(default);
            await Story.Idle();

            Assert.Equal("b", core.Receiver.Got[^1].Type);
            core.Receiver.Gate.SetResult();
            await core.Send();
            Assert.Equal(31, core.Receiver.Got.Count);
        });

    /// <summary>Of an event "a" with a text as its payload: all but the text's characters.</summary>
    private const int Overhead = 57;
}
