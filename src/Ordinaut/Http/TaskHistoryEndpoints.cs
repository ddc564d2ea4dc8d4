using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;

namespace Ordinaut.Http;

/// <summary><c>/tasks/{id}/…</c>: what became of a task's occurrences, why, and what comes next.</summary>
internal sealed class TaskHistoryEndpoints(TaskHistory history, ScheduleOperations schedules)
{
    private const string ListName = "occurrences";

    private static readonly QueryChoice Outcome = new(
        "outcome",
        ["run", "skipped"],
        "Only occurrences that have a run, or only skipped ones."
    );

    private static readonly QueryInstant At = new("at", "The instant asked about; now when absent.");

    private static readonly QueryNumber Count = new(
        "count",
        1,
        TaskHistory.MaxNext,
        ScheduleOperations.DefaultCount,
        "How many occurrences to show."
    );

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/tasks/{id}/occurrences", Occurrences)
            .Named("listOccurrences", TaskEndpoints.Tag, "List what became of each occurrence, newest first")
            .Asks(Outcome, Queries.Since, Queries.Until, Queries.Limit, Queries.Cursor)
            .Gives<Page<OccurrenceView>>()
            .Needs(Scope.TasksRead);
        app.Get("/tasks/{id}/why", Why)
            .Named("explainTask", TaskEndpoints.Tag, "Say why a task ran, or did not, at an instant")
            .Asks(At)
            .Gives<WhyView>()
            .Needs(Scope.TasksRead);
        app.Get("/tasks/{id}/next", Next)
            .Named("listNextOccurrences", TaskEndpoints.Tag, "Show a task's next occurrences")
            .Asks(Count)
            .Gives<SchedulePreviewView>()
            .Needs(Scope.TasksRead);
        app.Post("/schedules/preview", Preview)
            .Named("previewSchedule", "Schedules", "Show when a schedule would fire, before a task is made of it")
            .Takes<PreviewSchedule>()
            .Gives<SchedulePreviewView>()
            .Needs(Scope.TasksRead);
        app.Post("/schedules/parse", Parse)
            .Named("parseSchedule", "Schedules", "Turn spoken words into a schedule, and show when it would fire")
            .Takes<ParseSchedule>()
            .Gives<ParsedScheduleView>()
            .Needs(Scope.TasksRead);
    }

    private async Task Occurrences(Call call)
    {
        var id = call.Id(TaskEndpoints.Noun);
        var skipped = call.Query(Outcome) is { } outcome ? outcome == "skipped" : (bool?)null;
        var filter = new OccurrenceFilter(
            call.Query(Queries.Since),
            call.Query(Queries.Until),
            skipped,
            call.Query(Queries.Limit)
        ).From(call.Position(ListName));
        await call.Page(await history.Occurrences(call.Caller, id, filter), ListName);
    }

    private async Task Why(Call call) =>
        await call.Answer(await history.Why(call.Caller, call.Id(TaskEndpoints.Noun), call.Query(At)));

    private async Task Next(Call call) =>
        await call.Answer(await history.Next(call.Caller, call.Id(TaskEndpoints.Noun), call.Query(Count)));

    private async Task Preview(Call call) =>
        await call.Answer(await schedules.Preview(call.Caller, call.Body<PreviewSchedule>()));

    private async Task Parse(Call call) => await call.Answer(schedules.Parse(call.Caller, call.Body<ParseSchedule>()));
}
