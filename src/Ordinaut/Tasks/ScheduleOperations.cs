using Ordinaut.Agents;
using Ordinaut.Schedules;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>Looks at a schedule before a task is made of it.</summary>
internal sealed class ScheduleOperations(Db db, TaskDefaults defaults)
{
    public const int DefaultCount = 5;

    public async Task<SchedulePreviewView> Preview(Caller caller, PreviewSchedule request)
    {
        caller.Require(Scope.TasksRead);
        var count = request.Count ?? DefaultCount;
        if (count is < 1 or > SchedulePreview.MaxCount)
        {
            throw Problem.Invalid("/count", $"count must be 1 to {SchedulePreview.MaxCount}; it is {count}.");
        }

        if (!Word<ScheduleKind>.TryParse(request.ScheduleKind, out var kind))
        {
            throw Problem.Invalid("/schedule_kind", $"schedule_kind must be {Word<ScheduleKind>.Choices}.");
        }

        var exclude = request.Exclude ?? [];
        if (exclude.Any(entry => entry is null))
        {
            throw Problem.Invalid("/exclude", "An entry of exclude must be text, such as 2027-01-01.");
        }

        var from = request.From ?? db.Now();
        var zone = request.Timezone ?? defaults.Timezone;
        var spec = new ScheduleSpec(kind, request.ScheduleExpr ?? "", zone, from);
        var (schedule, exclusions) = await db.Read(session =>
            SchedulePlans.Parse(session, spec, exclude, caller.AgentId)
        );
        return View(schedule, SchedulePreview.Compute(schedule, exclusions, from, count), null);
    }

    /// <summary>The schedule that words mean, and when it would fire.</summary>
    public ParsedScheduleView Parse(Caller caller, ParseSchedule request)
    {
        caller.Require(Scope.TasksRead);
        var now = request.Now ?? db.Now();
        var text =
            request.Text ?? throw Problem.Invalid("/text", "text is missing; say when, as 'every day at 09:00'.");
        var (spec, schedule) = SpokenSchedule.Parse(text, request.Timezone, defaults.Timezone, now);
        var preview = View(schedule, SchedulePreview.Compute(schedule, null, now, DefaultCount), null);
        return new ParsedScheduleView(
            Word<ScheduleKind>.Of(spec.Kind),
            spec.Expression,
            schedule.Timezone,
            preview.Description,
            preview.Occurrences
        );
    }

    internal static SchedulePreviewView View(Schedule schedule, SchedulePreview preview, DateTimeOffset? endsAt)
    {
        var shown = preview.Occurrences.Where(o => endsAt is null || o.Utc <= endsAt).ToList();
        return new SchedulePreviewView(
            [.. shown.Select(o => new PreviewOccurrence(o.Utc, o.Local, o.Note))],
            preview.Complete || shown.Count < preview.Occurrences.Count,
            schedule.Description,
            schedule.Timezone,
            preview.Note
        );
    }
}
