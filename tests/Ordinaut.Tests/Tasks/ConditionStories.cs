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
            core.Read.Hold();
            var paused = await core.Tasks.Create(core.Ann, Watch("edge"));
            var canceled = await core.Tasks.Create(core.Ann, Watch("edge"));
            await core.Until("2027-01-04T00:05:30Z");

            await core.Control.Pause(core.Ann, paused.Id, null);
            await core.Control.Cancel(core.Ann, canceled.Id, null);
            core.Read.Answer("""{"heat": 9}""");
            await core.Until("2027-01-05T00:06:30Z");

            Assert.Empty(core.Work.Calls);
            Assert.Empty(await core.RunsOf(canceled.Id));
        });

    [Theory]
    [InlineData("""{"every": "PT5M", "check": {"uses": "no.tool"}, "when": "heat"}""", "no tool")]
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
