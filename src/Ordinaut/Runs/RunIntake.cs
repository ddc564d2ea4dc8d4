using System.Text.Json.Nodes;
using Ordinaut.Events;
using Ordinaut.Store;
using Ordinaut.Tasks;
using TaskStatus = Ordinaut.Tasks.TaskStatus;

namespace Ordinaut.Runs;

/// <summary>
/// The one door to the queue. Whatever asks for a run (schedule, event, person, backfill, condition) comes through
/// here, inside its own transaction: the ledger line is written first, and its unique key decides.
/// </summary>
/// <param name="events">
/// Asked for when a run is replaced: the log of events admits runs through here, too.
/// </param>
/// <param name="fires">What agents may have run in a day; null: any number.</param>
internal sealed class RunIntake(Ids ids, Func<EventLog> events, FireBudget? fires = null)
{
    /// <summary>How many events may lead to one another before the chain is cut.</summary>
    public const int MaxDepth = 8;

    public const string OwnerStopped = "The agent that owns the task was stopped.";

    private const int MaxReplaced = 1_000;

    private const string TouchDedupe = """
        insert into dedupe (owner_id, key, at) values (@owner_id, @key, @now)
        on conflict (owner_id, key) do update set at = excluded.at where dedupe.at <= @before
        """;

    /// <summary>Admits one occurrence: a run in the queue, or a line in the ledger that says why not.</summary>
    public async ValueTask<Admission> Admit(Session session, TaskDefinition task, OccurrenceRequest request) =>
        (await Admit(session, [new Wish(task, request)]))[0];

    /// <summary>Admits many, in their order, and answers each in its place.</summary>
    public async ValueTask<IReadOnlyList<Admission>> Admit(Session session, IReadOnlyList<Wish> wishes)
    {
        // Whoever admits for one of these slots meanwhile waits, and then sees what came of this.
        await SlotStore.LockAll(session, [.. wishes.Select(wish => Slot(wish.Task))]);
        var admissions = new Dictionary<Wish, Admission>(wishes.Count, ReferenceEqualityComparer.Instance);
        // What the first wish of a task comes to decides about the next.
        foreach (var round in Rounds.Of(wishes, wish => (Guid?)wish.Task.Id))
        {
            await AdmitRound(session, round, admissions);
        }

        return [.. wishes.Select(wish => admissions[wish])];
    }

    /// <summary>Queues a condition's check; while one is under way the next tick only leaves its line.</summary>
    public async ValueTask<Admission> AdmitCheck(Session session, TaskDefinition task, OccurrenceRequest request)
    {
        var run = QueuedRunOf(session, task, request) with { Id = ids.Next(), Slot = Sha256.Id($"check:{task.Id:N}") };
        await SlotStore.Lock(session, run.Slot);
        if (await QueueStore.Any(session, task.Id, request.Key))
        {
            const string Why = "The check before it had not finished.";
            var skip = request.Line(null) with { Key = "", Reason = SkipReason.Overlap, Detail = Why };
            await OccurrenceStore.Skip(session, task.Id, skip);
            return new Admission.Skipped(SkipReason.Overlap, Why);
        }

        await QueueStore.Insert(session, run);
        return new Admission.Queued(run);
    }

    internal static QueuedRun QueuedRunOf(Session session, TaskDefinition task, OccurrenceRequest request) =>
        new()
        {
            Id = Guid.Empty,
            TaskId = task.Id,
            OwnerId = task.OwnerId,
            TaskVersion = task.Version,
            Trigger = request.Trigger,
            OccurrenceKey = request.Key,
            ScheduledFor = request.ScheduledFor,
            Priority = task.Settings.Priority,
            Due = session.Now,
            ExpiresAt =
                task.Settings.ExpiresAfterSeconds is { } seconds && !IsAsked(request)
                    ? request.ScheduledFor + TimeSpan.FromSeconds(seconds)
                    : null,
            Slot = Slot(task),
            SlotLimit = task.Settings.ConcurrencyLimit,
            Depth = Depth(task, request),
            Input = request.Input,
            CreatedAt = session.Now,
        };

    private async ValueTask AdmitRound(
        Session session,
        IReadOnlyList<Wish> round,
        Dictionary<Wish, Admission> admissions
    )
    {
        var runs = new List<(Wish Wish, QueuedRun Run)>(round.Count);
        // For all at once: of ten thousand that fall due together each would cost a trip to the database.
        var live = await QueueStore.Live(session, [.. round.Where(MustBeAlone).Select(wish => wish.Task.Id)]);
        foreach (var wish in round)
        {
            var (task, request) = wish;
            if (await Refusal(session, wish, live) is { } refusal)
            {
                var skip = request.Line(null) with { Reason = refusal.Reason, Detail = refusal.Detail };
                await OccurrenceStore.Skip(session, task.Id, skip);
                admissions[wish] = refusal;
            }
            else
            {
                runs.Add((wish, QueuedRunOf(session, task, request) with { Id = ids.Next() }));
            }
        }

        var lines = runs.ToLookup(made => made.Wish.Request.HasNewKey, made => made.Wish.LineOf(made.Run));
        await OccurrenceStore.InsertNew(session, [.. lines[true]]);
        var written = await OccurrenceStore.Insert(session, [.. lines[false]]);
        written.UnionWith(lines[true].Select(line => line.Line.RunId!.Value));
        foreach (var (wish, run) in runs)
        {
            var isWritten = written.Contains(run.Id);
            admissions[wish] = isWritten ? new Admission.Queued(run) : new Admission.Known();
            if (isWritten && wish.ReplacesPrevious)
            {
                await CancelPrevious(session, run.TaskId);
            }
        }

        await QueueStore.Insert(session, [.. runs.Select(made => made.Run).Where(run => written.Contains(run.Id))]);
    }

