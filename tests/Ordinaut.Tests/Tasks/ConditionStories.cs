using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using Ordinaut.Tools;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Tasks;

/// <summary>Tasks that fire when something becomes, or is, true.</summary>
public sealed class ConditionStories
{
    [Fact]
    public void An_edge_fires_when_the_condition_becomes_true_and_not_again_until_it_was_false() =>
        Story.Play(async core =>
        {
            var heat = new Queue<int>([1, 9, 9, 1, 9]);
            core.Read.Answer(_ => new ToolResult.Ok(Json.Parse($$"""{"heat": {{heat.Dequeue()}}}""")));
            var task = await core.Tasks.Create(core.Ann, Watch("edge"));

            await core.Until("2027-01-04T00:25:30Z");

            Assert.Equal(
                ["00:05 condition", "00:10 succeeded", "00:15 condition", "00:20 condition", "00:25 succeeded"],
                await core.ShortLedger(task.Id)
            );
            Assert.Equal(2, core.Work.Calls.Count);
        });

    [Fact]
    public void A_level_fires_at_every_check_that_is_true() =>
        Story.Play(async core =>
        {
            core.Read.Answer("""{"heat": 9}""");
            var task = await core.Tasks.Create(core.Ann, Watch("level"));

            await core.Until("2027-01-04T00:15:30Z");

            Assert.Equal(["00:05 succeeded", "00:10 succeeded", "00:15 succeeded"], await core.ShortLedger(task.Id));
            Assert.All(await core.RunsOf(task.Id), run => Assert.Equal("condition", run.Trigger));
            Assert.All(await core.Ledger(task.Id), line => Assert.Equal("condition", line.Trigger));
        });

    [Fact]
    public void A_check_that_is_false_costs_no_run_only_a_count() =>
        Story.Play(async core =>
        {
            core.Read.Answer("""{"heat": 1}""");
            var task = await core.Tasks.Create(core.Ann, Watch("edge"));

            await core.Until("2027-01-04T01:00:30Z");

            Assert.Equal(["00:05-01:00 x12 condition"], await core.ShortLedger(task.Id));
            Assert.Empty(await core.RunsOf(task.Id));
            Assert.Equal(0, (await core.Runs.Summary(core.Ann, 7)).TotalRuns);
        });

    [Fact]
    public void The_run_sees_what_the_check_found() =>
        Story.Play(async core =>
        {
            core.Read.Answer("""{"heat": 9}""");
            const string Step = """{"id": "work", "uses": "test.work", "with": {"heat": "${event.result.heat}"}}""";
            await core.Tasks.Create(core.Ann, Watch("edge", Step));

            await core.Until("2027-01-04T00:05:30Z");

            Assert.Equal(9, Assert.Single(core.Work.Calls).Input.GetProperty("heat").GetInt32());
        });

    [Fact]
    public void A_check_that_fails_is_told_apart_and_changes_nothing() =>
        Story.Play(async core =>
        {
            var answers = new Queue<ToolResult>([
                new ToolResult.Ok(Json.Parse("""{"heat": 1}""")),
                new ToolResult.Failed("busy", "Not now.", true),
                new ToolResult.Ok(Json.Parse("""{"heat": 9}""")),
                new ToolResult.Failed("busy", "Not now.", true),
                new ToolResult.Ok(Json.Parse("""{"heat": 9}""")),
            ]);
            core.Read.Answer(_ => answers.Dequeue());
            var task = await core.Tasks.Create(core.Ann, Watch("edge"));

            await core.Until("2027-01-04T00:25:30Z");

            var ledger = await core.Ledger(task.Id);
            Assert.Equal(
                [
                    "The condition was false.",
                    "busy: Not now.",
                    null,
                    "busy: Not now.",
                    "The condition was already true.",
                ],
                ledger.Select(line => line.Detail)
            );
            Assert.Single(core.Work.Calls);
        });

    [Fact]
    public void A_tick_during_a_slow_check_leaves_its_line() =>
        Story.Play(async core =>
        {
            var gate = core.Read.Hold();
            var task = await core.Tasks.Create(core.Ann, Watch("edge"));
            await core.Until("2027-01-04T00:10:30Z");
            Assert.Empty(await core.RunsOf(task.Id));

            core.Read.Answer("""{"heat": 9}""");
            gate.SetResult();
            await core.Until("2027-01-04T00:15:30Z");

            Assert.Equal(["00:05 condition", "00:10 overlap", "00:15 succeeded"], await core.ShortLedger(task.Id));
        });

    [Fact]
    public void A_check_that_is_under_way_when_its_task_is_paused_or_canceled_makes_no_run() =>
        Story.Play(async core =>
        {
            var gate = new TaskCompletionSource();
            core.Read.Act = async (_, _) =>
            {
                await gate.Task;
                return new ToolResult.Ok(Json.Parse("""{"heat": 9}"""));
            };
            var paused = await core.Tasks.Create(core.Ann, Watch("edge"));
            var canceled = await core.Tasks.Create(core.Ann, Watch("edge"));
            await core.Until("2027-01-04T00:05:30Z");

            await core.Control.Pause(core.Ann, paused.Id, null);
            await core.Control.Cancel(core.Ann, canceled.Id, null);
            gate.SetResult();
            await core.Settle();

            Assert.Equal(2, core.Read.Calls.Count);
            Assert.Empty(core.Work.Calls);
            Assert.Empty(await core.RunsOf(paused.Id));
            Assert.Empty(await core.RunsOf(canceled.Id));
        });

