using System.Text;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Tasks;
using Ordinaut.Webhooks;
using static Ordinaut.Tests.Tasks.TaskWriting;
using static Ordinaut.Tests.Webhooks.WebhookWriting;

namespace Ordinaut.Tests.Webhooks;

/// <summary>Others publish an agent's events, and prove that they may.</summary>
public sealed class HookStories
{
    private const string Body = """{"type": "invoice.paid", "data": {"no": 42}}""";

    [Fact]
    public void A_message_becomes_an_event_of_the_hooks_owner() =>
        Story.Play(async core =>
        {
            var hook = await core.Hooks.Create(core.Ann, new HookInput("shop.webhook"));
            var listener = await core.Tasks.Create(core.Ann, OnEvent("shop.*"));

            await core.Receive(hook.Id, Signed(core, hook.Secret, "msg_1"));
            await core.Settle();

            Assert.Equal($"/hooks/{hook.Id}", hook.Path);
            var fact = Assert.Single((await core.Events.List(core.Ann, new(Topic: "shop.webhook"))).Items);
            Assert.Equal((core.Ann.AgentId, "agent", 0), (fact.SourceAgentId, fact.Source, fact.Depth));
            Assert.Equal(42, fact.Payload.GetProperty("data").GetProperty("no").GetInt32());
            Assert.Equal("event", (await core.OnlyRun(listener.Id)).Trigger);
            Assert.Equal(["event.published"], await core.Audit(fact.Id));
        });

    [Fact]
    public void The_same_message_again_is_taken_and_changes_nothing() =>
        Story.Play(async core =>
        {
            var hook = await core.Hooks.Create(core.Ann, new HookInput("shop"));
            var other = await core.Hooks.Create(core.Ann, new HookInput("shop"));
            var message = Signed(core, hook.Secret, "msg_1");

            for (var i = 0; i < 3; i++)
            {
                await core.Receive(hook.Id, message);
                core.Clock.MoveTo(core.Now.AddMinutes(2));
            }

            // The id counts, not the bytes: as it is sent again it may say something new of itself.
            await core.Receive(hook.Id, Signed(core, hook.Secret, "msg_1", """{"attempt": 2}"""));
            Assert.Equal(1, await Published(core));
            await core.Receive(hook.Id, Signed(core, hook.Secret, "msg_2"));
            await core.Receive(other.Id, Signed(core, other.Secret, "msg_1"));
            Assert.Equal(3, await Published(core));
        });

    [Fact]
    public void Fifty_forgeries_and_replays_publish_nothing() =>
        Story.Play(async core =>
        {
            var hook = await core.Hooks.Create(core.Ann, new HookInput("shop"));
            var bobs = await core.Hooks.Create(core.Bob, new HookInput("shop"));
            var webhook = await core.Webhooks.Create(core.Ann, To("#"));
            var good = Signed(core, hook.Secret, "msg_1");
            var forged = Forgeries(core, good, bobs.Secret, webhook.Secret).ToList();

            Assert.InRange(forged.Count, 50, 100);
            foreach (var (name, message) in forged)
            {
                var failure = await Record.ExceptionAsync(() => core.Receive(hook.Id, message));
                Assert.True(failure is Problem { Kind: ProblemKind.Unauthenticated }, name);
            }

            foreach (var id in new[] { bobs.Id, webhook.Id, core.Ann.AgentId, Guid.Empty })
            {
                await Refused(ProblemKind.Unauthenticated, () => core.Receive(id, good));
            }

            Assert.Equal(0, await Published(core));
            await core.Receive(hook.Id, good);
            // Later than a message is good, and with the time it says changed.
            core.Clock.MoveTo(core.Now.AddMinutes(5).AddSeconds(1));
            await Refused(ProblemKind.Unauthenticated, () => core.Receive(hook.Id, good));
            var renamed = good with { Timestamp = $"{core.Now.ToUnixTimeSeconds()}" };
            await Refused(ProblemKind.Unauthenticated, () => core.Receive(hook.Id, renamed));
            Assert.Equal(1, await Published(core));
        });

