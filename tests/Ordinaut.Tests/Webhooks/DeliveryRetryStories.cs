using Ordinaut.Tests.Runs;
using Ordinaut.Webhooks;
using static Ordinaut.Tests.Webhooks.WebhookWriting;

namespace Ordinaut.Tests.Webhooks;

/// <summary>What follows when an event is not taken.</summary>
public sealed class DeliveryRetryStories
{
    [Fact]
    public void A_failure_is_tried_again_at_growing_distances_under_the_same_id() =>
        Story.Play(async core =>
        {
            core.Receiver.Answer = _ => Receiver.Status(500);
            var webhook = await core.Webhooks.Create(core.Ann, To("a"));
            var id = await core.Publish("a");
            var began = core.Now;
            var at = new List<int>();

            while (core.Receiver.Got.Count < DeliveryOutcome.MaxAttempts)
            {
                var before = core.Receiver.Got.Count;
                await core.Send();
                at.AddRange(Enumerable.Repeat((int)(core.Now - began).TotalSeconds, core.Receiver.Got.Count - before));
                core.Clock.MoveTo(core.Now.AddSeconds(5));
            }

            Assert.Equal([0, 5, 15, 35, 75, 155, 315, 635, 1275, 2555, 5115, 8715], at);
            Assert.All(core.Receiver.Got, message => Assert.Equal(id.ToString(), message.Id));
            Assert.All(core.Receiver.Got, message => Assert.True(message.IsSignedWith(webhook.Secret)));
            var view = await core.Webhooks.Get(core.Ann, webhook.Id);
            Assert.Equal(("active", 0L, 1L), (view.Status, view.Pending, view.GivenUp));
            Assert.Contains("500", view.LastError);
            core.Clock.MoveTo(core.Now.AddHours(3));
            await core.Send();
            Assert.Equal(DeliveryOutcome.MaxAttempts, core.Receiver.Got.Count);
        });

    [Theory]
    [InlineData("1", 5)]
    [InlineData("90", 90)]
    [InlineData("86400", 3_600)]
    public void Retry_after_is_honoured_up_to_an_hour(string asked, int seconds) =>
        Story.Play(async core =>
        {
            core.Receiver.Answer = _ => Receiver.Status(503, ("retry-after", asked));
            await core.Webhooks.Create(core.Ann, To("a"));
            await core.Publish("a");
            await core.Send();

            core.Clock.MoveTo(core.Now.AddSeconds(seconds - 1));
            await core.Send();
            Assert.Single(core.Receiver.Got);
            core.Clock.MoveTo(core.Now.AddSeconds(1));
            await core.Send();

            Assert.Equal(2, core.Receiver.Got.Count);
        });

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(503)]
    public void Only_2xx_is_taken(int status) =>
        Story.Play(async core =>
        {
            core.Receiver.Answer = _ => Receiver.Status(status, ("location", "https://elsewhere.example/"));
            var webhook = await core.Webhooks.Create(core.Ann, To("a"));
            await core.Publish("a");

            await core.Send();

            Assert.Single(core.Receiver.Got);
            var view = await core.Webhooks.Get(core.Ann, webhook.Id);
            Assert.Equal((1L, null), (view.Pending, view.LastSuccessAt));
            Assert.Contains($"{status}", view.LastError);
        });

    [Fact]
    public void Who_answers_410_gets_nothing_more() =>
        Story.Play(async core =>
        {
            core.Receiver.Answer = _ => Receiver.Status(410);
            var webhook = await core.Webhooks.Create(core.Ann, To("a"));
            for (var i = 0; i < 10; i++)
            {
                await core.Publish("a");
            }

            await core.Send();
            var sent = core.Receiver.Got.Count;
            await core.Publish("a");
            core.Clock.MoveTo(core.Now.AddHours(1));
            await core.Send();

            Assert.InRange(sent, 1, WebhookSender.MaxOfAgent);
            Assert.Equal(sent, core.Receiver.Got.Count);
            var view = await core.Webhooks.Get(core.Ann, webhook.Id);
            Assert.Equal(("disabled", 0L), (view.Status, view.Pending));
            Assert.Contains("410", view.LastError);
            Assert.Equal(["webhook.created", "webhook.disabled"], await core.Audit(webhook.Id));
        });

    [Fact]
    public void A_webhook_that_fails_for_three_days_is_disabled() =>
        Story.Play(async core =>
        {
            core.Receiver.Answer = _ => Receiver.Status(500);
            var webhook = await core.Webhooks.Create(core.Ann, To("a"));
            var end = core.Now + WebhookRow.Patience;
            while (core.Now < end)
            {
                Assert.Equal("active", (await core.Webhooks.Get(core.Ann, webhook.Id)).Status);
                await core.Publish("a");
                await core.Send();
                core.Clock.MoveTo(core.Now.AddHours(1));
            }

            await core.Send();

            var view = await core.Webhooks.Get(core.Ann, webhook.Id);
            Assert.Equal(("disabled", 0L), (view.Status, view.Pending));
            Assert.Contains("3 days", view.LastError);
        });

    [Fact]
    public void One_success_begins_the_three_days_anew() =>
        Story.Play(async core =>
        {
            var webhook = await core.Webhooks.Create(core.Ann, To("a"));
            for (var hour = 0; hour < 100; hour++)
            {
                core.Receiver.Answer = _ => Receiver.Status(hour == 50 ? 200 : 500);
                await core.Publish("a");
                await core.Send();
                core.Clock.MoveTo(core.Now.AddHours(1));
            }

            Assert.Equal("active", (await core.Webhooks.Get(core.Ann, webhook.Id)).Status);
        });

    [Fact]
    public void A_receiver_that_does_not_answer_has_twenty_seconds() =>
        Story.Play(async core =>
        {
            core.Receiver.Gate = new TaskCompletionSource();
            var webhook = await core.Webhooks.Create(core.Ann, To("a"));
            await core.Publish("a");
            Assert.Equal(1, await core.Sender.DoBatch(default));
            await Story.Idle();

            core.Clock.MoveTo(core.Now + WebhookPost.Timeout);
            await core.Sender.Settle();

            Assert.Contains("20 seconds", (await core.Webhooks.Get(core.Ann, webhook.Id)).LastError);
        });
}
