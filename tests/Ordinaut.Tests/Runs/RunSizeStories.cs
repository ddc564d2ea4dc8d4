using System.Globalization;
using Ordinaut.Pipelines;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Tasks;
using Ordinaut.Tools;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Runs;

/// <summary>A run keeps what its steps were given and gave; it has a limit as a whole.</summary>
public sealed class RunSizeStories
{
    /// <summary>Bytes of a step's empty input, which a run keeps as well.</summary>
    private const int Input = 2;

    [Fact]
    public void The_steps_of_a_run_keep_no_more_than_their_limit_together() =>
        Story.Play(async core =>
        {
            core.Read.Answer(TextOf(200_000));
            var steps = Enumerable.Range(0, 400).Select(Step);

            var run = await Run(core, [.. steps]);

            Assert.Equal(("failed", "run_too_large", "s5"), (run.State, run.Error!.Code, run.Error.Step));
            Assert.Contains($"{CoreBundle.RunBytes}", run.Error.Message, StringComparison.Ordinal);
            Assert.Equal(6, core.Read.Calls.Count);
            Assert.True(Json.Write(run).Length < 2 * CoreBundle.RunBytes);
        });

    [Theory]
    [InlineData(0, "succeeded")]
    [InlineData(1, "failed")]
    public void The_limit_itself_is_not_too_large(int more, string state) =>
        Story.Play(async core =>
        {
            const int Quarter = CoreBundle.RunBytes / 4 - Input;
            core.Read.Answer(call => new ToolResult.Ok(
                Json.Parse(TextOf(core.Read.Calls.Count == 4 ? Quarter + more : Quarter))
            ));

            var run = await Run(core, [.. Enumerable.Range(0, 4).Select(Step)]);

            Assert.Equal(state, run.State);
        });

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, RunViews.InlineBytes + 1L)]
    public void A_run_shows_outputs_up_to_256_KiB_and_gives_larger_ones_by_themselves(int more, long? bytes) =>
        Story.Play(async core =>
        {
            var size = RunViews.InlineBytes + more;
            core.Read.Answer(TextOf(size));
            const string Look = """{"id": "look", "uses": "test.work", "with": {"size": "${length(steps.s0)}"}}""";
            const string Again = """{"id": "s1", "uses": "test.read"}""";

            var run = await Run(core, Step(0), Look, Again);

            Assert.Equal("succeeded", run.State);
            Assert.Equal((bytes, bytes is null), (run.OutputBytes, run.Output is not null));
            var first = run.Steps![0];
            Assert.Equal((bytes, bytes is null), (first.OutputBytes, first.Output is not null));
            Assert.Equal($$"""{"size":{{size - 2}}}""", run.Steps[1].Output!.Value.GetRawText());
            Assert.Equal(TextOf(size), (await core.Runs.Output(core.Ann, run.Id, null)).GetRawText());
            Assert.Equal(TextOf(size), (await core.Runs.Output(core.Ann, run.Id, "s0")).GetRawText());
            await Refused(ProblemKind.NotFound, () => core.Runs.Output(core.Ann, run.Id, "s9"));
            await Refused(ProblemKind.NotFound, () => core.Runs.Output(core.Bob, run.Id, null));
        });

    [Fact]
    public void What_a_step_is_given_counts_before_it_has_an_effect() =>
        Story.Play(async core =>
        {
            core.Read.Answer(TextOf(250_000));
            const string Big = """{"id": "big", "uses": "test.work", "with": {"a": ["${steps.s0}", "${steps.s0}"]}}""";

            var run = await Run(core, Step(0), Step(1), Step(2), Big);

            Assert.Equal(("failed", "run_too_large", "big"), (run.State, run.Error!.Code, run.Error.Step));
            Assert.Empty(core.Work.Calls);
        });

    [Fact]
    public void A_later_attempt_counts_what_the_earlier_ones_kept() =>
        Story.Play(async core =>
        {
            core.Read.Answer(TextOf(250_000));
            core.Work.FailTimes(1);
            const string Work = """{"id": "work", "uses": "test.work"}""";

            var run = await Run(core, Step(0), Step(1), Step(2), Work, Step(4), Step(5));
            await core.Advance(TimeSpan.FromMinutes(1));

            var end = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("run_too_large", "s5"), (end.Error!.Code, end.Error.Step));
        });

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Params_may_be_as_large_as_a_payload(int more, bool fine) =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle());
            var empty = """{"a":""}""".Length;
            var given = new RunNow(Json.Parse(Params("a", PipelineLimits.PayloadBytes - empty + more)));

            var run = await Record.ExceptionAsync(() => core.Control.RunNow(core.Ann, task.Id, given));

            if (fine)
            {
                Assert.Null(run);
                return;
            }

            var error = Assert.Single(Assert.IsType<Problem>(run).Errors);
            Assert.Equal("/params", error.Pointer);
            Assert.Contains("262145 bytes; at most 262144", error.Detail, StringComparison.Ordinal);
        });

    [Fact]
    public void Reruns_do_not_pile_params_up() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle());
            var first = await core.RunAtOnce(task.Id, Params("a", 200_000));

            var problem = await Refused(
                ProblemKind.Invalid,
                () => core.Runs.Rerun(core.Ann, first.Id, new Rerun(Json.Parse(Params("b", 200_000))))
            );

            Assert.Equal("/params", Assert.Single(problem.Errors).Pointer);
        });

    private static async Task<RunView> Run(CoreBundle core, params string[] steps)
    {
        var task = await core.Tasks.Create(core.Ann, Idle(steps));
        return await core.RunAtOnce(task.Id);
    }

    private static string Step(int index) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"id": "s{{index}}", "uses": "test.read"}""");

    /// <summary>A JSON string of so many bytes, with its quotes.</summary>
    private static string TextOf(int bytes) => $"\"{new string('x', bytes - 2)}\"";

    private static string Params(string name, int length) => $$"""{"{{name}}":"{{new string('x', length)}}"}""";
}
