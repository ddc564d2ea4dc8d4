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
    /// <summary>What is to be done with a due task; a <see cref="Problem"/> when it cannot be read.</summary>
    public async ValueTask<DueTask> Plan(Session session, TaskDefinition task)
    {
        var (schedule, exclusions) = await plans.Of(session, task);
        var jitter = Jitter.For(task.Id, task.Settings.JitterSeconds);
        var plan = DuePlan.For(task, schedule, exclusions, session.Now - jitter);
        return new DueTask(task, plan, After(task, plan, jitter));
    }

    public async ValueTask<Accounted> Account(Session session, params IReadOnlyList<DueTask> due)
    {
        var moved = await TaskStore.Advance(session, [.. due.Select(one => (one.Task, one.After))]);
        var queued = new List<QueuedRun>(due.Count);
        var skipped = new List<Occurrence>();
        var wishes = new List<Wish>(due.Count);
        foreach (var (task, plan, _) in due.Where(one => moved.Contains(one.Task.Id)))
        {
            foreach (var skip in plan.Skips)
            {
                await OccurrenceStore.Skip(session, task.Id, skip);
                await TellMissed(session, task, skip);
            }

            skipped.AddRange(plan.Skips);

            if (task.Settings.ScheduleKind == ScheduleKind.Condition)
            {
                queued.AddRange(Made(await Check(session, task, plan.Runs)));
            }
            else
            {
                wishes.AddRange(Wishes(task, plan));
            }
        }

        queued.AddRange(Made(await intake.Admit(session, wishes)));
        return new Accounted(queued, skipped);
    }

    private static IEnumerable<QueuedRun> Made(IReadOnlyList<Admission> admissions) =>
        admissions.OfType<Admission.Queued>().Select(admission => admission.Run);

    /// <summary>
    /// Accounts for all that fell due under a schedule that is about to go. One pass runs what a pass of the
    /// scheduler would; what is left (still waiting for its jitter, put off, or too many) is superseded.
    /// </summary>
    public async ValueTask Settle(Session session, TaskDefinition task)
    {
        if (task.NextDue <= session.Now)
        {
            await Account(session, await Plan(session, task));
            task = (await TaskStore.Find(session, task.Id))!;
        }

        if (task.NextNominal <= session.Now && task.Settings.ScheduleKind != ScheduleKind.Condition)
        {
            var (schedule, _) = await plans.Of(session, task);
            await OccurrenceStore.Skip(session, task.Id, DuePlan.Superseded(task, schedule, session.Now));
        }
    }

    /// <summary>Accounts for all that is due with one line, and runs none of it.</summary>
    public async ValueTask Skip(Session session, TaskDefinition task, string reason)
    {
        var (schedule, _) = await plans.Of(session, task);
        var jitter = Jitter.For(task.Id, task.Settings.JitterSeconds);
        var plan = DuePlan.Skipped(task, schedule, session.Now - jitter, reason);
        await Account(session, new DueTask(task, plan, After(task, plan, jitter)));
    }

    private static IEnumerable<Wish> Wishes(TaskDefinition task, DuePlan plan)
    {
        var missed = plan.Skips.Where(skip => skip.Reason == SkipReason.Misfire).Sum(skip => skip.Count);
        var input = missed > 0 ? new JsonObject { ["missed_count"] = missed }.ToJsonString() : null;
        return plan.Runs.Select(instant => new Wish(
            task,
            new OccurrenceRequest(instant, OccurrenceKeys.Schedule, Trigger.Schedule) { Input = input }
        ));
    }

    /// <summary>A condition's tick is only a check: it becomes an occurrence when the check fires.</summary>
    private async ValueTask<IReadOnlyList<Admission>> Check(
        Session session,
        TaskDefinition task,
        IReadOnlyList<DateTimeOffset> ticks
    )
    {
        var admissions = new List<Admission>(ticks.Count);
        foreach (var tick in ticks)
        {
            var request = new OccurrenceRequest(tick, OccurrenceKeys.Check, Trigger.Condition);
            admissions.Add(await intake.AdmitCheck(session, task, request));
        }

        return admissions;
    }

    private static TaskDefinition After(TaskDefinition task, DuePlan plan, TimeSpan jitter) =>
        task with
        {
            NextNominal = plan.Next,
            NextDue = plan.Next is { } next ? Instants.Later(next, jitter) : null,
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

/// <summary>A due task, what to do with it, and the task after that.</summary>
internal sealed record DueTask(TaskDefinition Task, DuePlan Plan, TaskDefinition After);

/// <summary>What became of due tasks.</summary>
/// <param name="Queued">The runs that came into the queue.</param>
/// <param name="Skipped">The lines of what got none.</param>
internal sealed record Accounted(IReadOnlyList<QueuedRun> Queued, IReadOnlyList<Occurrence> Skipped);
