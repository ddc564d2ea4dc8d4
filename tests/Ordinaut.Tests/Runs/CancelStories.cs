using Ordinaut.Tests.Tasks;
using Ordinaut.Tools;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Runs;

/// <summary>Runs that are stopped: by a person, by their time limit, by the end of the process.</summary>
public sealed class CancelStories
{
    [Fact]
    public void A_run_in_the_queue_is_canceled_at_once_and_the_next_one_takes_its_place() =>
        Story.Play(async core =>
        {
            core.Clockwork.Forget(core.Worker);
            var task = await core.Tasks.Create(core.Ann, Idle());
            var first = await core.Control.RunNow(core.Ann, task.Id, null);
            var next = await core.Control.RunNow(core.Ann, task.Id, null);

            var canceled = await core.Runs.Cancel(core.Ann, first.Id);
            core.Hire("w2");
            await core.Settle();

            Assert.Equal(("canceled", "canceled"), (canceled.State, canceled.Error!.Code));
            Assert.Equal("succeeded", (await core.Runs.Get(core.Ann, next.Id)).State);
            Assert.Single(core.Work.Calls);
        });

    [Fact]
    public void A_running_run_is_canceled_within_two_seconds_and_its_step_does_not_stay_running() =>
        Story.Play(async core =>
        {
            core.Work.Hold();
            var task = await core.Tasks.Create(core.Ann, Idle());
            var run = await core.RunAtOnce(task.Id);
            Assert.Equal("running", run.State);

            await core.Runs.Cancel(core.Ann, run.Id);
            await core.Advance(TimeSpan.FromSeconds(2));

            var ended = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("canceled", false), (ended.State, ended.Success));
            Assert.Equal("canceled", Assert.Single(ended.Steps!).State);
            await Refused(ProblemKind.Conflict, () => core.Runs.Cancel(core.Ann, run.Id));
        });

    [Fact]
    public void A_cancel_that_meets_a_failing_attempt_leaves_no_retry_behind() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle());
            core.Work.Act = async (call, _) =>
            {
                await core.Runs.Cancel(core.Ann, call.RunId);
                return new ToolResult.Failed("busy", "Not now.", true, TimeSpan.FromMinutes(30));
            };

            var run = await core.RunAtOnce(task.Id);
            await core.Advance(TimeSpan.FromSeconds(2));

            Assert.Equal("canceled", (await core.Runs.Get(core.Ann, run.Id)).State);
            Assert.Single(core.Work.Calls);
        });

    [Fact]
    public void A_run_that_waits_for_its_next_attempt_is_canceled_at_once() =>
        Story.Play(async core =>
        {
            core.Work.FailTimes(1, retryAfter: TimeSpan.FromMinutes(30));
            var task = await core.Tasks.Create(core.Ann, Idle());
            var run = await core.RunAtOnce(task.Id);

            var canceled = await core.Runs.Cancel(core.Ann, run.Id);

            Assert.Equal("canceled", canceled.State);
        });

    [Fact]
    public void A_run_is_stopped_when_its_time_is_over_counted_over_all_attempts() =>
        Story.Play(async core =>
        {
            core.Work.Hold();
            var task = await core.Tasks.Create(core.Ann, Idle() with { TimeoutSeconds = 20 });
            var run = await core.RunAtOnce(task.Id);

            await core.Advance(TimeSpan.FromSeconds(19));
            Assert.Equal("running", (await core.Runs.Get(core.Ann, run.Id)).State);
            await core.Advance(TimeSpan.FromSeconds(1));

            var ended = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("failed", "run_timeout"), (ended.State, ended.Error!.Code));
            Assert.NotEqual("running", Assert.Single(ended.Steps!).State);
        });

    [Fact]
    public void A_tool_that_takes_too_long_has_failed_and_may_be_tried_again() =>
        Story.Play(async core =>
        {
            core.Work.Hold();
            core.Work.Timeout = TimeSpan.FromSeconds(30);
            var task = await core.Tasks.Create(core.Ann, Idle() with { MaxRetries = 1 });
            var run = await core.RunAtOnce(task.Id);

            await core.Advance(TimeSpan.FromSeconds(70));

            var ended = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("failed", "timeout", 2), (ended.State, ended.Error!.Code, ended.Attempt));
        });

    [Fact]
    public void A_drain_lets_runs_end_within_the_grace() =>
        Story.Play(async core =>
        {
            var gate = core.Work.Hold();
            var task = await core.Tasks.Create(core.Ann, Idle());
            var run = await core.RunAtOnce(task.Id);

            var drain = core.Worker.Drain(CancellationToken.None);
            await core.Advance(TimeSpan.FromSeconds(3));
            gate.SetResult();
            await drain;

            Assert.Equal("succeeded", (await core.Runs.Get(core.Ann, run.Id)).State);
        });

    [Fact]
    public void A_drain_hands_the_rest_back_without_burning_an_attempt() =>
        Story.Play(async core =>
        {
            core.Work.Hold();
            var task = await core.Tasks.Create(core.Ann, Idle() with { MaxRetries = 1 });
            var run = await core.RunAtOnce(task.Id);

            var drain = core.Worker.Drain(CancellationToken.None);
            await core.Advance(TimeSpan.FromSeconds(5));
            await drain;
            var back = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("queued", 1, 0), (back.State, back.Attempt, back.Attempts!.Count));

            core.Work.FailTimes(core.Work.Calls.Count + 1);
            core.Hire("w2");
            await core.Advance(TimeSpan.FromSeconds(5));

            var ended = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("succeeded", 2), (ended.State, ended.Attempt));
            Assert.Single(core.Work.Calls.Select(call => call.IdempotencyKey).Distinct());
        });

    [Fact]
    public void A_run_that_is_handed_back_while_a_cancel_is_wanted_is_canceled() =>
        Story.Play(async core =>
        {
            core.Work.Hold();
            var task = await core.Tasks.Create(core.Ann, Idle());
            var run = await core.RunAtOnce(task.Id);
            core.Clockwork.Forget(core.Worker);

            await core.Runs.Cancel(core.Ann, run.Id);
            var drain = core.Worker.Drain(CancellationToken.None);
            await core.Advance(TimeSpan.FromSeconds(5));
            await drain;

            Assert.Equal("canceled", (await core.Runs.Get(core.Ann, run.Id)).State);
        });
}
