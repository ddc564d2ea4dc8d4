using Ordinaut.Agents;
using Ordinaut.Schedules;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>Answers from the ledger: what became of each occurrence, why, and what comes next.</summary>
internal sealed class TaskHistory(Db db, SchedulePlans plans)
{
    public const int MaxNext = SchedulePreview.MaxCount;

    public async Task<Page<OccurrenceView>> Occurrences(Caller caller, Guid id, OccurrenceFilter filter)
    {
        caller.Require(Scope.TasksRead);
        return await db.ReadFor(
            caller.Reach(),
            async session =>
            {
                var task = await Owned(session, caller, id);
                var lines = await OccurrenceStore.Page(session, task.Id, filter);
                return Pages.Of(
                    lines,
                    filter.Limit,
                    line => View(task, line),
                    line => $"{Instants.Format(line.ScheduledFor)}/{line.Key}"
                );
            }
        );
    }

    /// <summary>Why it ran, or not, at an instant: the line that covers it, else what the schedule says.</summary>
    public async Task<WhyView> Why(Caller caller, Guid id, DateTimeOffset? asked)
    {
        caller.Require(Scope.TasksRead);
        return await db.ReadFor(
            caller.Reach(),
            async session =>
            {
                var task = await Owned(session, caller, id);
                var at = asked ?? session.Now;
                var plan = await plans.Of(session, task);
                var near = await OccurrenceStore.Near(session, task.Id, at);
                var covers = near is not null && (asked is null || near.Covers(at));
                var explained = covers
                    ? Explanations.OfLine(near!)
                    : Explanations.OfSchedule(task, plan, at, session.Now);
                var standstill = Explanations.Standstill(task);
                return new WhyView
                {
                    TaskId = task.Id,
                    At = at,
                    // Who asks about now wants to know what became of it last, and why nothing comes.
                    Explanation =
                        asked is null && covers && standstill is not null
                            ? $"{explained.Words} {standstill}"
                            : explained.Words,
                    Outcome = explained.Outcome,
                    Reason = explained.Reason,
                    Occurrence = covers ? View(task, near!) : null,
                    PreviousAt = near?.ScheduledFor,
                    NextAt = standstill is null ? plan.NextWanted(task.NextNominal, task.Settings.EndsAt) : null,
                };
            }
        );
    }

    /// <summary>The next occurrences of a task, as a preview of its schedule from its cursor on.</summary>
    public async Task<SchedulePreviewView> Next(Caller caller, Guid id, int count)
    {
        caller.Require(Scope.TasksRead);
        if (count is < 1 or > MaxNext)
        {
            throw Problem.Invalid("/count", $"count must be 1 to {MaxNext}; it is {count}.");
        }

        return await db.ReadFor(
            caller.Reach(),
            async session =>
            {
                var task = await Owned(session, caller, id);
                var (schedule, exclusions) = await plans.Of(session, task);
                if (task.Status != TaskStatus.Active || task.IsOwnerStopped || task.NextNominal is not { } next)
                {
                    var why =
                        task.Status != TaskStatus.Active ? $"the task is {Word<TaskStatus>.Of(task.Status)}"
                        : task.IsOwnerStopped ? "the agent that owns the task is stopped"
                        : null;
                    return new SchedulePreviewView([], true, schedule.Description, schedule.Timezone, why);
                }

                var from = Instants.JustBefore(next);
                var preview = SchedulePreview.Compute(schedule, exclusions, from, count);
                return ScheduleOperations.View(schedule, preview, task.Settings.EndsAt);
            }
        );
    }

    private static OccurrenceView View(TaskDefinition task, Occurrence line) =>
        new()
        {
            ScheduledFor = line.ScheduledFor,
            Through = line.Through,
            Count = line.Count,
            Outcome = line.Reason is null ? line.RunState ?? "expired" : "skipped",
            Reason = line.Reason,
            Detail = line.Detail,
            RunId = line.RunId,
            Trigger = Trigger(task, line),
            RecordedAt = line.RecordedAt,
        };

    /// <summary>What the line is owed to; the tick of a condition has no key, as that of a schedule has none.</summary>
    private static string Trigger(TaskDefinition task, Occurrence line) =>
        line.Key.Split(':', 2)[0] switch
        {
            "" => task.Settings.ScheduleKind == ScheduleKind.Condition ? "condition" : "schedule",
            "rerun" => "retry",
            var source => source,
        };

    private static async ValueTask<TaskDefinition> Owned(Session session, Caller caller, Guid id) =>
        await TaskStore.FindOwned(session, caller, id) ?? throw Problem.NotFound("task", id.ToString());
}
