using Ordinaut.Sdk.Wire;
using static Ordinaut.Tests.Conformance.TaskActs;

namespace Ordinaut.Tests.Conformance;

/// <summary>What people do to runs.</summary>
internal static class RunActs
{
    private const string NotFound = nameof(ProblemKind.NotFound);

    public static Act Of(Op op, ModelRun run)
    {
        var (who, id) = (op.By(run.Agent), run.Id);
        var text = $"{who}: {op.Verb} run {run.Number}";
        return op.Verb switch
        {
            Verb.CancelRun => Act.Exact(
                text,
                node => Try(async () => Done((await node.Core.Runs.Cancel(node.As(who), id)).Id)),
                (after, _) => who == run.Agent ? Cancel(after, id) : NotFound
            ),
            Verb.Retry => Act.Exact(
                text,
                node => Try(async () => Done((await node.Core.Runs.Retry(node.As(who), id)).Id)),
                (after, _) => who == run.Agent ? Retry(after, id) : NotFound
            ),
            _ => Act.Exact(
                text,
                node => Try(async () => Done((await node.Core.Runs.Rerun(node.As(who), id, null)).Id)),
                (after, view) => who == run.Agent ? Rerun(after, Known(after, id), view) : NotFound
            ),
        };
    }

    public static Act RunNow(Op op, ModelTask task)
    {
        var who = op.By(task.Agent);
        return Act.Exact(
            $"{who}: run task {task.Number} now",
            node => Try(async () => Done((await node.Core.Control.RunNow(node.As(who), task.Id, null)).Id)),
            (after, view) =>
                With(
                    after,
                    task.Id,
                    who,
                    found =>
                    {
                        if (found.Status == "canceled")
                        {
                            return "Conflict";
                        }

                        Admit(after, found, after.Now, "manual", view);
                        after.Tell("task.run_requested");
                        return "done";
                    }
                )
        );
    }

    public static Act Backfill(Op op, ModelTask task)
    {
        var (minutes, all, who) = (1 + op.B % 4, op.B / 4 % 2 == 0, op.By(task.Agent));
        return Act.Exact(
            $"{who}: backfill {minutes} minutes of task {task.Number}, {(all ? "all" : "gaps")}",
            node =>
                Try(async () =>
                {
                    var now = node.Core.Now;
                    var wanted = new Backfill(now.AddMinutes(-minutes), now, all ? "all" : "gaps");
                    var filled = await node.Core.Control.Backfill(node.As(who), task.Id, wanted);
                    return new Seen($"{filled.Enqueued} made, {filled.AlreadyDone} there", filled.RunIds);
                }),
            (after, view) =>
                With(
                    after,
                    task.Id,
                    who,
                    found => found.Status == "canceled" ? "Conflict" : Fill(after, found, minutes, (all, view))
                )
        );
    }

    public static Act Redrive(Op op)
    {
        var state = op.A % 2 == 0 ? null : "failed";
        var limit = 1 + op.B % 3;
        var who = op.By("ann");
        return Act.Exact(
            $"{who}: redrive {limit} {state}",
            node =>
                Try(async () =>
                {
                    var redriven = await node.Core.Runs.Redrive(node.As(who), new Redrive(state, null, limit));
                    return new Seen(string.Join(' ', redriven.RunIds));
                }),
            (after, _) =>
            {
                var chosen = after
                    .Ended.Values.Where(run => run.End == "failed" || (run.End == "quarantined" && state is null))
                    .Where(run => run.Agent == who && after.Tasks.ContainsKey(run.Task))
                    .OrderBy(run => run.Id)
                    .Take(limit)
                    .ToList();
                chosen.ForEach(run => Reopen(after, run));
                return string.Join(' ', chosen.Select(run => run.Id));
            }
        );
    }

    private static string Cancel(Model model, Guid id)
    {
        if (!model.Live.TryGetValue(id, out var run))
        {
            return model.Ended.ContainsKey(id) ? "Conflict" : NotFound;
        }

        ModelQueue.Stop(model, [run], "canceled");
        model.Audit("run.cancel_requested");
        return "done";
    }

    private static string Retry(Model model, Guid id)
    {
        if (!model.Ended.TryGetValue(id, out var run))
        {
            return model.Live.ContainsKey(id) ? "Conflict" : NotFound;
        }

        if (run.End == "succeeded" || !model.Tasks.ContainsKey(run.Task))
        {
            return "Conflict";
        }

        Reopen(model, run);
        return "done";
    }

    private static void Reopen(Model model, ModelRun run)
    {
        var task = model.Tasks[run.Task];
        if (run.Code is not null)
        {
            ModelQueue.Miss(model, run);
        }

        model.Ended = model.Ended.Remove(run.Id);
        ModelQueue.Enter(
            model,
            run with
            {
                End = null,
                Code = null,
                Attempt = run.Attempt + 1,
                Deaths = 0,
                IsCancelWanted = false,
                Urgency = task.Urgency,
                Limit = task.Limit,
                Due = model.Now,
            }
        );
        model.Audit("run.retry_requested");
    }

    private static string Rerun(Model model, ModelRun? run, View view)
    {
        if (run is null)
        {
            return NotFound;
        }

        if (!model.Tasks.TryGetValue(run.Task, out var task))
        {
            return "Conflict";
        }

        Admit(model, task, run.At, "rerun", view);
        model.Audit("run.rerun_requested");
        return "done";
    }

    private static ModelRun? Known(Model model, Guid id) =>
        model.Live.TryGetValue(id, out var live) ? live : model.Ended.GetValueOrDefault(id);

    private static void Admit(Model model, ModelTask task, DateTimeOffset at, string key, View view)
    {
        var id = view.Seen.Id;
        var wish = new ModelWish(task, at, $"{key}:{id:N}") { IsAsked = true };
        ModelIntake.Admit(model, [wish], _ => id);
    }

    private static string Fill(Model model, ModelTask task, int minutes, (bool All, View View) how)
    {
        var (all, view) = how;
        var ids = new Queue<Guid>(view.Seen.Ids);
        var (made, there) = (0, 0);
        var at = task.Next(model.Now.AddMinutes(-minutes).AddMicroseconds(-1));
        for (; task.Topic is null && at <= model.Now; at = task.Next(at))
        {
            var hasRun = model.Ledger.Values.Any(line => line.Task == task.Id && line.At == at && line.Run is not null);
            if (hasRun && !all)
            {
                there++;
                continue;
            }

            var id = ids.TryDequeue(out var next) ? next : Guid.Empty;
            var key = all ? $"backfill:{id:N}" : "backfill";
            ModelIntake.Admit(model, [new ModelWish(task, at, key) { IsAsked = true, IsBackfill = true }], _ => id);
            made++;
        }

        model.Tell("task.backfilled");
        return $"{made} made, {there} there";
    }
}
