using Ordinaut.Schedules;

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

    public static Explanation OfSchedule(
        TaskDefinition task,
        Schedule schedule,
        Exclusions? exclusions,
        DateTimeOffset at,
        DateTimeOffset now
    )
    {
        var isOccurrence = schedule.Next(at.AddTicks(-TimeSpan.TicksPerMicrosecond)) == at;
        if (!isOccurrence)
        {
            return new(
                $"The schedule ({schedule.Description}) has no occurrence at {Instants.Format(at)}.",
                "none",
                null
            );
        }

        if (at < task.CreatedAt)
        {
            return new(
                $"The task did not exist yet; it was created at {Instants.Format(task.CreatedAt)}.",
                "none",
                null
            );
        }

        if (exclusions?.Excludes(at) == true)
        {
            return new("The day is excluded by the task's exclude list.", "skipped", SkipReason.Excluded);
        }

        return task.Status switch
        {
            TaskStatus.Active when at > now => new("It is to come; the task is active.", "expected", null),
            TaskStatus.Active => new("It is due and about to be accounted for.", "due", null),
            _ => new($"The task is {Word<TaskStatus>.Of(task.Status)}, so it does not run.", "none", null),
        };
    }

    private static string Detail(Occurrence line) => line.Detail is null ? "." : $" ({line.Detail.TrimEnd('.')}).";

    private static string Words(string reason) =>
        reason switch
        {
            SkipReason.Overlap => "the previous run had not finished (overlap_policy skip)",
            SkipReason.Paused => "the task was paused",
            SkipReason.Misfire => "it was missed while no scheduler was running, and misfire_policy says not to run it",
            SkipReason.Stale => "it was older than expires_after_seconds when it could have started",
            SkipReason.Excluded => "the day is excluded",
            SkipReason.Dedupe => "a run with the same dedupe_key was within the window",
            SkipReason.Budget => "a limit was reached",
            SkipReason.Superseded => "a later occurrence took its place",
            SkipReason.Condition => "the condition did not fire",
            _ => reason,
        };
}

/// <summary>An answer to "why?".</summary>
internal sealed record Explanation(string Words, string Outcome, string? Reason);
