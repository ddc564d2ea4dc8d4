using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using Ordinaut.Webhooks;
using static Ordinaut.Tests.Tasks.TaskWriting;
using static Ordinaut.Tests.Webhooks.WebhookWriting;

namespace Ordinaut.Tests.Webhooks;

/// <summary>Webhooks are made, changed and ended by their owner.</summary>
public sealed class WebhookStories
{
    [Fact]
    public void A_webhook_is_made_and_its_secret_shown_once() =>
        Story.Play(async core =>
        {
            var made = await core.Webhooks.Create(core.Ann, To("orders.*", "run.failed") with { Description = "Shop" });

            Assert.Matches("^whsec_[A-Za-z0-9+/]{43}=$", made.Secret);
            Assert.DoesNotContain(made.Secret, made.ToString(), StringComparison.Ordinal);
            var view = await core.Webhooks.Get(core.Ann, made.Id);
            Assert.Equal(("Shop", "active", 0L, 0L), (view.Description, view.Status, view.Pending, view.GivenUp));
            Assert.Equal(["orders.*", "run.failed"], view.Topics);
            Assert.DoesNotContain("whsec_", Json.Write(view), StringComparison.Ordinal);
            Assert.Equal(made.Id, Assert.Single((await core.Webhooks.List(core.Ann, 10, null)).Items).Id);
            Assert.Equal(["webhook.created"], await core.Audit(made.Id));
        });

    [Fact]
    public void Two_secrets_are_never_alike() =>
        Story.Play(async core =>
        {
            var one = await core.Webhooks.Create(core.Ann, To("a"));
            var two = await core.Webhooks.Create(core.Ann, To("a"));

            Assert.NotEqual(one.Secret, two.Secret);
        });

    [Fact]
    public void Another_agents_webhook_is_not_there() =>
        Story.Play(async core =>
        {
            var id = (await core.Webhooks.Create(core.Ann, To("a"))).Id;

            await Refused(ProblemKind.NotFound, () => core.Webhooks.Get(core.Bob, id));
            await Refused(ProblemKind.NotFound, () => core.Webhooks.Rotate(core.Bob, id));
            await Refused(ProblemKind.NotFound, () => core.Webhooks.Delete(core.Bob, id));
            await Refused(ProblemKind.NotFound, () => core.Webhooks.Patch(core.Bob, id, Json.Parse("{}")));
            Assert.Empty((await core.Webhooks.List(core.Bob, 10, null)).Items);
            Assert.Single((await core.Webhooks.List(core.Admin, 10, null)).Items);
        });

    [Fact]
    public void Who_may_not_read_events_has_none_sent() =>
        Story.Play(async core =>
        {
            var publisher = core.Agent("publisher", "events:publish");

            await Refused(ProblemKind.Forbidden, () => core.Webhooks.Create(publisher, To("a")));
            await Refused(ProblemKind.Forbidden, () => core.Webhooks.List(publisher, 10, null));
        });

    [Fact]
    public void An_agent_whose_tasks_need_approval_makes_and_changes_none() =>
        Story.Play(async core =>
        {
            var id = (await core.Webhooks.Create(core.Ann, To("a"))).Id;
            var bound = core.Ann with { Limits = new AgentLimits { TasksNeedApproval = true } };

            await Refused(ProblemKind.Forbidden, () => core.Webhooks.Create(bound, To("a")));
            await Refused(ProblemKind.Forbidden, () => core.Webhooks.Rotate(bound, id));
            await Refused(ProblemKind.Forbidden, () => core.Webhooks.Patch(bound, id, Json.Parse("{}")));
            await core.Webhooks.Delete(bound, id);
        });

