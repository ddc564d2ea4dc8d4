using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Tasks;
using Ordinaut.Tools;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Runs;

/// <summary>What the keys of a step do to a run.</summary>
public sealed class PipelineStories
{
    private const string Last = """{"id": "last", "uses": "test.other"}""";

    private const string Look = """{"id": "look", "uses": "test.read"}""";

    [Fact]
    public void Results_land_under_save_as_or_the_id_with_their_json_types() =>
        Story.Play(async core =>
        {
            core.Work.Answer("""{"list": [1, {"a": true}]}""");
            const string Use = """
                {"id": "last", "uses": "test.other",
                 "with": {"whole": "${steps.found.list}", "own": "${steps.second.list[0]}",
                          "text": "n=${steps.found.list[0]}"}}
                """;

            await Run(
                core,
                """{"id": "first", "uses": "test.work", "save_as": "found"}""",
                """{"id": "second", "uses": "test.work"}""",
                Use
            );

            Assert.Equal(
                """{"whole":[1,{"a":true}],"own":1,"text":"n=1"}""",
                Assert.Single(core.Other.Calls).Input.GetRawText()
            );
        });

    [Fact]
    public void A_step_whose_condition_is_false_is_there_as_skipped() =>
        Story.Play(async core =>
        {
            const string Step = """{"id": "work", "uses": "test.work", "if": "steps.look.found"}""";

            var run = await Run(core, Look, Step, Last);

            Assert.Equal(["succeeded", "skipped", "succeeded"], run.Steps!.Select(step => step.State));
            Assert.Empty(core.Work.Calls);
        });

    [Fact]
    public void An_expression_that_finds_nothing_fails_the_step_and_names_the_path() =>
        Story.Play(async core =>
        {
            const string Step = """{"id": "work", "uses": "test.work", "with": {"a": "${steps.look.nothing}"}}""";

            var run = await Run(core, Look, Step);

            Assert.Equal(("failed", "expression", "work"), (run.State, run.Error!.Code, run.Error.Step));
            Assert.Contains("steps.look.nothing", run.Error.Message);
            Assert.Empty(core.Work.Calls);
        });

    [Fact]
    public void A_step_may_fail_for_good_and_the_pipeline_go_on() =>
        Story.Play(async core =>
        {
            core.Work.FailForGood();

            var run = await Run(core, """{"id": "work", "uses": "test.work", "on_error": "continue"}""", Last);

            Assert.Equal("succeeded", run.State);
            Assert.Equal(["failed", "succeeded"], run.Steps!.Select(step => step.State));
        });

    [Fact]
    public void A_failure_that_the_pipeline_went_on_after_is_not_repeated_at_a_later_attempt() =>
        Story.Play(async core =>
        {
            core.Work.FailForGood();
            core.Other.FailTimes(2);

            var run = await Run(core, """{"id": "work", "uses": "test.work", "on_error": "continue"}""", Last);
            await core.Advance(TimeSpan.FromMinutes(1));

            Assert.Equal("succeeded", (await core.Runs.Get(core.Ann, run.Id)).State);
            Assert.Equal((1, 3), (core.Work.Calls.Count, core.Other.Calls.Count));
        });

    [Fact]
    public void A_step_with_retries_of_its_own_uses_them_up_before_the_pipeline_goes_on() =>
        Story.Play(async core =>
        {
            core.Work.FailTimes(100);
            const string Step = """{"id": "work", "uses": "test.work", "on_error": "continue", "max_retries": 2}""";

            var run = await Run(core, Step, Last);
            await core.Advance(TimeSpan.FromMinutes(1));

            Assert.Equal("succeeded", (await core.Runs.Get(core.Ann, run.Id)).State);
            Assert.Equal((3, 1), (core.Work.Calls.Count, core.Other.Calls.Count));
        });

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public void The_retries_of_a_step_stand_above_the_tasks(int retries, int calls) =>
        Story.Play(async core =>
        {
            core.Work.FailTimes(100);

            var run = await Run(core, $$"""{"id": "work", "uses": "test.work", "max_retries": {{retries}}}""");
            await core.Advance(TimeSpan.FromMinutes(1));

            Assert.Equal("failed", (await core.Runs.Get(core.Ann, run.Id)).State);
            Assert.Equal(calls, core.Work.Calls.Count);
        });

