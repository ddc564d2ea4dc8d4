namespace Ordinaut.Tasks;

/// <summary>Says in words what the ledger or the schedule knows of an instant. Pure.</summary>
internal static class Explanations
{
    public static Explanation OfLine(Occurrence line)
    {
        var when = Instants.Format(line.ScheduledFor);
        if (line.Reason is { } reason)
        {
            var stretch =
                line.Count > 1
                    ? $"{line.Count} occurrences from {when} through {Instants.Format(line.Through!.Value)} were"
                    : $"The occurrence of {when} was";
            return new($"{stretch} skipped: {Words(reason)}{Detail(line)}", "skipped", reason);
        }

        var state = line.RunState ?? "expired";
        var told = state switch
        {
            "queued" => "waits in the queue",
            "running" => "is running now",
            "expired" => "ran, and its record has passed its retention time",
            _ => $"ran and ended as {state}",
        };
        return new($"The occurrence of {when} {told} (run {line.RunId}).", state, null);
    }

    public static Explanation OfSchedule(TaskDefinition task, SchedulePlan plan, DateTimeOffset at, DateTimeOffset now)
    {
        var isOccurrence = plan.Schedule.Next(Instants.JustBefore(at)) == at;
        if (!isOccurrence)
        {
            return None($"The schedule ({plan.Schedule.Description}) has no occurrence at {Instants.Format(at)}.");
        }

        if (at < task.CreatedAt)
        {
            return None($"The task did not exist yet; it was created at {Instants.Format(task.CreatedAt)}.");
        }

        if (at < task.Settings.StartsAt)
        {
            return None($"It is before the task's starts_at, {Instants.Format(task.Settings.StartsAt.Value)}.");
        }

        if (at > task.Settings.EndsAt)
        {
            return None($"It is after the task's ends_at, {Instants.Format(task.Settings.EndsAt.Value)}.");
        }

        if (plan.Exclusions?.Excludes(at) == true)
        {
            return new("The day is excluded by the task's exclude list.", "skipped", SkipReason.Excluded);
        }

        return OfStatus(task, at, now);
    }

    /// <summary>Why nothing of the task runs at present, whatever its schedule says; null when it goes on.</summary>
    public static string? Standstill(TaskDefinition task) =>
        task.Status != TaskStatus.Active ? $"The task is {Word<TaskStatus>.Of(task.Status)}, so it does not run."
        : task.IsOwnerStopped
            ? "The agent that owns the task is stopped; what is missed meanwhile is accounted for at its start."
        : null;

    private static Explanation OfStatus(TaskDefinition task, DateTimeOffset at, DateTimeOffset now)
    {
        if (Standstill(task) is { } standstill)
        {
            return None(standstill);
        }

        if (at > now)
        {
            return new("It is to come; the task is active.", "expected", null);
        }

        return task.NextNominal <= at
            ? new("It is due and about to be accounted for.", "due", null)
            : None(
                "There is no record of it: the schedule was another one then, or the record is past its retention time."
            );
    }

    private static Explanation None(string words) => new(words, "none", null);

    private static string Detail(Occurrence line) => line.Detail is null ? "." : $" ({line.Detail.TrimEnd('.')}).";

    private static string Words(string reason) =>
        reason switch
        {
            SkipReason.Overlap => "the one before it had not finished",
            SkipReason.Paused => "the task was paused",
            SkipReason.Misfire =>
                "it was looked at too late, and misfire_policy or catch_up_window_seconds says not to run it",
            SkipReason.Stale => "it was older than expires_after_seconds when it could have started",
            SkipReason.Excluded => "the day is excluded",
            SkipReason.Dedupe => "a run with the same dedupe_key was within the window",
            SkipReason.Budget => "a limit was reached",
            SkipReason.Restore => "it fell between a backup and its restore, and may have run in what was lost",
            SkipReason.Superseded => "something newer took its place",
            SkipReason.Condition => "the condition did not fire",
            SkipReason.Filter => "event_filter could not be evaluated on the event",
            _ => reason,
        };
}

/// <summary>An answer to "why?".</summary>
internal sealed record Explanation(string Words, string Outcome, string? Reason);
