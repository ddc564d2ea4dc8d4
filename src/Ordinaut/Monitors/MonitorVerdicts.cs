using Ordinaut.Schedules;
using Ordinaut.Store;
using Ordinaut.Tasks;
using TaskStatus = Ordinaut.Tasks.TaskStatus;

namespace Ordinaut.Monitors;

/// <summary>Says of a monitor whether the word it waits for is missed, and when to look again.</summary>
internal sealed class MonitorVerdicts(SchedulePlans plans)
{
    /// <summary>How soon a task that is missed is looked at again: so late at most its success is noticed.</summary>
    public static readonly TimeSpan MissedPause = TimeSpan.FromSeconds(10);

    /// <summary>How soon a task is looked at again whose owner is stopped, or whose schedule cannot be read.</summary>
    public static readonly TimeSpan StandstillPause = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Who looks later than this was away, and there may have been nobody to take a call: it has its grace once more.
    /// </summary>
    public static readonly TimeSpan Away = TimeSpan.FromMinutes(1);

    public async ValueTask<Verdict> Of(Session session, MonitorRow monitor)
    {
        if (monitor.IsPaused)
        {
            return Fine(monitor with { Due = null }, "The monitor is paused: nothing is to come.");
        }

        if (monitor.TaskId is not { } taskId)
        {
            return OfHeartbeat(monitor, session.Now);
        }

        if (await TaskStore.Find(session, taskId) is not { } task)
        {
            return Verdict.Gone;
        }

        try
        {
            return await OfTask(session, monitor, task);
        }
        catch (Problem problem) when (problem.Kind == ProblemKind.Invalid)
        {
            // As for the scheduler: it must not stop the others. Nothing of the task runs, so nothing succeeds.
            return Missed(monitor, session.Now + StandstillPause, $"The schedule cannot be read: {problem.Message}");
        }
    }

    private static Verdict OfHeartbeat(MonitorRow monitor, DateTimeOffset now)
    {
        var deadline = monitor.Since + monitor.Every!.Value + monitor.Grace;
        if (now < deadline)
        {
            return Fine(monitor with { Due = deadline }, "It called.");
        }

        if (monitor.AlertId is null && now - monitor.Due > Away)
        {
            return Fine(monitor with { Due = now + monitor.Grace }, "");
        }

        var last = monitor.HeardAt is { } at ? $"It called last at {Instants.Format(at)}" : "It has never called";
        return Missed(
            monitor,
            now + monitor.Every.Value,
            $"{last}; the next call was to come by {Instants.Format(deadline)}."
        );
    }

    private async ValueTask<Verdict> OfTask(Session session, MonitorRow monitor, TaskDefinition task)
    {
        if (task.Status is TaskStatus.Paused or TaskStatus.Canceled or TaskStatus.Proposed)
        {
            var status = Word<TaskStatus>.Of(task.Status);
            return Fine(monitor with { Due = null }, $"The task is {status}: nothing is to come.");
        }

        if (task.IsOwnerStopped)
        {
            var later = session.Now + StandstillPause;
            return Fine(monitor with { Since = session.Now, Due = later }, "The agent that owns the task is stopped.");
        }

        var words = "By its schedule as it is now nothing is missed.";
        if (await MonitorStore.Success(session, monitor) is (var of, var at))
        {
            words = $"It succeeded at {Instants.Format(at)}.";
            monitor = monitor with { Since = of, HeardAt = at, AlertId = null };
        }

        // Whoever changed, snoozed or resumed the task made the wait begin anew; what is missed by then stays so.
        var from = monitor.AlertId is null && task.UpdatedAt > monitor.Since ? task.UpdatedAt : monitor.Since;
        var expected = await Expected(session, monitor, task, from);
        var line = IsPast(expected, session.Now) ? await LineOf(session, task, expected!.Value.Nominal) : null;
        if (line is { Reason: SkipReason.Overlap } && monitor.HeardAt >= expected!.Value.Nominal)
        {
            // What was skipped because the one before had not finished has the word of that one.
            expected = await Expected(session, monitor, task, line.Through ?? line.ScheduledFor);
            line = null;
        }

        return IsPast(expected, session.Now)
            ? Missed(monitor with { Since = from }, session.Now + MissedPause, Words(expected!.Value.Deadline, line))
            : Fine(monitor with { Due = expected?.Deadline }, words);
    }

    private static bool IsPast((DateTimeOffset, DateTimeOffset Deadline)? expected, DateTimeOffset now) =>
        expected?.Deadline <= now;

    /// <summary>What is to succeed next after an instant, and by when; null when nothing is to come.</summary>
    private async ValueTask<(DateTimeOffset Nominal, DateTimeOffset Deadline)?> Expected(
        Session session,
        MonitorRow monitor,
        TaskDefinition task,
        DateTimeOffset from
    )
    {
        if (monitor.Every is { } every)
        {
            return (Instants.Later(from, every), Instants.Later(from, every + monitor.Grace));
        }

        var settings = task.Settings;
        var plan = await plans.Of(session, task);
        if (plan.NextWanted(plan.First(from, settings.StartsAt, settings.EndsAt), settings.EndsAt) is not { } nominal)
        {
            return null;
        }

        var starts = Instants.Later(nominal, Jitter.For(task.Id, settings.JitterSeconds));
        var isPutOff = task.SnoozedUntil > starts && task.NextNominal <= nominal;
        return (nominal, Instants.Later(isPutOff ? task.SnoozedUntil!.Value : starts, monitor.Grace));
    }

    /// <summary>What the ledger has of the occurrence.</summary>
    private static async ValueTask<Occurrence?> LineOf(Session session, TaskDefinition task, DateTimeOffset nominal) =>
        await OccurrenceStore.Near(session, task.Id, nominal) is { } line && line.Covers(nominal) ? line : null;

    private static string Words(DateTimeOffset deadline, Occurrence? line)
    {
        var why = line is null ? "No run of it is recorded for that time." : Explanations.OfLine(line).Words;
        return $"It was to succeed by {Instants.Format(deadline)}. {why}";
    }

    private static Verdict Fine(MonitorRow next, string words) => new(next, false, words);

    private static Verdict Missed(MonitorRow monitor, DateTimeOffset look, string words) =>
        new(monitor with { Due = look }, true, words);
}

/// <summary>What was found of a monitor.</summary>
/// <param name="Next">How it waits from now on; null: there is nothing to wait for any more.</param>
/// <param name="Words">What is wrong; or, where an alert is open, why it is no longer so.</param>
internal sealed record Verdict(MonitorRow? Next, bool IsMissed, string Words)
{
    public static readonly Verdict Gone = new(null, false, "The task is gone, and its monitor with it.");
}
