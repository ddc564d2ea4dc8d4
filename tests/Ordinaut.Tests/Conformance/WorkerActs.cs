using Ordinaut.Runs;

namespace Ordinaut.Tests.Conformance;

/// <summary>What the machines do: schedulers, workers, reapers, and time.</summary>
internal static class WorkerActs
{
    private static readonly (int Urgency, DateTimeOffset Due) Last = (int.MaxValue, DateTimeOffset.MaxValue);

    private static readonly int[] Steps = [1, 5, 25, 31, 61, 125];

    private static readonly string[] Outcomes = ["succeed", "busy", "busy", "broken", "hand back"];

    public static Act Advance(Op op)
    {
        var seconds = Steps[op.A % Steps.Length];
        return Act.Exact(
            $"{seconds} seconds pass",
            node =>
            {
                node.Core.Clock.MoveTo(node.Core.Now.AddSeconds(seconds));
                return Task.FromResult(new Seen(""));
            },
            (after, _) =>
            {
                after.Now = after.Now.AddSeconds(seconds);
                return "";
            }
        );
    }

    public static Act Claim(Op op)
    {
        var (limit, afresh) = (1 + op.A % 4, op.B % 2 == 0);
        return new Act(
            $"claim {limit}{(afresh ? " afresh" : "")}",
            node => node.Claim(limit, afresh),
            (before, view) => AfterClaim(before, view, limit, afresh)
        );
    }

    public static Act Renew() => new("renew", node => node.Renew(), AfterRenewal);

    public static Act Report(Op op, Model model, IReadOnlyList<ModelClaim> claims)
    {
        var holders = claims.Where(claim => IsHeld(model, claim)).ToList();
        // One in six speaks of a lease that may be long gone.
        var from = holders.Count == 0 || op.A % 6 == 0 ? claims : holders;
        var claim = from[from.Count - 1 - op.A / 6 % Math.Min(from.Count, 6)];
        var outcome = Outcomes[op.B % Outcomes.Length];
        return Act.Exact(
            $"{outcome}: run of epoch {claim.Epoch} held by {claim.Owner}",
            node => node.Report(claim, outcome),
            (after, _) => ModelQueue.Report(after, claim, outcome)
        );
    }

    public static Act Reap() =>
        new(
            "reap",
            async node => new Seen($"{await node.Core.Reaper.DoBatch()}"),
            (before, view) =>
                Some(
                    before,
                    view,
                    [.. before.Live.Values.Where(run => ModelQueue.IsExpired(before, run))],
                    (after, runs) =>
                    {
                        foreach (var run in runs.OrderBy(run => run.Until))
                        {
                            ModelQueue.Reap(after, run);
                        }
                    }
                )
        );

    public static Act Schedule() =>
        new(
            "schedule",
            async node => new Seen($"{await node.Core.Scheduler.DoBatch()}"),
            (before, view) =>
                Some(
                    before,
                    view,
                    [.. before.Tasks.Values.Where(task => ModelTime.IsDue(before, task))],
                    (after, tasks) =>
                        ModelTime.Account(after, [.. tasks.OrderBy(task => (task.Due, task.Number))], view.RunOf)
                )
        );

    public static RunOutcome Outcome(string outcome, int attempt) =>
        outcome switch
        {
            "succeed" => new RunOutcome.Succeeded(),
            "hand back" => new RunOutcome.HandedBack(),
            _ => new RunOutcome.Failed(new Failure(outcome, "It did not work."), outcome == "busy")
            {
                StepAttempt = attempt,
            },
        };

    /// <summary>
    /// A batch does all there is to do; beside others it may do less, for it passes over what they hold. Which, is for
    /// the rows to say: every choice of as many is a model.
    /// </summary>
    private static IEnumerable<Model> Some<T>(
        Model before,
        View view,
        IReadOnlyList<T> all,
        Action<Model, IReadOnlyList<T>> act
    )
    {
        var done = int.Parse(view.Seen.Text, System.Globalization.CultureInfo.InvariantCulture);
        if (done > all.Count || (view.IsAlone && done < all.Count))
        {
            view.Disagree($"a batch did {done} of {all.Count}");
            yield break;
        }

        foreach (var chosen in Choices(all, done))
        {
            var after = before.Clone();
            act(after, chosen);
            yield return after;
        }
    }

    private static IEnumerable<IReadOnlyList<T>> Choices<T>(IReadOnlyList<T> all, int count)
    {
        if (count == 0)
        {
            yield return [];
            yield break;
        }

        for (var i = 0; i + count <= all.Count; i++)
        {
            foreach (var rest in Choices([.. all.Skip(i + 1)], count - 1))
            {
                yield return [all[i], .. rest];
            }
        }
    }

    private static IEnumerable<Model> AfterClaim(Model before, View view, int limit, bool afresh)
    {
        var ready = before.Live.Values.Where(run => ModelQueue.IsReady(before, run)).ToDictionary(run => run.Id);
        var taken = view.Seen.Ids;
        var isSound = taken.All(ready.ContainsKey) && taken.Count <= limit && taken.Distinct().Count() == taken.Count;
        var isFair = !view.IsAlone || (isSound && IsFair(ready, taken, limit, afresh));
        if (!isSound || !isFair)
        {
            view.Disagree($"{taken.Count} of {ready.Count} ready runs were claimed, limit {limit}");
            yield break;
        }

        var after = before.Clone();
        foreach (var id in taken)
        {
            ModelQueue.Lease(after, ready[id], view.Seen.Text);
        }

        yield return after;
    }

    /// <summary>
    /// Something is taken when there is something. Who looks afresh takes of each agent's runs the most urgent, and
    /// where the places suffice, of each agent.
    /// </summary>
    private static bool IsFair(Dictionary<Guid, ModelRun> ready, IReadOnlyList<Guid> taken, int limit, bool afresh)
    {
        var lines = ready.Values.ToLookup(run => run.Agent, run => (Run: run, IsTaken: taken.Contains(run.Id)));
        var inTurn = lines.All(line =>
            line.Where(one => one.IsTaken)
                .Select(one => Rank(one.Run))
                .DefaultIfEmpty()
                .Max()
                .CompareTo(line.Where(one => !one.IsTaken).Select(one => Rank(one.Run)).DefaultIfEmpty(Last).Min()) <= 0
        );
        var each = lines.Count > limit || lines.All(line => line.Any(one => one.IsTaken));
        return taken.Count >= Math.Min(1, ready.Count) && (!afresh || (inTurn && each));
    }

    private static IEnumerable<Model> AfterRenewal(Model before, View view)
    {
        var after = before.Clone();
        var owner = view.Seen.Text.Split(' ', 2)[0];
        var held = before
            .Claims.Where(claim => claim.Owner == owner && IsHeld(before, claim))
            .Select(claim => before.Live[claim.Run])
            .Where(run => !ModelQueue.IsExpired(before, run))
            .ToList();
        held.ForEach(run => after.Put(run with { Until = before.Now.AddSeconds(Model.Lease) }));
        var expected = TestNode.Renewed(owner, held.Select(run => (run.Id, run.IsCancelWanted)));
        if (expected == view.Seen.Text)
        {
            yield return after;
        }
        else
        {
            view.Disagree($"renewed: '{view.Seen.Text}', the model says '{expected}'");
        }
    }

    private static bool IsHeld(Model model, ModelClaim claim) =>
        model.Live.TryGetValue(claim.Run, out var run) && run.Stand == Stand.Leased && run.Epoch == claim.Epoch;

    private static (int Urgency, DateTimeOffset Due) Rank(ModelRun run) => (run.Urgency, run.Due);
}