    [Theory]
    [InlineData(-301, false)]
    [InlineData(-300, true)]
    [InlineData(0, true)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public void A_message_is_good_five_minutes_before_and_after(int seconds, bool fine) =>
        Story.Play(async core =>
        {
            var hook = await core.Hooks.Create(core.Ann, new HookInput("shop"));
            var at = core.Now.ToUnixTimeSeconds() + seconds;
            var signature = Receiver.Sign(hook.Secret, "msg_1", at, Body);

            var failure = await Record.ExceptionAsync(() =>
                core.Receive(hook.Id, new HookMessage("msg_1", $"{at}", signature, Bytes(Body)))
            );

            Assert.Equal(fine, failure is null);
        });

    [Fact]
    public void One_right_signature_among_others_suffices() =>
        Story.Play(async core =>
        {
            var hook = await core.Hooks.Create(core.Ann, new HookInput("shop"));
            var good = Signed(core, hook.Secret, "msg_1");

            await core.Receive(hook.Id, good with { Signatures = $"v1a,xxxx v1,AAAA {good.Signatures}" });

            Assert.Equal(1, await Published(core));
        });

    [Fact]
    public void For_a_day_after_a_rotation_both_secrets_are_taken() =>
        Story.Play(async core =>
        {
            var hook = await core.Hooks.Create(core.Ann, new HookInput("shop"));
            var renewed = await core.Hooks.Rotate(core.Ann, hook.Id);

            await core.Receive(hook.Id, Signed(core, hook.Secret, "1"));
            await core.Receive(hook.Id, Signed(core, renewed.Secret, "2"));
            core.Clock.MoveTo(renewed.PreviousUntil);
            await Refused(ProblemKind.Unauthenticated, () => core.Receive(hook.Id, Signed(core, hook.Secret, "3")));
            await core.Receive(hook.Id, Signed(core, renewed.Secret, "4"));

            Assert.Equal(3, await Published(core));
            Assert.Equal(["hook.created", "hook.rotated"], await core.Audit(hook.Id));
        });

    [Fact]
    public void A_stopped_owners_hook_is_as_none() =>
        Story.Play(async core =>
        {
            var hook = await core.Hooks.Create(core.Ann, new HookInput("shop"));
            await core.Agents.Stop(core.Admin, core.Ann.AgentId, null);

            var stopped = await Refused(
                ProblemKind.Unauthenticated,
                () => core.Receive(hook.Id, Signed(core, hook.Secret, "1"))
            );
            var unknown = await Refused(
                ProblemKind.Unauthenticated,
                () => core.Receive(Guid.Empty, Signed(core, hook.Secret, "1"))
            );

            Assert.Equal(unknown.Message, stopped.Message);
            await core.Agents.Start(core.Admin, core.Ann.AgentId, null);
            await core.Receive(hook.Id, Signed(core, hook.Secret, "1"));
        });

    [Fact]
    public void An_owner_who_may_no_longer_publish_does_not_through_a_hook() =>
        Story.Play(async core =>
        {
            var hook = await core.Hooks.Create(core.Ann, new HookInput("shop"));
            await core.SetScopes(core.Ann, "events:read");

            await Refused(ProblemKind.Forbidden, () => core.Receive(hook.Id, Signed(core, hook.Secret, "1")));
        });

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"a": 1, "a": 2}""")]
    public void A_body_that_is_no_json_is_told_to_who_signed_it(string body) =>
        Story.Play(async core =>
        {
            var hook = await core.Hooks.Create(core.Ann, new HookInput("shop"));

            await Refused(ProblemKind.Malformed, () => core.Receive(hook.Id, Signed(core, hook.Secret, "1", body)));
            // It was not taken, so it may come again in order.
            await core.Receive(hook.Id, Signed(core, hook.Secret, "1"));

            Assert.Equal(1, await Published(core));
        });

    [Theory]
    [InlineData("run.failed")]
    [InlineData("agent")]
    [InlineData("a.*")]
    [InlineData("")]
    [InlineData(null)]
    public void A_hook_has_a_topic_of_its_owners(string? topic) =>
        Story.Play(async core =>
        {
            var problem = await Refused(ProblemKind.Invalid, () => core.Hooks.Create(core.Ann, new HookInput(topic)));

            Assert.Equal("/topic", Assert.Single(problem.Errors).Pointer);
        });

    [Fact]
    public void Hooks_are_their_owners_and_twenty_at_most() =>
        Story.Play(async core =>
        {
            var reader = core.Agent("reader", "events:read");
            var bound = core.Ann with { Limits = new AgentLimits { TasksNeedApproval = true } };
            await Refused(ProblemKind.Forbidden, () => core.Hooks.Create(reader, new HookInput("a")));
            await Refused(ProblemKind.Forbidden, () => core.Hooks.Create(bound, new HookInput("a")));
            for (var i = 0; i < WebhookCheck.MaxPerAgent; i++)
            {
                await core.Hooks.Create(core.Ann, new HookInput("a", $"No. {i}"));
            }

            await Refused(ProblemKind.Conflict, () => core.Hooks.Create(core.Ann, new HookInput("a")));
            var hook = (await core.Hooks.List(core.Ann, 50, null)).Items[0];
            Assert.Equal(("a", "No. 0"), (hook.Topic, hook.Description));
            Assert.Empty((await core.Hooks.List(core.Bob, 50, null)).Items);
            await Refused(ProblemKind.NotFound, () => core.Hooks.Rotate(core.Bob, hook.Id));
            await Refused(ProblemKind.NotFound, () => core.Hooks.Delete(core.Bob, hook.Id));
            await core.Hooks.Delete(core.Ann, hook.Id);
            Assert.Equal(19, (await core.Hooks.List(core.Ann, 50, null)).Items.Count);
            await Refused(ProblemKind.NotFound, () => core.Hooks.Delete(core.Ann, hook.Id));
        });

    private static Task<long> Published(CoreBundle core) =>
        core.Count("select count(*) from event where topic = 'shop'");

    private static HookMessage Signed(CoreBundle core, string secret, string id, string body = Body)
    {
        var seconds = core.Now.ToUnixTimeSeconds();
        return new HookMessage(id, $"{seconds}", Receiver.Sign(secret, id, seconds, body), Bytes(body));
    }

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>What somebody could try who has seen a good message, and other secrets, but not this one.</summary>
    private static IEnumerable<(string Name, HookMessage Message)> Forgeries(
        CoreBundle core,
        HookMessage good,
        string foreign,
        string outgoing
    )
    {
        yield return ("another's secret", Signed(core, foreign, "msg_1"));
        yield return ("a webhook's secret", Signed(core, outgoing, "msg_1"));
        yield return ("an empty key", Signed(core, "whsec_", "msg_1"));
        yield return ("a key of zeros", Signed(core, "whsec_" + Convert.ToBase64String(new byte[32]), "msg_1"));
        yield return ("another id", good with { Id = "msg_2" });
        yield return ("another body", good with { Body = Bytes(Body.Replace("42", "43")) });
        yield return ("a longer body", good with { Body = Bytes(Body + " ") });
        yield return ("no body", good with { Body = default });
        yield return ("a later time", good with { Timestamp = $"{long.Parse(good.Timestamp!) + 1}" });
        foreach (var time in new[] { null, "", "now", "-1", "0", "1e9", "99999999999999999999", $" {good.Timestamp}" })
        {
            yield return ($"the time '{time}'", good with { Timestamp = time });
        }

        yield return ("a zero before the time", good with { Timestamp = "0" + good.Timestamp, Id = "msg_1" + "x" });
        yield return ("the parts divided elsewhere", good with { Id = $"msg_1.{good.Timestamp}" });
        foreach (var id in new[] { null, "", "msg 1", "msg_1\n", "мsg_1", new string('x', HookMessage.MaxId + 1) })
        {
            yield return ($"the id '{id}'", good with { Id = id });
        }

        var signature = good.Signatures!;
        foreach (
            var given in new[]
            {
                null,
                "",
                " ",
                "v1,",
                "v1",
                signature[3..],
                "v2," + signature[3..],
                "v1a," + signature[3..],
                "V1," + signature[3..],
                "v1:" + signature[3..],
                signature + "=",
                signature[..^1],
                signature.ToUpperInvariant(),
                string.Join(' ', Enumerable.Repeat("v1,AAAA", 16)) + " " + signature,
                new string('x', HookMessage.MaxSignatures) + " " + signature,
            }
        )
        {
            yield return ($"the signature '{given}'", good with { Signatures = given });
        }

        for (var i = 3; i < signature.Length - 1; i += 3)
        {
            var changed = signature[..i] + (signature[i] == 'A' ? 'B' : 'A') + signature[(i + 1)..];
            yield return ($"character {i} changed", good with { Signatures = changed });
        }
    }
}