    [Fact]
    public void An_address_is_among_the_agents_hosts() =>
        Story.Play(async core =>
        {
            var limited = core.Ann with { Limits = new AgentLimits { AllowedHosts = ["*.shop.example"] } };

            var problem = await Refused(ProblemKind.Invalid, () => core.Webhooks.Create(limited, To("a")));
            Assert.Contains("receiver.example", problem.Message);
            var made = await core.Webhooks.Create(limited, To("a") with { Url = "https://in.shop.example/" });
            var away = Json.Parse("""{"url": "https://receiver.example/"}""");
            await Refused(ProblemKind.Invalid, () => core.Webhooks.Patch(limited, made.Id, away));
        });

    [Theory]
    [InlineData(null, "/url")]
    [InlineData("", "/url")]
    [InlineData("receiver.example", "/url")]
    [InlineData("ftp://receiver.example/", "/url")]
    [InlineData("https://user:word@receiver.example/", "/url")]
    [InlineData("https://receiver.example/ x", "/url")]
    public void A_wrong_address_is_refused(string? url, string pointer) =>
        Story.Play(async core =>
        {
            var problem = await Refused(
                ProblemKind.Invalid,
                () => core.Webhooks.Create(core.Ann, To("a") with { Url = url })
            );

            Assert.Equal(pointer, Assert.Single(problem.Errors).Pointer);
        });

    [Fact]
    public void Every_fault_is_told_at_once() =>
        Story.Play(async core =>
        {
            var input = new WebhookInput(null, ["a", "b!", "#.c"], new string('x', 501), "asleep");

            var problem = await Refused(ProblemKind.Invalid, () => core.Webhooks.Create(core.Ann, input));

            Assert.Equal(
                ["/url", "/topics/1", "/topics/2", "/description", "/status"],
                problem.Errors.Select(error => error.Pointer)
            );
        });

    [Theory]
    [InlineData(0, false)]
    [InlineData(WebhookCheck.MaxTopics, true)]
    [InlineData(WebhookCheck.MaxTopics + 1, false)]
    public void A_webhook_has_one_to_twenty_topics(int topics, bool fine) =>
        Story.Play(async core =>
        {
            var input = To([.. Enumerable.Range(0, topics).Select(i => $"t{i}.#")]);

            var refused = await Record.ExceptionAsync(() => core.Webhooks.Create(core.Ann, input));

            Assert.Equal(fine, refused is null);
        });

    [Fact]
    public void An_agent_has_twenty_webhooks() =>
        Story.Play(async core =>
        {
            for (var i = 0; i < WebhookCheck.MaxPerAgent; i++)
            {
                await core.Webhooks.Create(core.Ann, To("a"));
            }

            await Refused(ProblemKind.Conflict, () => core.Webhooks.Create(core.Ann, To("a")));
            await core.Webhooks.Create(core.Bob, To("a"));
            var page = await core.Webhooks.List(core.Ann, 15, null);
            var rest = await core.Webhooks.List(core.Ann, 15, Guid.Parse(page.NextCursor!));
            Assert.Equal((15, 5, false), (page.Items.Count, rest.Items.Count, rest.HasMore));
        });

    [Fact]
    public void A_change_counts_from_now_on_and_for_what_waits() =>
        Story.Play(async core =>
        {
            var id = (await core.Webhooks.Create(core.Ann, To("a", "b"))).Id;
            await core.Publish("a");
            await core.Publish("b");

            var patch = Json.Parse("""{"url": "https://new.example/", "topics": ["b", "c"]}""");
            var view = await core.Webhooks.Patch(core.Ann, id, patch);
            await core.Publish("a");
            await core.Publish("c");
            await core.Send();

            Assert.Equal(["b", "c"], view.Topics);
            Assert.Equal(["b", "c"], core.Receiver.Got.Select(message => message.Type).Order());
            Assert.All(core.Receiver.Got, message => Assert.Equal("https://new.example/", message.Url));
            Assert.Equal(["webhook.created", "webhook.updated"], await core.Audit(id));
        });