    [Fact]
    public void An_output_that_does_not_match_its_schema_fails_the_step_and_is_kept() =>
        Story.Play(async core =>
        {
            core.Work.Answer("""{"n": "one"}""");
            const string Step = """
                {"id": "work", "uses": "test.work",
                 "output_schema": {"type": "object", "properties": {"n": {"type": "integer"}}}}
                """;

            var run = await Run(core, Step);

            Assert.Equal(("failed", "output_schema"), (run.State, run.Error!.Code));
            Assert.Equal("one", run.Steps![0].Output!.Value.GetProperty("n").GetString());
        });

    [Fact]
    public void A_step_has_a_time_limit_of_its_own() =>
        Story.Play(async core =>
        {
            core.Work.Hold();
            const string Step = """{"id": "work", "uses": "test.work", "timeout_seconds": 5, "max_retries": 0}""";
            var run = await Run(core, Step);
            Assert.Equal("running", run.State);

            await core.Advance(TimeSpan.FromSeconds(5));

            Assert.Equal("timeout", (await core.Runs.Get(core.Ann, run.Id)).Error!.Code);
        });

    [Fact]
    public void The_rest_is_skipped_while_a_value_is_what_it_was_and_runs_when_it_changes() =>
        Story.Play(async core =>
        {
            var price = new Queue<int>([7, 7, 8, 8]);
            core.Read.Answer(_ => new ToolResult.Ok(
                Json.Parse($$"""{"price": {{price.Dequeue()}}, "noise": {{price.Count}}}""")
            ));
            const string Gate = """{"id": "look", "uses": "test.read", "when_changed": "${steps.look.price}"}""";
            var task = await core.Tasks.Create(core.Ann, Idle(Gate, Last));

            var states = new List<string>();
            for (var i = 0; i < 4; i++)
            {
                var run = await core.RunAtOnce(task.Id);
                Assert.Equal("succeeded", run.State);
                states.Add(run.Steps![1].State);
                await core.Advance(TimeSpan.FromSeconds(1));
            }

            Assert.Equal(["succeeded", "skipped", "succeeded", "skipped"], states);
        });

    [Fact]
    public void What_a_tool_says_is_data_and_never_a_template() =>
        Story.Play(async core =>
        {
            core.Work.Answer("""{"text": "${params.secret} $${x}"}""");
            const string Use = """{"id": "last", "uses": "test.other", "with": {"text": "${steps.work.text}"}}""";

            await Run(core, WorkStep, Use);

            Assert.Equal("${params.secret} $${x}", core.Other.Calls[0].Input.GetProperty("text").GetString());
        });

    [Fact]
    public void A_run_tells_its_expressions_of_itself() =>
        Story.Play(async core =>
        {
            const string Step = """
                {"id": "work", "uses": "test.work",
                 "with": {"for": "${run.scheduled_for}", "by": "${run.trigger}", "n": "${run.attempt}",
                          "t": "${task.title}"}}
                """;
            await core.Tasks.Create(core.Ann, Cron("0 1 * * *", Step));

            await core.Until("2027-01-04T01:00:00Z");

            Assert.Equal(
                """{"for":"2027-01-04T01:00:00Z","by":"schedule","n":1,"t":"A task"}""",
                core.Work.Calls[0].Input.GetRawText()
            );
        });

    [Fact]
    public void A_tool_that_crashes_fails_the_step_and_not_the_worker() =>
        Story.Play(async core =>
        {
            core.Work.Act = (_, _) => throw new InvalidOperationException("broken");
            var task = await core.Tasks.Create(core.Ann, Idle() with { MaxRetries = 0 });

            var run = await core.RunAtOnce(task.Id);

            Assert.Equal(("failed", "tool_crashed"), (run.State, run.Error!.Code));
            Assert.DoesNotContain("broken", run.Error.Message);
        });

    private static async Task<RunView> Run(CoreBundle core, params string[] steps)
    {
        var task = await core.Tasks.Create(core.Ann, Idle(steps));
        return await core.RunAtOnce(task.Id);
    }
}
