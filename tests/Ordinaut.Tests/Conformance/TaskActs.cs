using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Conformance;

/// <summary>What is done to tasks and with events.</summary>
internal static class TaskActs
{
    private static readonly string[] Topics = ["door.open", "gate.open"];
    private static readonly string[] Overlaps = ["queue", "skip", "cancel_previous"];
    private static readonly string[] Misfires = ["run_once", "run_all", "skip"];

    /// <summary>More tasks would come to share a second.</summary>
    private const int MaxTasks = 8;

    public static Act Create(Op op, Model model)
    {
        var bits = op.B;
        if (model.TasksMade == MaxTasks)
        {
            return Act.Nothing;
        }

        var made = new ModelTask
        {
            Id = Guid.Empty,
            Number = model.TasksMade,
            Agent = op.A / 4 % 3 == 0 ? "bob" : "ann",
            Topic = op.A % 2 == 0 ? Topics[op.A / 2 % 2] : null,
            Overlap = Overlaps[bits % 3],
            Limit = 1 + bits / 3 % 3,
            Key = bits / 9 % 2 == 0 ? null : "shared",
            Urgency = ModelTask.Priority - bits / 18 % 2,
            Dedupe = bits / 36 % 3 == 0 ? "same" : null,
            Misfire = Misfires[bits / 108 % 3],
            Retries = bits / 324 % 3,
        };
        return Act.Exact(
            $"create {made.Topic ?? made.Misfire} {made.Overlap} limit {made.Limit} {made.Key} {made.Dedupe}",
            node => Try(async () => Done((await node.Core.Tasks.Create(node.As(made.Agent), Input(made))).Id)),
            (after, view) =>
            {
                var task = made with { Id = view.Seen.Id };
                var first = task.Topic is null ? task.Next(after.Now) : (DateTimeOffset?)null;
                after.Put(task with { Nominal = first, Due = first });
                after.TasksMade++;
                after.Tell("task.created");
                return "done";
            }
        );
    }

    public static Act Publish(Op op)
    {
        var topic = Topics[op.A % 2];
        var agent = op.By("ann");
        return Act.Exact(
            $"{agent} publishes {topic}",
            node =>
                Try(async () =>
                {
                    var published = await node.Core.Events.Publish(node.As(agent), new PublishEvent(topic));
                    return new Seen(Triggered(published.TriggeredTasks), published.EventId);
                }),
            (after, view) =>
            {
                var listeners = after
                    .Tasks.Values.Where(task => task.Topic == topic && task.Agent == agent && task.Status != "canceled")
                    .OrderBy(task => task.Id)
                    .ToList();
                var key = $"event:{view.Seen.Id:N}";
                ModelIntake.Admit(
                    after,
                    [.. listeners.Select(task => new ModelWish(task, after.Now, key))],
                    view.RunOf
                );
                after.Publish(topic);
                after.Audit("event.published");
                return Triggered(listeners.Select(task => task.Id));
            }
        );
    }

    public static Act Of(Op op, ModelTask task)
    {
        var (who, id) = (op.By(task.Agent), task.Id);
        var text = $"{who}: {op.Verb} task {task.Number}";
        return op.Verb switch
        {
            Verb.Edit => Edit(op, task),
            Verb.Snooze => Snooze(op, task),
            Verb.RunNow => RunActs.RunNow(op, task),
            Verb.Backfill => RunActs.Backfill(op, task),
            Verb.Delete => Act.Exact(
                text,
                node =>
                    Try(async () =>
                    {
                        await node.Core.Tasks.Delete(node.As(who), id, null);
                        return new Seen("done");
                    }),
                (after, view) => With(after, id, who, found => Delete(after, found, view))
            ),
            Verb.Pause => Act.Exact(
                text,
                node => Try(async () => Done((await node.Core.Control.Pause(node.As(who), id, null)).Id)),
                (after, view) => With(after, id, who, found => SetStatus(after, found, "paused", view))
            ),
            Verb.Resume => Act.Exact(
                text,
                node => Try(async () => Done((await node.Core.Control.Resume(node.As(who), id, null)).Id)),
                (after, view) => With(after, id, who, found => SetStatus(after, found, "active", view))
            ),
            _ => Act.Exact(
                text,
                node => Try(async () => Done((await node.Core.Control.Cancel(node.As(who), id, null)).Id)),
                (after, view) => With(after, id, who, found => SetStatus(after, found, "canceled", view))
            ),
        };
    }

    public static Seen Done(params IReadOnlyList<Guid> ids) => new("done", ids);

    /// <summary>A refusal is an outcome like another.</summary>
    public static async Task<Seen> Try(Func<Task<Seen>> act)
    {
        try
        {
            return await act();
        }
        catch (Problem problem)
        {
            return new Seen(problem.Kind.ToString());
        }
    }

    public static string With(Model model, Guid id, string who, Func<ModelTask, string> act) =>
        model.Tasks.TryGetValue(id, out var task) && task.Agent == who ? act(task) : "NotFound";

