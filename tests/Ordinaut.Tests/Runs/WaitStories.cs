using Ordinaut.Tests.Tasks;
using Ordinaut.Tools;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Runs;

/// <summary>Steps that wait: for a time, a signal or another run, and hold no worker meanwhile.</summary>
public sealed class WaitStories
{
    private const string After = """{"id": "after", "uses": "test.work"}""";

    [Fact]
    public void A_run_waits_for_its_time_and_holds_no_worker() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle("""{"id": "w", "wait": "10m"}""", After));
            var run = await core.RunAtOnce(task.Id);

            Assert.Equal(("waiting", 0), (run.State, core.Worker.Running));
            var waiting = await core.Runs.List(core.Ann, new Ordinaut.Runs.RunFilter(State: "waiting"));
            Assert.Equal(run.Id, Assert.Single(waiting.Items).Id);
            await core.Advance(TimeSpan.FromSeconds(599));
            Assert.Empty(core.Work.Calls);
            await core.Advance(TimeSpan.FromSeconds(2));

            run = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("succeeded", 1, 1), (run.State, run.Attempt, core.Work.Calls.Count));
        });

    [Fact]
    public void Waiting_does_not_use_up_the_time_of_the_run() =>
        Story.Play(async core =>
        {
            var input = Idle("""{"id": "w", "wait": "1d"}""", After) with { TimeoutSeconds = 60 };
            var task = await core.Tasks.Create(core.Ann, input);
            var run = await core.RunAtOnce(task.Id);

            await core.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));

            Assert.Equal("succeeded", (await core.Runs.Get(core.Ann, run.Id)).State);
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_signal_is_the_result_of_the_wait_also_when_it_came_first(bool isEarly) =>
        Story.Play(async core =>
        {
            const string Make = """{"id": "make", "uses": "signal.create"}""";
            const string Tell = """{"id": "tell", "uses": "test.other", "with": {"token": "${steps.make.token}"}}""";
            const string Wait = """{"id": "w", "wait": {"signal": "${steps.make.token}", "timeout_seconds": 600}}""";
            var answer = Json.Parse("""{"go": 1}""");
            if (isEarly)
            {
                core.Other.Act = async (call, _) =>
                {
                    await core.SignalDesk.Send(call.Input.GetProperty("token").GetString()!, answer);
                    return new ToolResult.Ok(call.Input);
                };
            }

            var task = await core.Tasks.Create(core.Ann, Idle(Make, Tell, Wait, After));
            var run = await core.RunAtOnce(task.Id);
            var token = core.Other.Calls[0].Input.GetProperty("token").GetString()!;
            if (!isEarly)
            {
                Assert.Equal("waiting", run.State);
                await core.SignalDesk.Send(token, answer);
                await core.Settle();
            }

            run = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal("succeeded", run.State);
            Assert.Equal("""{"go":1}""", run.Steps!.Single(step => step.Id == "w").Output!.Value.GetRawText());
            await Refused(ProblemKind.NotFound, () => core.SignalDesk.Send(token, answer));
            await Refused(ProblemKind.NotFound, () => core.SignalDesk.Send("made up", answer));
        });

    [Theory]
    [InlineData("test.work", "succeeded")]
    [InlineData("test.read", "failed")]
    public void A_step_waits_for_the_run_of_another_task(string tool, string state) =>
        Story.Play(async core =>
        {
            core.Read.FailForGood();
            var child = await core.Tasks.Create(
                core.Ann,
                Idle($$$"""{"id": "a", "uses": "{{{tool}}}", "with": {"x": 1}}""")
            );
            var call = $$$"""
                {"id": "sub", "uses": "task.run", "with": {"task_id": "{{{child.Id}}}", "wait": true}}
                """;
            var task = await core.Tasks.Create(core.Ann, Idle(call));

            var run = await core.RunAtOnce(task.Id);
            await core.Advance(TimeSpan.FromMinutes(2));

            run = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(state, run.State);
            Assert.Equal(state == "failed" ? "run_failed" : null, run.Error?.Code);
            Assert.Equal(state == "failed" ? null : """{"x":1}""", run.Output?.GetProperty("output").GetRawText());
        });

    [Fact]
    public void A_run_does_not_wait_for_its_own_task() =>
        Story.Play(async core =>
        {
            const string Self =
                """{"id": "sub", "uses": "task.run", "with": {"task_id": "${task.id}", "wait": true}}""";
            var task = await core.Tasks.Create(core.Ann, Idle(Self));

            var run = await core.RunAtOnce(task.Id);

            Assert.Equal(("failed", "cannot_wait"), (run.State, run.Error!.Code));
        });

    [Fact]
    public void Items_and_branches_are_steps_of_their_own_in_the_record() =>
        Story.Play(async core =>
        {
            const string Each = """
                {"id": "each", "uses": "test.work", "foreach": {"items": ["a", "b"], "concurrency": 2},
                 "with": {"v": "${item}"}}
                """;
            const string Both = """
                {"id": "both", "parallel": {"one": [{"id": "p", "uses": "test.other", "with": {"v": 1}}],
                  "two": [{"id": "q", "uses": "test.other", "with": {"v": "${steps.each[1].v}"}}]}}
                """;
            var task = await core.Tasks.Create(core.Ann, Idle(Each, Both));

            var run = await core.RunAtOnce(task.Id);

            Assert.Equal(["each", "each[0]", "each[1]", "both", "p", "q"], run.Steps!.Select(step => step.Id));
            Assert.Equal("""{"one":{"v":1},"two":{"v":"b"}}""", run.Output!.Value.GetRawText());
            Assert.Equal(2, core.Work.Calls.Select(call => call.IdempotencyKey).Distinct().Count());
        });

    [Fact]
    public void A_worker_that_is_lost_leaves_finished_items_finished() =>
        Story.Play(async core =>
        {
            const string Each = """
                {"id": "each", "uses": "test.work", "foreach": ["a", "b", "c"], "with": {"v": "${item}"}}
                """;
            core.Work.Act = (call, ct) =>
                call.Input.GetProperty("v").GetString() == "b" && core.Work.Calls.Count == 2
                    ? Never(ct)
                    : System.Threading.Tasks.Task.FromResult<ToolResult>(new ToolResult.Ok(call.Input));
            var task = await core.Tasks.Create(core.Ann, Idle(Each));
            var run = await core.RunAtOnce(task.Id);
            core.Clockwork.Forget(core.Worker);
            core.Hire("w2");

            await core.Advance(TimeSpan.FromMinutes(2));

            Assert.Equal("succeeded", (await core.Runs.Get(core.Ann, run.Id)).State);
            Assert.Equal(["a", "b", "b", "c"], core.Work.Calls.Select(call => call.Input.GetProperty("v").GetString()));
        });

    private static async Task<ToolResult> Never(CancellationToken ct)
    {
        await System.Threading.Tasks.Task.Delay(Timeout.Infinite, ct);
        throw new InvalidOperationException("Nobody waits for this.");
    }
}
