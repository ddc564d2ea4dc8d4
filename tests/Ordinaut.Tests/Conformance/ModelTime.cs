namespace Ordinaut.Tests.Conformance;

/// <summary>What the model says of schedules: which firings run, which are passed over, what is next.</summary>
internal static class ModelTime
{
    public static bool IsDue(Model model, ModelTask task) => task.Due <= model.Now;

    /// <summary>One look of the scheduler at due tasks.</summary>
    public static void Account(Model model, IReadOnlyList<ModelTask> due, Func<ModelWish, Guid> idOf)
    {
        var wishes = new List<ModelWish>();
        foreach (var task in due)
        {
            wishes.AddRange(Account(model, task).Select(at => new ModelWish(task, at, "")));
        }

        ModelIntake.Admit(model, wishes, idOf);
    }

    /// <summary>What a schedule that goes still owes.</summary>
    public static ModelTask Settle(Model model, ModelTask task, Func<ModelWish, Guid> idOf)
    {
        if (IsDue(model, task))
        {
            Account(model, [task], idOf);
            task = model.Tasks[task.Id];
        }

        if (task.Nominal is { } first && first <= model.Now)
        {
            Pass(
                model,
                task,
                (first, task.LastAtOrBefore(model.Now)),
                task.Status == "paused" ? "paused" : "superseded"
            );
        }

        return task;
    }

    /// <summary>Passes over what is not to run, moves the cursor, and says what is to run.</summary>
    private static List<DateTimeOffset> Account(Model model, ModelTask task)
    {
        var first = task.Nominal!.Value;
        var last = task.LastAtOrBefore(model.Now);
        model.Put(task with { Nominal = task.Next(last), Due = task.Next(last), SnoozedUntil = null });
        if (task.Status == "paused")
        {
            Pass(model, task, (first, last), "paused");
            return [];
        }

        if (task.SnoozedUntil is not null)
        {
            return LastOnly(model, task, (first, last), "superseded");
        }

        if (task.Misfire == "run_once")
        {
            return LastOnly(model, task, (first, last), "misfire");
        }

        var oldest = task.Misfire == "skip" ? model.Now.AddSeconds(-1) : DateTimeOffset.MinValue;
        if (first < oldest)
        {
            var missed = task.LastAtOrBefore(oldest.AddMicroseconds(-1));
            Pass(model, task, (first, missed < last ? missed : last), "misfire");
            first = task.Next(missed);
        }

        var each = new List<DateTimeOffset>();
        for (var at = first; at <= last; at = task.Next(at))
        {
            each.Add(at);
        }

        return each;
    }

    private static List<DateTimeOffset> LastOnly(
        Model model,
        ModelTask task,
        (DateTimeOffset First, DateTimeOffset Last) stretch,
        string reason
    )
    {
        if (stretch.First < stretch.Last)
        {
            Pass(model, task, (stretch.First, task.LastAtOrBefore(stretch.Last.AddMicroseconds(-1))), reason);
        }

        return [stretch.Last];
    }

    private static void Pass(
        Model model,
        ModelTask task,
        (DateTimeOffset First, DateTimeOffset Last) stretch,
        string reason
    )
    {
        var (first, last) = stretch;
        ModelIntake.Skip(
            model,
            new ModelLine(task.Id, first, "")
            {
                Reason = reason,
                Through = last > first ? last : null,
                Count = 1 + (long)(last - first).TotalMinutes / task.Every,
            }
        );
        if (reason == "misfire")
        {
            model.Publish("task.missed");
        }
    }
}