    private static Act Edit(Op op, ModelTask task)
    {
        var who = op.By(task.Agent);
        var seen = op.B % 7 == 0 ? task.Version - 1 : task.Version;
        var (patch, change) = Change(op.B / 7, task);
        return Act.Exact(
            $"{who}: edit task {task.Number} from version {seen} by {patch}",
            node =>
                Try(async () => Done((await node.Core.Tasks.Patch(node.As(who), task.Id, Json.Parse(patch), seen)).Id)),
            (after, view) =>
                With(
                    after,
                    task.Id,
                    who,
                    found =>
                        found.Version != seen ? "PreconditionFailed"
                        : found.Status == "canceled" ? "Conflict"
                        : Edit(after, found, change(found), view)
                )
        );
    }

    private static (string Patch, Func<ModelTask, ModelTask> Change) Change(int choice, ModelTask task) =>
        (choice % 5) switch
        {
            0 => ("""{"title": "Another"}""", found => found),
            1 => ($$"""{"priority": {{1 + choice / 5 % 9}}}""", found => found with { Urgency = 1 + choice / 5 % 9 }),
            2 or 3 when task.Topic is null => (
                $$"""{"schedule_expr": "{{Expression(task with { Every = 3 - task.Every })}}"}""",
                found => found with { Every = 3 - task.Every }
            ),
            _ => (
                $$"""{"concurrency_limit": {{1 + choice / 5 % 3}}}""",
                found => found with { Limit = 1 + choice / 5 % 3 }
            ),
        };

    private static string Edit(Model model, ModelTask task, ModelTask changed, View view)
    {
        if (changed.Every != task.Every)
        {
            ModelTime.Settle(model, task, view.RunOf);
            var first = changed.Next(model.Now);
            changed = changed with { Nominal = first, Due = first, SnoozedUntil = null };
        }

        changed = changed with { Version = task.Version + 1 };
        model.Put(changed.SnoozedUntil is null ? changed with { Due = changed.Nominal } : changed);
        if (changed.Limit != task.Limit)
        {
            ModelQueue.Resize(model, changed);
        }

        model.Tell("task.updated");
        return "done";
    }

    private static Act Snooze(Op op, ModelTask task)
    {
        // Put off by times of their own, tasks do not come due together either.
        var seconds = 30 + task.Number % 8;
        var who = op.By(task.Agent);
        return Act.Exact(
            $"{who}: snooze task {task.Number}",
            node =>
                Try(async () => Done((await node.Core.Control.Snooze(node.As(who), task.Id, new Snooze(seconds))).Id)),
            (after, _) =>
                With(
                    after,
                    task.Id,
                    who,
                    found =>
                    {
                        if (found.Status != "active" || found.Due is not { } due)
                        {
                            return "Conflict";
                        }

                        var until = (due > after.Now ? due : after.Now).AddSeconds(seconds);
                        after.Put(found with { Due = until, SnoozedUntil = until });
                        after.Tell("task.snoozed");
                        return "done";
                    }
                )
        );
    }

    private static string SetStatus(Model model, ModelTask task, string wanted, View view)
    {
        if (task.Status == wanted)
        {
            return "done";
        }

        if (task.Status == "canceled")
        {
            return "Conflict";
        }

        if (wanted == "active" && ModelTime.IsDue(model, task))
        {
            ModelTime.Account(model, [task], view.RunOf);
            task = model.Tasks[task.Id];
        }

        var next = task with { Status = wanted };
        if (wanted == "canceled")
        {
            ModelTime.Settle(model, task, view.RunOf);
            ModelQueue.Stop(model, ModelQueue.OfTask(model, task.Id), "canceled");
            next = next with { Nominal = null, Due = null, SnoozedUntil = null };
        }

        model.Put(next);
        model.Tell($"task.{(wanted == "active" ? "resumed" : wanted)}");
        return "done";
    }

    private static string Delete(Model model, ModelTask task, View view)
    {
        ModelTime.Settle(model, task, view.RunOf);
        ModelQueue.Stop(model, ModelQueue.OfTask(model, task.Id), "canceled");
        model.Tasks = model.Tasks.Remove(task.Id);
        model.Tell("task.deleted");
        return "done";
    }

    private static string Triggered(IEnumerable<Guid> tasks) => $"triggered {string.Join(' ', tasks.Order())}";

    private static string Expression(ModelTask task) => $"{task.Second} {(task.Every == 1 ? "*" : "*/2")} * * * *";

    private static TaskInput Input(ModelTask task) =>
        new()
        {
            Title = "A task",
            ScheduleKind = task.Topic is null ? "cron" : "event",
            ScheduleExpr = task.Topic ?? Expression(task),
            Payload = Json.Parse("""{"pipeline": [{"id": "a", "uses": "debug.echo"}]}"""),
            OverlapPolicy = task.Overlap,
            ConcurrencyKey = task.Key,
            ConcurrencyLimit = task.Limit,
            Priority = task.Urgency,
            DedupeKey = task.Dedupe,
            DedupeWindowSeconds = task.Dedupe is null ? null : 60,
            MisfirePolicy = task.Topic is null ? task.Misfire : null,
            MaxRetries = task.Retries,
            BackoffStrategy = "fixed",
        };
}
