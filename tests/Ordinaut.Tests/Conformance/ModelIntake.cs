namespace Ordinaut.Tests.Conformance;

/// <summary>An occurrence that someone wants of a task of the model.</summary>
internal sealed record ModelWish(ModelTask Task, DateTimeOffset At, string Key)
{
    /// <summary>A person asked for exactly this run.</summary>
    public bool IsAsked { get; init; }

    public bool IsBackfill { get; init; }
}

/// <summary>The door to the queue: the model's ledger, its refusals, and who makes room for whom.</summary>
internal static class ModelIntake
{
    private const int DedupeWindow = 60;

    /// <param name="idOf">The id that the store gave to the run of an occurrence.</param>
    public static IReadOnlyList<Guid?> Admit(Model model, IReadOnlyList<ModelWish> wishes, Func<ModelWish, Guid> idOf)
    {
        var admitted = new Guid?[wishes.Count];
        var rounds = wishes
            .Select((wish, i) => (Wish: wish, Place: i))
            .GroupBy(entry => entry.Wish.Task.Id)
            .SelectMany(group => group.Select((entry, round) => (entry.Wish, entry.Place, Round: round)))
            .GroupBy(entry => entry.Round)
            .OrderBy(round => round.Key);
        foreach (var round in rounds)
        {
            var entries = round.OrderBy(entry => entry.Place).Select(entry => (entry.Wish, entry.Place)).ToList();
            AdmitRound(model, entries, idOf, admitted);
        }

        return admitted;
    }

    /// <summary>A skip that follows one like it makes that one longer.</summary>
    public static void Skip(Model model, ModelLine skip)
    {
        var newest = model
            .Ledger.Values.Where(line => line.Task == skip.Task)
            .OrderByDescending(line => line.At)
            .ThenByDescending(line => line.Key, StringComparer.Ordinal)
            .FirstOrDefault();
        var goesOn =
            newest is { Run: null, Key: "" }
            && (newest.Reason, newest.IsRefusal) == (skip.Reason, skip.IsRefusal)
            && skip.Key == "";
        if (goesOn)
        {
            Put(model, newest! with { Through = skip.Through ?? skip.At, Count = newest!.Count + skip.Count });
        }
        else if (!model.Ledger.ContainsKey((skip.Task, skip.At, skip.Key)))
        {
            Put(model, skip);
        }
    }

    public static void CancelPrevious(Model model, ModelTask task) =>
        ModelQueue.Stop(model, ModelQueue.OfTask(model, task.Id), "superseded");

    public static ModelRun RunOf(Model model, ModelWish wish, Guid id) =>
        new()
        {
            Id = id,
            Number = model.RunsMade++,
            Task = wish.Task.Id,
            Agent = wish.Task.Agent,
            Version = wish.Task.Version,
            At = wish.At,
            Key = wish.Key,
            Slot = wish.Task.Slot,
            Limit = wish.Task.Limit,
            Urgency = wish.Task.Urgency,
            Retries = wish.Task.Retries,
            Due = model.Now,
        };

    private static void AdmitRound(
        Model model,
        List<(ModelWish Wish, int Place)> round,
        Func<ModelWish, Guid> idOf,
        Guid?[] admitted
    )
    {
        var runs = new List<(ModelWish Wish, ModelRun Run)>();
        foreach (var (wish, place) in round)
        {
            var line = new ModelLine(wish.Task.Id, wish.At, wish.Key);
            if (Refusal(model, wish) is { } reason)
            {
                Skip(model, line with { Reason = reason, IsRefusal = true });
            }
            else if (!model.Ledger.ContainsKey((line.Task, line.At, line.Key)))
            {
                var run = RunOf(model, wish, idOf(wish));
                runs.Add((wish, run));
                Put(model, line with { Run = run.Id });
                admitted[place] = run.Id;
            }
        }

        foreach (var (wish, _) in runs.Where(made => made.Wish.Task.Overlap == "cancel_previous"))
        {
            if (!wish.IsBackfill)
            {
                CancelPrevious(model, wish.Task);
            }
        }

        runs.ForEach(made => ModelQueue.Enter(model, made.Run));
    }

    private static string? Refusal(Model model, ModelWish wish)
    {
        if (wish.IsAsked)
        {
            return null;
        }

        if (wish.Task.Status == "paused")
        {
            return "paused";
        }

        if (wish.Task.Overlap == "skip" && model.Live.Values.Any(run => run.Task == wish.Task.Id))
        {
            return "overlap";
        }

        if (wish.Task.Dedupe is null)
        {
            return null;
        }

        var key = $"{wish.Task.Dedupe} of {wish.Task.Agent}";
        if (model.Dedupes.TryGetValue(key, out var at) && at > model.Now.AddSeconds(-DedupeWindow))
        {
            return "dedupe";
        }

        model.Dedupes = model.Dedupes.SetItem(key, model.Now);
        return null;
    }

    private static void Put(Model model, ModelLine line) =>
        model.Ledger = model.Ledger.SetItem((line.Task, line.At, line.Key), line);
}
