namespace Ordinaut.Tests.Conformance;

/// <summary>What there is to do.</summary>
internal enum Verb
{
    Advance,
    Create,
    Edit,
    Pause,
    Resume,
    CancelTask,
    Delete,
    Snooze,
    RunNow,
    Backfill,
    Publish,
    CancelRun,
    Retry,
    Rerun,
    Redrive,
    Claim,
    Renew,
    Report,
    Reap,
    Schedule,
}

/// <summary>
/// One of the things people and machines do, before it is known to whom: its numbers choose among the tasks and runs
/// there are, so that a course with any of its parts left out is still a course.
/// </summary>
internal sealed record Op(Verb Verb, int A, int B)
{
    /// <summary>The agent who does it: that of the thing, and now and then the other.</summary>
    public string By(string agent) => B % 11 != 10 ? agent : Other(agent);

    public static string Other(string agent) => agent == "ann" ? "bob" : "ann";

    public override string ToString() => $"{Verb}({A}, {B})";
}

/// <summary>What came of it, as the one who did it sees it.</summary>
internal sealed record Seen(string Text, params IReadOnlyList<Guid> Ids)
{
    /// <summary>The one thing that was made or changed; nobody's id when there was none.</summary>
    public Guid Id => Ids.Count > 0 ? Ids[0] : Guid.Empty;
}

/// <summary>
/// An operation bound to what it is about: how it is done to the program, and which models it may lead to.
/// </summary>
/// <param name="Do">Does it on a node.</param>
/// <param name="After">
/// Every model that it may leave of the one before, given what was seen: none when it cannot have been so.
/// </param>
internal sealed record Act(string Text, Func<TestNode, Task<Seen>> Do, Func<Model, View, IEnumerable<Model>> After)
{
    public static readonly Act Nothing = Exact("nothing", _ => Task.FromResult(new Seen("")), (_, _) => "");

    /// <summary>One whose outcome follows from the model.</summary>
    public static Act Exact(string text, Func<TestNode, Task<Seen>> act, Func<Model, View, string> expect) =>
        new(
            text,
            act,
            (before, view) =>
            {
                var after = before.Clone();
                var expected = expect(after, view);
                if (expected == view.Seen.Text)
                {
                    return [after];
                }

                view.Disagree($"{text}: '{view.Seen.Text}' was seen, the model says '{expected}'");
                return [];
            }
        );

    public static Act Of(Op op, Model model) =>
        op.Verb switch
        {
            Verb.Advance => WorkerActs.Advance(op),
            Verb.Create => TaskActs.Create(op, model),
            Verb.Publish => TaskActs.Publish(op),
            Verb.Claim => WorkerActs.Claim(op),
            Verb.Renew => WorkerActs.Renew(),
            Verb.Reap => WorkerActs.Reap(),
            Verb.Schedule => WorkerActs.Schedule(),
            Verb.Redrive => RunActs.Redrive(op),
            Verb.Report => Of(model.Claims, claims => WorkerActs.Report(op, model, claims)),
            Verb.CancelRun or Verb.Retry or Verb.Rerun => Of(
                Runs(op, model),
                runs => RunActs.Of(op, Chosen(runs, op.A))
            ),
            _ => Of(model.TasksInOrder, tasks => TaskActs.Of(op, Chosen(tasks, op.A))),
        };

    /// <summary>Mostly those that it can be done to; one in four is whichever.</summary>
    private static IReadOnlyList<ModelRun> Runs(Op op, Model model)
    {
        var fit = model
            .RunsInOrder.Where(run => op.Verb == Verb.Retry ? run.End is not (null or "succeeded") : run.End is null)
            .ToList();
        return op.B % 4 == 0 || fit.Count == 0 ? model.RunsInOrder : fit;
    }

    /// <summary>What was made last is chosen most often: there the interesting things happen.</summary>
    private static T Chosen<T>(IReadOnlyList<T> all, int n) => all[all.Count - 1 - n % Math.Min(all.Count, 6)];

    private static Act Of<T>(IReadOnlyList<T> all, Func<IReadOnlyList<T>, Act> bind) =>
        all.Count == 0 ? Nothing : bind(all);
}

/// <summary>What one act came to, beside the others of its set, and what the database holds since.</summary>
internal sealed class View(Seen seen, bool isAlone, Snapshot snapshot, Action<string> disagree)
{
    public Seen Seen => seen;

    /// <summary>
    /// Nothing else was done at the same moment. Else a batch may pass over rows that were in other hands.
    /// </summary>
    public bool IsAlone => isAlone;

    /// <summary>The id the store gave to the run of an occurrence.</summary>
    public Guid RunOf(ModelWish wish) => snapshot.RunOf(wish.Task.Id, wish.At, wish.Key);

    public void Disagree(string what) => disagree(what);
}
