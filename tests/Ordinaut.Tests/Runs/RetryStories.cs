using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Tasks;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Runs;

/// <summary>Attempts that fail: tried again by the machine, or by a person.</summary>
public sealed class RetryStories
{
    private const string Second = """{"id": "other", "uses": "test.other"}""";

    [Fact]
    public void A_run_whose_task_was_deleted_before_it_could_begin_is_canceled_and_says_so() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle());
            var run = await core.Control.RunNow(core.Ann, task.Id, null);

            // What a deletion between the claim and the first look at the task leaves.
            await core.Db.Write(async session => await session.Execute("delete from task_version"));
            await core.Settle();

            var ended = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("canceled", "canceled", "The task was deleted."), Why(ended));
            Assert.Empty(core.Work.Calls);
        });

    [Fact]
    public void A_run_whose_stored_pipeline_no_longer_checks_fails_and_is_not_tried_again() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle());
            const string Spoil = """update task_version set payload = '{"pipeline":[{"id":"a","uses":"gone.tool"}]}'""";
            await core.Db.Write(async session => await session.Execute(Spoil));

            var ended = await core.RunAtOnce(task.Id);

            Assert.Equal(("failed", "no_pipeline", "The stored pipeline no longer passes its check."), Why(ended));
            Assert.Equal(1, ended.Attempt);
        });

    [Fact]
    public void A_failing_step_is_tried_again_until_it_succeeds() =>
        Story.Play(async core =>
        {
            core.Work.FailTimes(2);
            var task = await core.Tasks.Create(core.Ann, Idle() with { BackoffStrategy = "linear" });
            var run = await core.RunAtOnce(task.Id);
            Assert.Equal(("queued", core.Now.AddSeconds(1)), (run.State, run.NotBefore));

            await core.Advance(TimeSpan.FromSeconds(3));

            var ended = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("succeeded", 3), (ended.State, ended.Attempt));
            Assert.Equal(
                ["1 failed 00-00 busy work 01", "2 failed 01-01 busy work 03", "3 succeeded 03-03"],
                ended.Attempts!.Select(Short)
            );
            Assert.Equal(3, ended.FinishedAt!.Value.Subtract(run.CreatedAt).TotalSeconds);
        });

    [Fact]
    public void The_attempt_under_way_is_shown_with_its_own_start() =>
        Story.Play(async core =>
        {
            core.Work.FailTimes(1);
            var task = await core.Tasks.Create(core.Ann, Idle() with { BackoffStrategy = "linear" });
            var run = await core.RunAtOnce(task.Id);
            Assert.Equal(["1 failed 00-00 busy work 01"], run.Attempts!.Select(Short));
            core.Work.Hold();

            await core.Advance(TimeSpan.FromSeconds(5));

            var running = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(["1 failed 00-00 busy work 01", "2 running 01-"], running.Attempts!.Select(Short));
            Assert.Equal(run.CreatedAt, running.StartedAt);
        });

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 3)]
    public void After_the_last_retry_the_run_has_failed(int retries, int attempts) =>
        Story.Play(async core =>
        {
            core.Work.FailTimes(100);
            var task = await core.Tasks.Create(core.Ann, Idle() with { MaxRetries = retries });
            var run = await core.RunAtOnce(task.Id);

            await core.Advance(TimeSpan.FromMinutes(5));

            var ended = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("failed", false, attempts), (ended.State, ended.Success, core.Work.Calls.Count));
            Assert.Equal(("busy", "Not now.", "work"), (ended.Error!.Code, ended.Error.Message, ended.Error.Step));
        });

    [Fact]
    public void A_failure_that_cannot_get_better_is_not_tried_again() =>
        Story.Play(async core =>
        {
            core.Work.FailForGood();
            var task = await core.Tasks.Create(core.Ann, Idle());

            var run = await core.RunAtOnce(task.Id);

            Assert.Equal(("failed", 1), (run.State, core.Work.Calls.Count));
        });

    [Fact]
    public void A_tool_that_asks_for_time_is_given_it() =>
        Story.Play(async core =>
        {
            core.Work.FailTimes(1, retryAfter: TimeSpan.FromSeconds(90));
            var task = await core.Tasks.Create(core.Ann, Idle());

            var run = await core.RunAtOnce(task.Id);

            Assert.Equal(core.Now.AddSeconds(90), run.NotBefore);
        });

    [Fact]
    public void Debug_fail_fails_as_often_as_it_is_told() =>
        Story.Play(async core =>
        {
            const string Step = """{"id": "fail", "uses": "debug.fail", "with": {"times": 2}}""";
            var task = await core.Tasks.Create(core.Ann, Idle(Step));
            var run = await core.RunAtOnce(task.Id);

            await core.Advance(TimeSpan.FromMinutes(1));

            Assert.Equal(("succeeded", 3), ((await core.Runs.Get(core.Ann, run.Id)).State, run.Attempt + 1));
        });

    [Fact]
    public void A_retry_goes_on_after_the_last_finished_step_with_the_same_key() =>
        Story.Play(async core =>
        {
            core.Other.FailForGood();
            var task = await core.Tasks.Create(core.Ann, Idle(WorkStep, Second));
            var run = await core.RunAtOnce(task.Id);
            Assert.Equal("failed", run.State);
            core.Other.Answer("{}");

            await core.Runs.Retry(core.Ann, run.Id);
            await core.Settle();

            var ended = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("succeeded", 2), (ended.State, ended.Attempt));
            Assert.Single(core.Work.Calls);
            Assert.Equal(2, core.Other.Calls.Count);
            Assert.Single(core.Other.Calls.Select(call => call.IdempotencyKey).Distinct());
            Assert.NotEqual(core.Work.Calls[0].IdempotencyKey, core.Other.Calls[0].IdempotencyKey);
            Assert.Equal(["1 failed 00-00 refused other", "2 succeeded 00-00"], ended.Attempts!.Select(Short));
        });

    [Fact]
    public void Only_a_run_that_ended_without_success_can_be_retried() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle());
            var succeeded = await core.RunAtOnce(task.Id);
            core.Work.Hold();
            var running = await core.RunAtOnce(task.Id);

            await Refused(ProblemKind.Conflict, () => core.Runs.Retry(core.Ann, succeeded.Id));
            await Refused(ProblemKind.Conflict, () => core.Runs.Retry(core.Ann, running.Id));
        });

    [Fact]
    public void A_rerun_is_a_new_run_from_the_start_with_other_params() =>
        Story.Play(async core =>
        {
            const string Step =
                """{"id": "work", "uses": "test.work", "with": {"a": "${params.a}", "b": "${params.b}"}}""";
            var payload = Json.Parse($$"""{"params": {"a": 1, "b": 1}, "pipeline": [{{Step}}]}""");
            var task = await core.Tasks.Create(core.Ann, Idle() with { Payload = payload });
            var first = await core.RunAtOnce(task.Id, """{"a": 2}""");

            var again = await core.Runs.Rerun(core.Ann, first.Id, new Rerun(Json.Parse("""{"b": 3}""")));
            await core.Settle();

            Assert.NotEqual(first.Id, again.Id);
            Assert.Equal("succeeded", (await core.Runs.Get(core.Ann, again.Id)).State);
            Assert.Equal(["""{"a":2,"b":1}""", """{"a":2,"b":3}"""], core.Work.Calls.Select(c => c.Input.GetRawText()));
            Assert.NotEqual(core.Work.Calls[0].IdempotencyKey, core.Work.Calls[1].IdempotencyKey);
        });

    [Fact]
    public void A_redrive_takes_the_oldest_failed_runs_first() =>
        Story.Play(async core =>
        {
            core.Work.FailForGood();
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *"));
            await core.Until("2027-01-04T03:30:00Z");
            var runs = await core.RunsOf(task.Id);
            core.Work.Answer("{}");

            var redriven = await core.Runs.Redrive(core.Ann, new Redrive(TaskId: task.Id, Limit: 2));
            await core.Settle();

            Assert.Equal([runs[0].Id, runs[1].Id], redriven.RunIds);
            Assert.Equal(["succeeded", "succeeded", "failed"], (await core.RunsOf(task.Id)).Select(run => run.State));
        });

    [Fact]
    public void A_redrive_passes_over_runs_whose_task_is_gone() =>
        Story.Play(async core =>
        {
            core.Work.FailForGood();
            var gone = await core.Tasks.Create(core.Ann, Idle());
            await core.RunAtOnce(gone.Id);
            await core.Tasks.Delete(core.Ann, gone.Id, null);
            var there = await core.Tasks.Create(core.Ann, Idle());
            var run = await core.RunAtOnce(there.Id);

            var redriven = await core.Runs.Redrive(core.Ann, new Redrive());

            Assert.Equal([run.Id], redriven.RunIds);
        });

    [Theory]
    [InlineData("succeeded", null)]
    [InlineData(null, 0)]
    [InlineData(null, 1001)]
    public void A_redrive_of_anything_else_is_refused(string? state, int? limit) =>
        Story.Play(core =>
            Refused(ProblemKind.Invalid, () => core.Runs.Redrive(core.Ann, new Redrive(state, null, limit)))
        );

    [Fact]
    public void The_statistics_count_each_run_once() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle());
            await core.RunAtOnce(task.Id);
            core.Work.FailForGood();
            await core.RunAtOnce(task.Id);
            core.Work.Hold();
            await core.RunAtOnce(task.Id);
            var waiting = await core.RunAtOnce(task.Id);
            await core.RunAtOnce(task.Id);
            await core.Runs.Cancel(core.Ann, waiting.Id);

            var stats = await core.Runs.Stats(core.Ann, task.Id, 30);

            Assert.Equal((5, 1, 1, 1), (stats.TotalRuns, stats.SuccessfulRuns, stats.FailedRuns, stats.CanceledRuns));
            Assert.Equal((1, 1), (stats.QueuedRuns, stats.RunningRuns));
            Assert.Equal((1 / 3.0, 1 / 3.0), (stats.SuccessRate, stats.FailureRate));
            Assert.Equal((30, 5 / 30.0, 1L), (stats.PeriodDays, stats.RunsPerDay, stats.TotalTasksExecuted));
        });

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(365, 3)]
    public void The_statistics_look_back_as_many_days_as_asked(int days, long runs) =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 6 * * *"));
            await core.Until("2027-01-06T12:00:00Z");

            var stats = await core.Runs.Summary(core.Ann, days);

            Assert.Equal(runs, stats.TotalRuns);
            Assert.Equal(CoreBundle.At("2027-01-06T06:00:00Z"), stats.LastSuccess);
            Assert.Null(stats.LastFailure);
            Assert.Equal(runs, (await core.Runs.Stats(core.Ann, task.Id, days)).SuccessfulRuns);
        });

    [Theory]
    [InlineData(0)]
    [InlineData(RunCounts.MaxDays + 1)]
    public void Statistics_of_no_time_or_too_much_are_refused(int days) =>
        Story.Play(core => Refused(ProblemKind.Invalid, () => core.Runs.Summary(core.Ann, days)));

    private static (string State, string Code, string Message) Why(RunView run) =>
        (run.State, run.Error!.Code, run.Error.Message);

    /// <summary>Number, state, seconds from start to end, error and the second of the next try.</summary>
    private static string Short(AttemptView attempt) =>
        $"{attempt.Attempt} {attempt.State} {attempt.StartedAt:ss}-{attempt.EndedAt:ss}"
        + $" {attempt.Error?.Code} {attempt.Error?.Step} {attempt.RetryAt:ss}".TrimEnd();
}