    /// <summary>Someone asked for exactly this run: what guards against unwanted occurrences does not apply.</summary>
    private static bool IsAsked(OccurrenceRequest request) =>
        request.Trigger is Trigger.Manual or Trigger.Retry or Trigger.Backfill;

    /// <summary>A task that a run made is no new beginning: its chain goes on.</summary>
    private static int Depth(TaskDefinition task, OccurrenceRequest request) => Math.Max(task.Depth, request.Depth);

    /// <summary>What the task's runs share their limit by: its concurrency key, or the task itself.</summary>
    public static Guid Slot(TaskDefinition task) =>
        task.Settings.ConcurrencyKey is { } key ? Sha256.Id($"key:{task.OwnerId:N}:{key}") : task.Id;

    private static bool MustBeAlone(Wish wish) =>
        wish.Task.Settings.OverlapPolicy == OverlapPolicy.Skip && !IsAsked(wish.Request);

    /// <param name="live">The tasks of the round that must be alone and are not.</param>
    private async ValueTask<Admission.Skipped?> Refusal(Session session, Wish wish, IReadOnlySet<Guid> live)
    {
        var (task, request) = wish;
        if (Depth(task, request) > MaxDepth)
        {
            return new(SkipReason.Budget, $"The chain of events reached its depth limit of {MaxDepth}.");
        }

        if (task.IsOwnerStopped)
        {
            return new(SkipReason.Paused, OwnerStopped);
        }

        if (!IsAsked(request) && await Unwanted(session, wish, live) is { } unwanted)
        {
            return unwanted;
        }

        // What a person asks for is no fire; what a run asks for is, or it could ask without end.
        return IsAsked(request) && request.Depth == 0 ? null : await OverBudget(session, task, request);
    }

    private async ValueTask<Admission.Skipped?> OverBudget(
        Session session,
        TaskDefinition task,
        OccurrenceRequest request
    )
    {
        if (fires is null || await fires.Take(session, task.OwnerId))
        {
            return null;
        }

        var why = $"The agent's tasks fired {fires.Most} times today, which is its limit (agent_fires_per_day).";
        if (await FireBudget.IsNews(session, task.OwnerId))
        {
            var told = new JsonObject { ["limit"] = "agent_fires_per_day", ["most"] = fires.Most };
            var news = new NewEvent(task.OwnerId, "agent.limited", told.ToJsonString(), Depth(task, request) + 1);
            await events().Append(session, news);
        }

        return new(SkipReason.Budget, why);
    }

    /// <summary>Why an occurrence that nobody asked for by name does not run.</summary>
    private static async ValueTask<Admission.Skipped?> Unwanted(Session session, Wish wish, IReadOnlySet<Guid> live)
    {
        var (task, request) = wish;
        if (task.Status == TaskStatus.Paused)
        {
            return new(SkipReason.Paused, "The task was paused.");
        }

        if (
            task.Settings.ExpiresAfterSeconds is { } seconds
            && session.Now > request.ScheduledFor + TimeSpan.FromSeconds(seconds)
        )
        {
            return new(SkipReason.Stale, $"It was older than expires_after_seconds ({seconds}).");
        }

        if (live.Contains(task.Id))
        {
            return new(SkipReason.Overlap, "The previous run had not finished.");
        }

        return await IsDuplicate(session, task)
            ? new(SkipReason.Dedupe, $"A run with dedupe_key '{task.Settings.DedupeKey}' was within the window.")
            : null;
    }

    private static async ValueTask<bool> IsDuplicate(Session session, TaskDefinition task)
    {
        if (task.Settings is not { DedupeKey: { } key, DedupeWindowSeconds: > 0 and var window })
        {
            return false;
        }

        return await session.Execute(
                TouchDedupe,
                ("owner_id", task.OwnerId),
                ("key", key),
                ("before", session.Now - TimeSpan.FromSeconds(window))
            ) == 0;
    }

    private async ValueTask CancelPrevious(Session session, Guid taskId)
    {
        var error = new Failure("superseded", "A newer occurrence replaced this run (overlap_policy cancel_previous).");
        foreach (var previous in await QueueStore.HoldOfTask(session, taskId, MaxReplaced))
        {
            if (previous.OccurrenceKey == OccurrenceKeys.Check)
            {
                continue;
            }

            if (previous.State == QueueState.Leased)
            {
                await QueueStore.RequestCancel(session, previous.Id);
            }
            else
            {
                await RunStore.Finish(session, previous, RunState.Canceled, error);
                await events().Append(session, RunRecorder.News(previous, RunState.Canceled, error));
                await SubRuns.Tell(session, [previous], RunState.Canceled, error);
            }
        }
    }
}