    [Fact]
    public void A_check_that_takes_three_workers_down_leaves_its_line_and_the_next_tick_checks_again() =>
        Story.Play(async core =>
        {
            core.Read.Freeze();
            core.Clockwork.Forget(core.Worker);
            var task = await core.Tasks.Create(core.Ann, Watch("edge"));
            await core.Until("2027-01-04T00:05:00Z");
            for (var i = 1; i <= Reaper.MaxSilentDeaths; i++)
            {
                var victim = core.Hire($"victim{i}");
                await core.Settle();
                core.Clockwork.Forget(victim);
                await core.Advance(core.Clockwork.Lease);
            }

            var line = Assert.Single(await core.Ledger(task.Id));
            Assert.Equal(("condition", 1L), (line.Reason, line.Count));
            Assert.Equal("3 workers in a row were lost while they made this check.", line.Detail);
            await NothingButTheLine(core, task.Id);

            core.Read.Answer("""{"heat": 9}""");
            core.Hire("w9");
            await core.Until("2027-01-04T00:10:30Z");
            Assert.Equal(["00:05 condition", "00:10 succeeded"], await core.ShortLedger(task.Id));
        });

    [Fact]
    public void A_check_whose_worker_is_lost_once_is_made_by_another() =>
        Story.Play(async core =>
        {
            core.Read.Freeze();
            var task = await core.Tasks.Create(core.Ann, Watch("edge"));
            await core.Until("2027-01-04T00:05:00Z");
            core.Clockwork.Forget(core.Worker);
            core.Read.Answer("""{"heat": 1}""");
            core.Hire("w2");

            await core.Advance(TimeSpan.FromSeconds(31));

            Assert.Equal(["00:05 condition"], await core.ShortLedger(task.Id));
            await NothingButTheLine(core, task.Id);
        });

    [Fact]
    public void A_task_that_is_canceled_while_the_worker_of_its_check_is_lost_leaves_no_run() =>
        Story.Play(async core =>
        {
            core.Read.Freeze();
            var task = await core.Tasks.Create(core.Ann, Watch("edge"));
            await core.Until("2027-01-04T00:05:00Z");
            core.Clockwork.Forget(core.Worker);
            await core.Control.Cancel(core.Ann, task.Id, null);

            await core.Advance(TimeSpan.FromSeconds(31));

            Assert.Equal("superseded", Assert.Single(await core.Ledger(task.Id)).Reason);
            await NothingButTheLine(core, task.Id);
        });

    [Fact]
    public void A_run_asked_for_with_cancel_previous_leaves_a_check_alone() =>
        Story.Play(async core =>
        {
            core.Clockwork.Forget(core.Worker);
            core.Read.Answer("""{"heat": 1}""");
            var task = await core.Tasks.Create(core.Ann, Watch("edge") with { OverlapPolicy = "cancel_previous" });
            await core.Until("2027-01-04T00:05:00Z");

            await core.Control.RunNow(core.Ann, task.Id, null);
            core.Hire("w2");
            await core.Settle();

            Assert.Equal("manual", (await core.OnlyRun(task.Id)).Trigger);
            Assert.Equal(
                ["condition", "succeeded"],
                (await core.Ledger(task.Id)).Select(l => l.Reason ?? l.Outcome).Order()
            );
        });

    /// <summary>A check leaves no run, no attempt and no event, however it ended.</summary>
    private static async Task NothingButTheLine(CoreBundle core, Guid taskId)
    {
        Assert.Empty(await core.RunsOf(taskId));
        Assert.DoesNotContain(
            (await core.Events.List(core.Admin, new())).Items,
            news => news.Topic.StartsWith("run.", StringComparison.Ordinal)
        );
        Assert.Equal(
            0,
            await core.Db.Read(session =>
                session.First("select (select count(*) from run) + (select count(*) from attempt)", row => row.Long(0))
            )
        );
    }

    [Theory]
    [InlineData("""{"every": "PT5M", "check": {"uses": "no.tool"}, "when": "heat"}""", "unknown tool")]
    [InlineData("""{"every": "PT5M", "check": {"uses": "test.raed"}, "when": "heat"}""", "did you mean \"test.read")]
    [InlineData("""{"every": "PT5M", "check": {"uses": "debug.sleep"}, "when": "heat"}""", "seconds")]
    [InlineData(
        """{"every": "PT5M", "check": {"uses": "test.read", "with": {"a": "${"}}, "when": "heat"}""",
        "never closed"
    )]
    [InlineData(
        """{"every": "PT5M", "check": {"uses": "test.read", "with": {"a": "${params.x}"}}, "when": "a"}""",
        "now"
    )]
    [InlineData(
        """{"every": "PT5M", "check": {"uses": "test.read", "with": {"a": "\ud800"}}, "when": "a"}""",
        "Unicode"
    )]
    [InlineData("""{"every": "\udfff", "check": {"uses": "test.read"}, "when": "a"}""", "Unicode")]
    [InlineData("""{"every": "PT5M", "check": {"uses": "test.read"}, "when": "heat >"}""", "")]
    [InlineData("""{"every": "PT5M", "check": {"uses": "test.read"}}""", "when")]
    [InlineData("heat", "JSON")]
    public void A_condition_that_cannot_be_checked_is_refused(string expression, string word) =>
        Story.Play(async core =>
        {
            var refusal = await Refused(
                ProblemKind.Invalid,
                () => core.Tasks.Create(core.Ann, Task("condition", expression))
            );

            Assert.Equal("/schedule_expr", Assert.Single(refusal.Errors).Pointer);
            Assert.Contains(word, refusal.Message);
        });

    private static TaskInput Watch(string fire, params string[] steps) =>
        Task(
            "condition",
            $$"""{"every": "PT5M", "check": {"uses": "test.read"}, "when": "heat > 5", "fire": "{{fire}}"}""",
            steps
        );
}
