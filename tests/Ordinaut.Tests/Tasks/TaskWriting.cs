using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;

namespace Ordinaut.Tests.Tasks;

/// <summary>Short ways to write tasks and to read what became of them.</summary>
internal static class TaskWriting
{
    public const string WorkStep = """{"id": "work", "uses": "test.work"}""";

    public static TaskInput Cron(string expression, params string[] steps) => Task("cron", expression, steps);

    public static TaskInput Once(string at, params string[] steps) => Task("once", at, steps);

    public static TaskInput OnEvent(string topic, params string[] steps) => Task("event", topic, steps);

    /// <summary>A task that nothing fires in a story's lifetime: it runs when it is asked to.</summary>
    public static TaskInput Idle(params string[] steps) => Once("2099-01-01T00:00:00Z", steps);

    public static TaskInput Task(string kind, string expression, params string[] steps) =>
        new()
        {
            Title = "A task",
            ScheduleKind = kind,
            ScheduleExpr = expression,
            Payload = Pipeline(steps),
        };

    public static System.Text.Json.JsonElement Pipeline(params string[] steps) =>
        Json.Parse($$"""{"pipeline": [{{string.Join(", ", steps.Length == 0 ? [WorkStep] : steps)}}]}""");

    /// <summary>Finished and live runs of a task with their steps, oldest first.</summary>
    public static async Task<List<RunView>> RunsOf(this CoreBundle core, Guid taskId)
    {
        var page = await core.Runs.List(core.Admin, new(TaskId: taskId, Limit: 200));
        var whole = new List<RunView>();
        foreach (var run in page.Items.OrderBy(run => run.ScheduledFor).ThenBy(run => run.Id))
        {
            whole.Add(await core.Runs.Get(core.Admin, run.Id));
        }

        return whole;
    }

    public static async Task<RunView> OnlyRun(this CoreBundle core, Guid taskId) =>
        Assert.Single(await core.RunsOf(taskId));

    /// <summary>The ledger, oldest first.</summary>
    public static async Task<List<OccurrenceView>> Ledger(this CoreBundle core, Guid taskId)
    {
        var page = await core.History.Occurrences(core.Admin, taskId, new OccurrenceFilter(Limit: 200));
        return [.. page.Items.Reverse()];
    }

    /// <summary>The ledger in short: <c>08:30 succeeded</c>, <c>10:00-10:04 x5 paused</c>.</summary>
    public static async Task<List<string>> ShortLedger(this CoreBundle core, Guid taskId) =>
        [.. (await core.Ledger(taskId)).Select(Short)];

    /// <summary>Makes a run at once and lets it come as far as it can.</summary>
    public static async Task<RunView> RunAtOnce(
        this CoreBundle core,
        Guid taskId,
        string? parameters = null,
        Caller? by = null
    )
    {
        var caller = by ?? core.Ann;
        var asked = parameters is null ? null : new RunNow(Json.Parse(parameters));
        var run = await core.Control.RunNow(caller, taskId, asked);
        await core.Settle();
        return await core.Runs.Get(caller, run.Id);
    }

    public static async Task<Problem> Refused(ProblemKind kind, Func<Task> attempt)
    {
        var problem = await Assert.ThrowsAsync<Problem>(attempt);
        Assert.Equal(kind, problem.Kind);
        return problem;
    }

    private static string Short(OccurrenceView line)
    {
        var until = line.Through is { } through ? $"-{through:HH:mm} x{line.Count}" : "";
        return $"{line.ScheduledFor:HH:mm}{until} {line.Reason ?? line.Outcome}";
    }
}
