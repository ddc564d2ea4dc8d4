using Ordinaut.Runs;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Webhooks;
using Ordinaut.Webhooks;
using static Ordinaut.Tests.Webhooks.WebhookWriting;

namespace Ordinaut.Tests.Monitors;

/// <summary>Alerts and who hears of them, in virtual time.</summary>
public sealed class AlertStories
{
    [Fact]
    public void An_alert_that_somebody_knows_of_is_still_open_and_resolves_by_itself() =>
        Story.Play(async core =>
        {
            var (_, token) = await core.Heartbeat();
            await core.Until("2027-01-04T02:00:00Z");
            var alert = Assert.Single(await core.AlertsOf());

            var known = await core.Alerts.Acknowledge(core.Ann, alert.Id);
            Assert.Equal(
                ("acknowledged", core.Ann.AgentId, core.Now),
                (known.State, known.AcknowledgedBy, known.AcknowledgedAt)
            );
            await core.Until("2027-01-04T05:00:00Z");
            Assert.Equal(["01:05:00 alert.fired"], await core.News());
            var again = await Assert.ThrowsAsync<Problem>(() => core.Alerts.Acknowledge(core.Ann, alert.Id));
            Assert.Equal(ProblemKind.Conflict, again.Kind);
            Assert.Equal([alert.Id], [.. (await core.Alerts.List(core.Ann, "open", null, 10)).Items.Select(a => a.Id)]);
            Assert.Empty((await core.Alerts.List(core.Ann, "firing", null, 10)).Items);

            await core.Heartbeats.Hear(token);
            Assert.Equal("resolved", Assert.Single(await core.AlertsOf()).State);
            Assert.Equal(["alert.fired", "alert.acknowledged", "alert.resolved"], await core.Audit(alert.Id));
        });

    [Fact]
    public void A_test_goes_the_whole_way_and_tells_who_got_it() =>
        Story.Play(async core =>
        {
            var good = await core.Webhooks.Create(core.Ann, To("alert.*"));
            var bad = await core.Webhooks.Create(core.Ann, To("alert.fired") with { Url = "https://bad.example/" });
            await core.Webhooks.Create(core.Ann, To("run.*"));
            core.Receiver.Answer = message => Receiver.Status(message.Url.Contains("bad") ? 500 : 204);

            var test = await core.Alerts.Test(core.Ann);
            Assert.Equal(("test", "resolved", 3), (test.Source, test.State, test.Deliveries.Count));
            Assert.All(test.Deliveries, told => Assert.Equal(("waiting", 0), (told.State, told.Attempts)));
            await core.Send();

            var told = (await core.Alerts.Get(core.Ann, test.Id)).Deliveries;
            Assert.Equal(
                ["alert.fired delivered 1", "alert.resolved delivered 1"],
                told.Where(one => one.WebhookId == good.Id).Select(one => $"{one.Topic} {one.State} {one.Attempts}")
            );
            var failed = Assert.Single(told, one => one.WebhookId == bad.Id);
            Assert.Equal(("waiting", 1), (failed.State, failed.Attempts));
            Assert.Contains("500", failed.Error);
        });

    [Fact]
    public void A_webhook_that_gives_up_is_an_alert_until_it_takes_events_again() =>
        Story.Play(async core =>
        {
            var webhook = await core.Webhooks.Create(core.Ann, To("orders.*"));
            core.Receiver.Answer = _ => Receiver.Status(500);
            await core.Publish("orders.paid");
            for (var attempt = 1; attempt <= DeliveryOutcome.MaxAttempts; attempt++)
            {
                Assert.Empty(await core.AlertsOf());
                await core.Send();
                await core.Advance(DeliveryOutcome.LongestWait);
            }

            var alert = Assert.Single(await core.AlertsOf());
            Assert.Equal(("webhook", webhook.Id, "firing"), (alert.Source, alert.SourceId, alert.State));

            core.Receiver.Answer = _ => Receiver.Status(204);
            await core.Publish("orders.paid");
            await core.Send();

            Assert.Equal("resolved", Assert.Single(await core.AlertsOf()).State);
        });

    [Fact]
    public void What_a_webhook_that_is_gone_did_not_get_is_said_to_be_given_up() =>
        Story.Play(async core =>
        {
            var webhook = await core.Webhooks.Create(core.Ann, To("alert.*"));
            var test = await core.Alerts.Test(core.Ann);

            await core.Webhooks.Delete(core.Ann, webhook.Id);

            var told = (await core.Alerts.Get(core.Ann, test.Id)).Deliveries;
            Assert.Equal(2, told.Count);
            Assert.All(told, one => Assert.Equal(("given_up", "The webhook was deleted."), (one.State, one.Error)));
        });

    [Fact]
    public void Pages_of_alerts_go_from_the_newest_to_the_oldest() =>
        Story.Play(async core =>
        {
            for (var i = 0; i < 3; i++)
            {
                await core.Alerts.Test(core.Ann);
            }

            var first = await core.Alerts.List(core.Ann, "resolved", null, 2);
            var second = await core.Alerts.List(core.Ann, "resolved", Guid.Parse(first.NextCursor!), 2);

            var ids = first.Items.Concat(second.Items).Select(alert => alert.Id).ToList();
            Assert.Equal((3, true, false), (ids.Count, first.HasMore, second.HasMore));
            Assert.Equal(ids.OrderDescending(), ids);
        });

    [Fact]
    public void Resolved_alerts_go_when_their_time_is_over_and_open_ones_stay() =>
        Story.Play(async core =>
        {
            await core.Webhooks.Create(core.Ann, To("alert.*"));
            await core.Alerts.Test(core.Ann);
            await core.Heartbeat();
            var settings = new RetentionSettings(
                TimeSpan.FromDays(1),
                TimeSpan.FromDays(1),
                TimeSpan.FromDays(1),
                TimeSpan.FromDays(1)
            );
            var log = Microsoft.Extensions.Logging.Abstractions.NullLogger<Retention>.Instance;
            var retention = new Retention(core.Db, settings, core.Clock, log);

            await core.Advance(TimeSpan.FromDays(1));
            await retention.DoBatch();
            Assert.Equal(2, (await core.AlertsOf()).Count);
            Assert.Equal(1, await core.Count("select count(*) from alert_delivery where topic = 'alert.resolved'"));
            await core.Advance(TimeSpan.FromSeconds(1));
            await retention.DoBatch();

            Assert.Equal("firing", Assert.Single(await core.AlertsOf()).State);
            Assert.Equal(0, await core.Count("select count(*) from alert_delivery where topic = 'alert.resolved'"));
        });
}
