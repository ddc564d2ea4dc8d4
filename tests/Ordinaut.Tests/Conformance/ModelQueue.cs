namespace Ordinaut.Tests.Conformance;

/// <summary>What the model says of live runs: places in a slot, leases, ends.</summary>
internal static class ModelQueue
{
    public const int MaxSilentDeaths = 3;

    public static int Active(Model model, string slot) =>
        model.Live.Values.Count(run => run.Slot == slot && run.Stand != Stand.Held);

    public static bool IsReady(Model model, ModelRun run) => run.Stand == Stand.Queued && run.Due <= model.Now;

    public static bool IsExpired(Model model, ModelRun run) => run.Stand == Stand.Leased && run.Until <= model.Now;

    public static void Enter(Model model, ModelRun run)
    {
        var stand = Active(model, run.Slot) >= run.Limit ? Stand.Held : Stand.Queued;
        model.Put(run with { Stand = stand, Owner = null, Until = null });
    }

    public static void End(Model model, ModelRun run, string state, string? code = null)
    {
        model.Live = model.Live.Remove(run.Id);
        model.Ended = model.Ended.SetItem(run.Id, run with { End = state, Code = code });
        model.Publish($"run.{state}");
        if (run.Stand != Stand.Held)
        {
            Promote(model, run.Slot);
        }
    }

    /// <summary>Lets in the first that waits and finds room under its own limit; false when there is none.</summary>
    public static bool Promote(Model model, string slot)
    {
        var active = Active(model, slot);
        var next = model
            .Live.Values.Where(run => run.Slot == slot && run.Stand == Stand.Held && active < run.Limit)
            .OrderBy(run => (run.Urgency, run.Due, run.Id))
            .FirstOrDefault();
        if (next is not null)
        {
            model.Put(next with { Stand = Stand.Queued });
        }

        return next is not null;
    }

    public static void Resize(Model model, ModelTask task)
    {
        foreach (var run in model.Live.Values.Where(run => run.Task == task.Id && run.Stand == Stand.Held))
        {
            model.Put(run with { Limit = task.Limit });
        }

        while (Promote(model, task.Slot)) { }
    }

    /// <summary>The live runs of a task, in the order in which they are ended: those that wait first.</summary>
    public static IReadOnlyList<ModelRun> OfTask(Model model, Guid task) =>
        [
            .. model
                .Live.Values.Where(run => run.Task == task)
                .OrderBy(run => run.Stand != Stand.Held)
                .ThenBy(run => run.Id),
        ];

    /// <summary>Ends what waits, and asks the worker of what runs.</summary>
    public static void Stop(Model model, IEnumerable<ModelRun> runs, string code)
    {
        foreach (var run in runs)
        {
            if (run.Stand == Stand.Leased)
            {
                model.Put(run with { IsCancelWanted = true });
            }
            else
            {
                End(model, run, "canceled", code);
            }
        }
    }

    public static void Lease(Model model, ModelRun run, string owner)
    {
        var epoch = run.Epoch + 1;
        var until = model.Now.AddSeconds(Model.Lease);
        model.Put(run with { Stand = Stand.Leased, Epoch = epoch, Owner = owner, Until = until });
        model.Claims = model.Claims.Add(new ModelClaim(run.Id, epoch, owner));
    }

    public static void Reap(Model model, ModelRun run)
    {
        Miss(model, run);
        if (run.IsCancelWanted)
        {
            End(model, run, "canceled", "canceled");
        }
        else if (run.Deaths + 1 >= MaxSilentDeaths)
        {
            End(model, run, "quarantined", "quarantined");
        }
        else
        {
            Return(model, run with { Attempt = run.Attempt + 1, Deaths = run.Deaths + 1, Due = model.Now });
        }
    }

    /// <summary>What a worker says of its run: nothing is believed of one that lost it.</summary>
    public static string Report(Model model, ModelClaim claim, string outcome)
    {
        if (!model.Live.TryGetValue(claim.Run, out var run) || run.Stand != Stand.Leased || run.Epoch != claim.Epoch)
        {
            return "lost";
        }

        var mayRetry = outcome == "busy" && run.Attempt <= run.Retries;
        if ((mayRetry || outcome == "hand back") && run.IsCancelWanted)
        {
            End(model, run, "canceled", "canceled");
        }
        else if (mayRetry)
        {
            Miss(model, run);
            Return(model, run with { Attempt = run.Attempt + 1, Deaths = 0, Due = model.Now.AddSeconds(1) });
        }
        else if (outcome == "hand back")
        {
            Return(model, run with { Due = model.Now });
        }
        else
        {
            End(model, run, outcome == "succeed" ? "succeeded" : "failed", outcome == "succeed" ? null : outcome);
        }

        return "recorded";
    }

    public static void Miss(Model model, ModelRun run) =>
        model.Attempts = model.Attempts.Add((run.Id, run.Attempt, run.Epoch));

    private static void Return(Model model, ModelRun run) =>
        model.Put(run with { Stand = Stand.Queued, Owner = null, Until = null });
}
