using System.Text.Json.Nodes;
using Ordinaut.Events;
using Ordinaut.Runs;
using Ordinaut.Schedules;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>
/// Accounts for the occurrences of a due task: each gets its run or its line in the ledger, and the cursor moves,
/// in one transaction.
/// </summary>
internal sealed class Occurrences(SchedulePlans plans, RunIntake intake, EventLog events)
{
    /// <summary>Returns how many runs came into the queue.</summary>
    public async ValueTask<int> Account(Session session, TaskDefinition task)
    {
        var (schedule, exclusions) = await plans.Of(session, task);
        var jitter = Jitter.For(task.Id, task.Settings.JitterSeconds);
        var plan = DuePlan.For(task, schedule, exclusions, session.Now - jitter);
        if (!await TaskStore.Advance(session, task, After(task, plan, jitter)))
        {
            return 0;
        }

        var queued = 0;
        foreach (var skip in plan.Skips)
        {
            await OccurrenceStore.Skip(session, task.Id, skip);
            await TellMissed(session, task, skip);
        }

        foreach (var instant in plan.Runs)
        {
            queued += await Admit(session, task, instant, plan) is Admission.Queued ? 1 : 0;
        }

        return queued;
    }

    /// <summary>
    /// Accounts for all that fell due under a schedule that is about to go. One pass runs what a pass of the
    /// scheduler would; what is left (still waiting for its jitter, put off, or too many) is superseded.
    /// </summary>
    public async ValueTask Settle(Session session, TaskDefinition task)
    {
        if (task.NextDue <= session.Now)
        {
            await Account(session, task);
            task = (await TaskStore.Find(session, task.Id))!;
        }

        if (task.NextNominal <= session.Now && task.Settings.ScheduleKind != ScheduleKind.Condition)
        {
            var (schedule, _) = await plans.Of(session, task);
            await OccurrenceStore.Skip(session, task.Id, DuePlan.Superseded(task, schedule, session.Now));
        }
    }

    private async ValueTask<Admission> Admit(Session session, TaskDefinition task, DateTimeOffset instant, DuePlan plan)
    {
        if (task.Settings.ScheduleKind == ScheduleKind.Condition)
        {
            return await Check(session, task, instant);
        }

        var missed = plan.Skips.Where(skip => skip.Reason == SkipReason.Misfire).Sum(skip => skip.Count);
        var request = new OccurrenceRequest(instant, OccurrenceKeys.Schedule, Trigger.Schedule)
        {
            Input = missed > 0 ? new JsonObject { ["missed_count"] = missed }.ToJsonString() : null,
        };
        return await intake.Admit(session, task, request);
    }

    /// <summary>A condition's tick is only a check: it becomes an occurrence when the check fires.</summary>
    private async ValueTask<Admission> Check(Session session, TaskDefinition task, DateTimeOffset instant) =>
        await intake.AdmitCheck(session, task, new OccurrenceRequest(instant, OccurrenceKeys.Check, Trigger.Condition));

    private static TaskDefinition After(TaskDefinition task, DuePlan plan, TimeSpan jitter) =>
        task with
        {
            NextNominal = plan.Next,
            NextDue = plan.Next + jitter,
            SnoozedUntil = null,
            Status = plan.Next is null && task.Status == TaskStatus.Active ? TaskStatus.Completed : task.Status,
        };

    private async ValueTask TellMissed(Session session, TaskDefinition task, Occurrence skip)
    {
        if (skip.Reason != SkipReason.Misfire)
        {
            return;
        }

        var payload = new JsonObject
        {
            ["task_id"] = task.Id.ToString(),
            ["from"] = Instants.Format(skip.ScheduledFor),
            ["through"] = Instants.Format(skip.Through ?? skip.ScheduledFor),
            ["count"] = skip.Count,
        };
        await events.Append(session, new NewEvent(task.OwnerId, "task.missed", payload.ToJsonString(), 0));
    }
}
