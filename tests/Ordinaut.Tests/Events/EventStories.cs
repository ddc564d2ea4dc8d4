using Ordinaut.Events;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Tasks;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Events;

/// <summary>Facts, and the tasks that listen to them.</summary>
public sealed class EventStories
{
    [Theory]
    [InlineData("orders.created", "orders.created", true)]
    [InlineData("orders.created", "orders.paid", false)]
    [InlineData("orders.*", "orders.paid", true)]
    [InlineData("orders.*", "orders.eu.paid", false)]
    [InlineData("orders.#", "orders.eu.paid", true)]
    [InlineData("*.created", "users.created", true)]
    [InlineData("#", "anything.at.all", true)]
    public void A_task_hears_the_topics_that_its_pattern_names(string pattern, string topic, bool heard) =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, OnEvent(pattern));

            var published = await core.Events.Publish(core.Ann, new PublishEvent(topic));
            await core.Settle();

            Assert.Equal(heard ? [task.Id] : [], published.TriggeredTasks);
            Assert.Equal(heard, (await core.RunsOf(task.Id)).Any(run => run.Trigger == "event"));
        });

    [Fact]
    public void The_run_sees_the_event() =>
        Story.Play(async core =>
        {
            const string Step = """
                {"id": "work", "uses": "test.work",
                 "with": {"no": "${event.payload.no}", "topic": "${event.topic}", "id": "${event.id}"}}
                """;
            await core.Tasks.Create(core.Ann, OnEvent("orders.*", Step));

            var published = await Publish(core, "orders.paid", """{"no": 42}""");

            var input = Assert.Single(core.Work.Calls).Input;
            Assert.Equal(42, input.GetProperty("no").GetInt32());
            Assert.Equal("orders.paid", input.GetProperty("topic").GetString());
            Assert.Equal(published.EventId, input.GetProperty("id").GetGuid());
        });

    [Fact]
    public void Another_agents_event_is_not_heard_except_by_an_admin() =>
        Story.Play(async core =>
        {
            await core.Tasks.Create(core.Ann, OnEvent("orders.#"));
            var watch = await core.Tasks.Create(core.Admin, OnEvent("orders.#"));

            var published = await core.Events.Publish(core.Bob, new PublishEvent("orders.paid"));

            Assert.Equal([watch.Id], published.TriggeredTasks);
            Assert.Empty((await core.Events.List(core.Ann, new(Topic: "orders.paid"))).Items);
            await Refused(ProblemKind.NotFound, () => core.Events.Get(core.Ann, published.EventId));
            Assert.Equal(1, (await core.Events.Get(core.Bob, published.EventId)).TriggeredTasks);
        });

    [Fact]
    public void A_paused_event_task_skips_what_it_hears_and_a_canceled_one_hears_nothing() =>
        Story.Play(async core =>
        {
            var paused = await core.Tasks.Create(core.Ann, OnEvent("orders.*"));
            var canceled = await core.Tasks.Create(core.Ann, OnEvent("orders.*"));
            await core.Control.Pause(core.Ann, paused.Id, null);
            await core.Control.Cancel(core.Ann, canceled.Id, null);

            await Publish(core, "orders.paid", "{}");
            await core.Control.Resume(core.Ann, paused.Id, null);
            await Publish(core, "orders.paid", "{}");

            Assert.Equal(
                ["paused", "succeeded"],
                (await core.Ledger(paused.Id)).Select(l => l.Reason ?? l.Outcome).Order()
            );
            Assert.Empty(await core.Ledger(canceled.Id));
        });

    [Fact]
    public void An_event_outside_starts_at_and_ends_at_is_not_heard() =>
        Story.Play(async core =>
        {
            var input = OnEvent("a") with { StartsAt = core.Now.AddHours(1), EndsAt = core.Now.AddHours(2) };
            var task = await core.Tasks.Create(core.Ann, input);

            for (var hour = 0; hour < 4; hour++)
            {
                await Publish(core, "a", "{}");
                await core.Advance(TimeSpan.FromHours(1));
            }

            Assert.Equal(["01:00 succeeded", "02:00 succeeded"], await core.ShortLedger(task.Id));
        });

    [Fact]
    public void The_programs_own_events_can_be_listened_to() =>
        Story.Play(async core =>
        {
            core.Other.FailForGood();
            var listener = await core.Tasks.Create(core.Ann, OnEvent("run.failed"));
            var task = await core.Tasks.Create(core.Ann, Idle("""{"id": "b", "uses": "test.other"}"""));

            await core.RunAtOnce(task.Id);

            Assert.Equal("succeeded", (await core.OnlyRun(listener.Id)).State);
            var first = await core.Events.Topics(core.Ann, null, 3);
            var rest = await core.Events.Topics(core.Ann, first.NextCursor, 3);
            Assert.Equal(["run.failed", "run.succeeded", "task.created"], first.Items.Select(topic => topic.Topic));
            Assert.Equal(["task.run_requested"], rest.Items.Select(topic => topic.Topic));
            Assert.Equal((true, false), (first.HasMore, rest.HasMore));
        });

    [Fact]
    public void A_stretch_of_time_has_its_beginning_and_not_its_end() =>
        Story.Play(async core =>
        {
            await core.Events.Publish(core.Ann, new PublishEvent("mail.received"));
            var begin = core.Clock.GetUtcNow();
            await core.Until("2027-01-04T01:00:00Z");
            await core.Events.Publish(core.Ann, new PublishEvent("mail.received"));
            var end = core.Clock.GetUtcNow();

            var stretch = await core.Events.List(core.Ann, new EventFilter(Since: begin, Until: end));

            Assert.Equal([begin], stretch.Items.Select(fact => fact.CreatedAt));
        });

    [Fact]
    public void Every_end_of_a_run_is_told_however_it_came() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle());
            core.Clockwork.Forget(core.Worker);
            await core.Control.RunNow(core.Ann, task.Id, null);

            await core.Control.Cancel(core.Ann, task.Id, null);

            Assert.Single((await core.Events.List(core.Ann, new(Topic: "run.canceled"))).Items);
        });

    [Fact]
    public void A_run_that_a_newer_occurrence_replaced_is_told_of_too() =>
        Story.Play(async core =>
        {
            core.Clockwork.Forget(core.Worker);
            var listener = await core.Tasks.Create(core.Ann, OnEvent("run.canceled"));
            var input = Cron("0 * * * *") with { OverlapPolicy = "cancel_previous" };
            var task = await core.Tasks.Create(core.Ann, input);

            await core.Until("2027-01-04T03:30:00Z");

            var told = (await core.Events.List(core.Ann, new(Topic: "run.canceled"))).Items;
            Assert.Equal(
                ["2027-01-04T02:00:00Z", "2027-01-04T01:00:00Z"],
                told.Select(news => news.Payload.GetProperty("scheduled_for").GetString())
            );
            Assert.All(told, news => Assert.Equal("superseded", Code(news)));
            Assert.Equal(2, (await core.RunsOf(listener.Id)).Count);
            Assert.Equal(3, (await core.RunsOf(task.Id)).Count);

            static string? Code(EventView news) => news.Payload.GetProperty("error").GetProperty("code").GetString();
        });

    [Fact]
    public void A_chain_of_events_is_cut_at_its_depth_limit_and_says_so() =>
        Story.Play(async core =>
        {
            const string Again = """{"id": "again", "uses": "event.publish", "with": {"topic": "loop.a"}}""";
            var task = await core.Tasks.Create(core.Ann, OnEvent("loop.a", Again));

            await Publish(core, "loop.a", "{}");
            await core.Advance(TimeSpan.FromMinutes(1));

            var ledger = await core.Ledger(task.Id);
            Assert.Equal(RunIntake.MaxDepth + 1, ledger.Count(line => line.Outcome == "succeeded"));
            var cut = Assert.Single(ledger, line => line.Reason is not null);
            Assert.Equal("budget", cut.Reason);
        });

    [Fact]
    public void A_task_that_listens_to_its_own_end_stops_too() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, OnEvent("run.succeeded"));
            var first = await core.Tasks.Create(core.Ann, Idle());

            await core.RunAtOnce(first.Id);
            await core.Advance(TimeSpan.FromMinutes(1));

            Assert.Equal(RunIntake.MaxDepth, (await core.RunsOf(task.Id)).Count);
        });

    [Theory]
    [InlineData("task.created")]
    [InlineData("run.succeeded")]
    [InlineData("ordinaut.x")]
    [InlineData("")]
    [InlineData("orders.*")]
    [InlineData("a..b")]
    [InlineData(
        "a23456789.123456789.123456789.123456789.123456789.123456789.123456789.123456789.123456789.123456789."
            + "a23456789.123456789.123456789.123456789.123456789.123456789.123456789.123456789.123456789.123456789.1"
    )]
    public void A_topic_that_is_reserved_or_none_is_refused(string topic) =>
        Story.Play(async core =>
        {
            var refusal = await Refused(
                ProblemKind.Invalid,
                () => core.Events.Publish(core.Ann, new PublishEvent(topic))
            );

            Assert.Equal("/topic", Assert.Single(refusal.Errors).Pointer);
        });

    [Theory]
    [InlineData(EventOperations.MaxPayloadBytes, true)]
    [InlineData(EventOperations.MaxPayloadBytes + 1, false)]
    public void A_payload_has_a_limit(int bytes, bool accepted) =>
        Story.Play(async core =>
        {
            var payload = Json.Parse($"\"{new string('a', bytes - 2)}\"");

            var problem = await Record.ExceptionAsync(() =>
                core.Events.Publish(core.Ann, new PublishEvent("a", payload))
            );

            Assert.Equal(accepted, problem is null);
            Assert.True(problem is null or Problem { Kind: ProblemKind.TooLarge });
        });

    [Fact]
    public void An_event_published_twice_with_one_key_is_one_event() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, OnEvent("a"));
            var once = core.Ann with { Idempotency = new("k", "POST /events", [1]) };

            var first = await core.Events.Publish(once, new PublishEvent("a"));
            var again = await core.Events.Publish(once, new PublishEvent("a"));
            await core.Settle();

            Assert.Equal(first.EventId, again.EventId);
            Assert.Single(await core.RunsOf(task.Id));
        });

    private static async Task<PublishedEvent> Publish(CoreBundle core, string topic, string payload)
    {
        var published = await core.Events.Publish(core.Ann, new PublishEvent(topic, Json.Parse(payload)));
        await core.Settle();
        return published;
    }
}