    [Fact]
    public void A_disabled_webhook_gets_nothing_until_it_is_active_again() =>
        Story.Play(async core =>
        {
            var id = (await core.Webhooks.Create(core.Ann, To("#"))).Id;
            await core.Publish("waits");

            await core.Webhooks.Patch(core.Ann, id, Json.Parse("""{"status": "disabled"}"""));
            await core.Publish("missed");
            await core.Webhooks.Patch(core.Ann, id, Json.Parse("""{"status": "active"}"""));
            await core.Publish("again");
            await core.Send();

            Assert.Equal("again", Assert.Single(core.Receiver.Got).Type);
        });

    [Fact]
    public void For_a_day_after_a_rotation_both_secrets_sign() =>
        Story.Play(async core =>
        {
            var made = await core.Webhooks.Create(core.Ann, To("a"));
            var renewed = await core.Webhooks.Rotate(core.Ann, made.Id);
            Assert.Equal(core.Now.AddHours(24), renewed.PreviousUntil);

            await core.Publish("a");
            await core.Send();
            core.Clock.MoveTo(renewed.PreviousUntil);
            await core.Publish("a");
            await core.Send();

            var (during, after) = (core.Receiver.Got[0], core.Receiver.Got[1]);
            Assert.Equal(2, during.Headers["webhook-signature"].Split(' ').Length);
            Assert.True(during.IsSignedWith(made.Secret) && during.IsSignedWith(renewed.Secret));
            Assert.True(after.IsSignedWith(renewed.Secret));
            Assert.False(after.IsSignedWith(made.Secret));
        });

    [Fact]
    public void Of_two_rotations_in_a_day_the_first_secret_is_over() =>
        Story.Play(async core =>
        {
            var first = await core.Webhooks.Create(core.Ann, To("a"));
            var second = await core.Webhooks.Rotate(core.Ann, first.Id);
            var third = await core.Webhooks.Rotate(core.Ann, first.Id);

            await core.Publish("a");
            await core.Send();

            var message = Assert.Single(core.Receiver.Got);
            Assert.Equal(
                [false, true, true],
                new[] { first.Secret, second.Secret, third.Secret }.Select(message.IsSignedWith)
            );
        });

    [Fact]
    public void A_deleted_webhook_takes_what_waits_with_it() =>
        Story.Play(async core =>
        {
            var id = (await core.Webhooks.Create(core.Ann, To("a"))).Id;
            await core.Publish("a");

            await core.Webhooks.Delete(core.Ann, id);
            await core.Publish("a");
            await core.Send();

            Assert.Empty(core.Receiver.Got);
            await Refused(ProblemKind.NotFound, () => core.Webhooks.Get(core.Ann, id));
            foreach (var table in new[] { "webhook_topic", "delivery", "signing_secret" })
            {
                Assert.Equal(0, await core.Count($"select count(*) from {table}"));
            }
        });

    [Fact]
    public void A_secret_in_anothers_place_does_not_sign() =>
        Story.Play(async core =>
        {
            var mine = await core.Webhooks.Create(core.Ann, To("a"));
            await core.Webhooks.Create(core.Bob, To("b"));
            await core.Db.Write(async session =>
            {
                await session.Execute(
                    """
                    update signing_secret set
                      wrapped_key = (select o.wrapped_key from signing_secret o where o.id <> @id limit 1),
                      sealed = (select o.sealed from signing_secret o where o.id <> @id limit 1)
                    where id = @id
                    """,
                    ("id", mine.Id)
                );
            });

            await core.Publish("a");
            await core.Send();

            Assert.Empty(core.Receiver.Got);
            Assert.Contains("does not open", (await core.Webhooks.Get(core.Ann, mine.Id)).LastError);
            var renewed = await core.Webhooks.Rotate(core.Ann, mine.Id);
            core.Clock.MoveTo(core.Now.AddMinutes(1));
            await core.Send();
            Assert.True(Assert.Single(core.Receiver.Got).IsSignedWith(renewed.Secret));
        });
}
