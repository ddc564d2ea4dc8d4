using System.Text.Json;
using Ordinaut.Pipelines;
using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Tasks;

/// <summary>What saving refuses because no run could resolve it.</summary>
public sealed class ReferenceStories
{
    private const string Reads = """{"id": "work", "uses": "test.work", "with": {"a": {"b": "${event.payload.x}"}}}""";

    [Theory]
    [InlineData("cron", "0 9 * * *", false)]
    [InlineData("rrule", "FREQ=DAILY", false)]
    [InlineData("once", "2099-01-01T00:00:00Z", false)]
    [InlineData("event", "orders.*", true)]
    [InlineData("condition", """{"every": "PT5M", "check": {"uses": "test.read"}, "when": "a"}""", true)]
    public void An_event_is_read_only_where_one_comes(string kind, string expression, bool fine) =>
        Story.Play(async core =>
        {
            var task = Task(kind, expression, Reads);
            if (fine)
            {
                await core.Tasks.Create(core.Ann, task);
                return;
            }

            var refusal = await Refused(ProblemKind.Invalid, () => core.Tasks.Create(core.Ann, task));

            Assert.Equal("/payload/pipeline/0/with/a/b", Assert.Single(refusal.Errors).Pointer);
        });

    [Fact]
    public void Secrets_for_a_tool_that_stays_here_are_refused_with_a_sentence() =>
        Story.Play(async core =>
        {
            const string Step = """{"id": "work", "uses": "test.work", "with": {"key": "${secrets.weather}"}}""";

            var refusal = await Refused(
                ProblemKind.Invalid,
                () => core.Tasks.Create(core.Ann, Cron("0 9 * * *", Step))
            );

            var error = Assert.Single(refusal.Errors);
            Assert.Equal("/payload/pipeline/0/with/key", error.Pointer);
            Assert.StartsWith("test.work takes no secrets", error.Detail, StringComparison.Ordinal);
        });

    [Fact]
    public void A_run_tells_of_itself_and_its_task_what_the_check_knows() =>
        Story.Play(async core =>
        {
            const string Step = """{"id": "work", "uses": "test.work", "with": {"run": "${run}", "task": "${task}"}}""";
            var task = await core.Tasks.Create(core.Ann, Idle(Step));

            await core.RunAtOnce(task.Id);

            var told = Assert.Single(core.Work.Calls).Input;
            Assert.Equal(DeclaredNames.Known.Keys, told.EnumerateObject().Select(member => member.Name));
            Assert.All(DeclaredNames.Known, known => Assert.Equal(known.Value, NamesOf(told.GetProperty(known.Key))));
        });

    private static IEnumerable<string> NamesOf(JsonElement value) =>
        value.EnumerateObject().Select(member => member.Name);
}
