using System.Text.Json.Nodes;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Pipelines;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tasks;
using Ordinaut.Tools;

namespace Ordinaut.Backups;

/// <summary>
/// Lets a restored database go on. What it knows ends at the backup, and the world went on: between the two everything
/// that was due may have happened. None of it is done a second time, unless twice is as good as once; all of it is told
/// of. In small steps while nothing fires, each of which is done once, so that it can be broken off.
/// </summary>
internal sealed class Takeover(
    Db db,
    AuditLog audit,
    RunRecorder recorder,
    RunPlans plans,
    ToolCatalog tools,
    Occurrences occurrences,
    Signals signals
)
{
    /// <summary>Runs, or tasks, that one transaction settles.</summary>
    public const int BatchSize = 256;

    private const string Why =
        "What this run did after the backup that the database was restored from is not known. A person must look, and "
        + "retry it or leave it.";

    /// <summary>What the cluster is, for its operator.</summary>
    public async Task<ClusterView> Show(Caller caller)
    {
        caller.Require(Scope.Admin);
        return (await db.Read(ClusterStore.Get)).View();
    }

    /// <param name="asked">What becomes of the gap; null: what the restore said.</param>
    public async Task<ClusterView> Run(Caller caller, TakeoverInput? asked)
    {
        caller.Require(Scope.Admin);
        var gap = Gap.Hold;
        if (asked?.Gap is { } word && !Word<Gap>.TryParse(word, out gap))
        {
            throw Problem.Invalid("/gap", $"gap must be {Word<Gap>.Choices}.");
        }

        var cluster = await db.Read(ClusterStore.Get);
        if (cluster.State == ClusterState.Active)
        {
            throw Problem.Conflict("The cluster is not paused: there is nothing to take over.");
        }

        return await Settle(caller, cluster, asked?.Gap is null ? cluster.Settles : gap);
    }

    /// <summary>At the start of a node: does what the restore was told to do.</summary>
    public async Task AtStart()
    {
        var cluster = await db.Read(ClusterStore.Get);
        if (cluster.State == ClusterState.TakingOver)
        {
            await Settle(new Caller(Guid.Empty, Scope.Admin), cluster, cluster.Settles);
        }
    }

    private async Task<ClusterView> Settle(Caller caller, Cluster cluster, Gap gap)
    {
        var told = new Settled(0, 0, 0);
        while (await SettleRuns(cluster, gap) is { Seen: > 0 } some)
        {
            told = new Settled(told.Seen + some.Seen, told.Uncertain + some.Uncertain, told.Requeued + some.Requeued);
        }

        var skipped = 0;
        var unsent = 0;
        if (gap == Gap.Hold)
        {
            while (await Step(SkipTasks) is var tasks and > 0)
            {
                skipped += tasks;
            }

            unsent = await Step(session => TakeoverStore.ForgetDeliveries(session, cluster.RestoredAt!.Value));
        }

        var detail = new JsonObject
        {
            ["incarnation"] = cluster.Incarnation,
            ["restored_to"] = cluster.RestoredTo is { } to ? Instants.Format(to) : null,
            ["gap"] = Word<Gap>.Of(gap),
            ["uncertain_runs"] = told.Uncertain,
            ["requeued_runs"] = told.Requeued,
            ["skipped_tasks"] = skipped,
            ["unsent_deliveries"] = unsent,
        };
        var hasSettled = told.Seen + skipped + unsent > 0;
        var view = await db.Write(async session =>
        {
            // Of two that take over at once one lets it go on; each tells what it settled.
            if (await Activate(session, cluster, gap) || hasSettled)
            {
                var entry = new AuditEntry("cluster.taken_over", "cluster", "1", null, Json.OfNode(detail));
                await audit.Append(session, caller, entry);
            }

            return (await ClusterStore.Get(session)).View();
        });
        // Everybody reads anew who agents are: their tokens have ended.
        signals.Agents.Set();
        signals.Schedule.Set();
        signals.Queue.Set();
        signals.Deliveries.Set();
        return view;
    }

    /// <returns>Whether nobody had before.</returns>
    private static async ValueTask<bool> Activate(Session session, Cluster cluster, Gap gap)
    {
        if ((await ClusterStore.Hold(session)).State == ClusterState.Active)
        {
            return false;
        }

        if (gap == Gap.Hold)
        {
            await TakeoverStore.EndSessions(session, cluster.Fence);
        }

        await ClusterStore.Set(session, ClusterState.Active);
        return true;
    }

    /// <summary>One step, unless another has taken over meanwhile: what falls due from then on is done.</summary>
    private Task<T?> Step<T>(Func<Session, ValueTask<T>> step) =>
        db.Write(async session =>
            (await ClusterStore.Hold(session)).State == ClusterState.Active ? default : await step(session)
        );

    /// <summary>Some runs; that they may be repeated is found out before, outside of the transaction.</summary>
    private async Task<Settled?> SettleRuns(Cluster cluster, Gap gap)
    {
        var before = cluster.RestoredAt!.Value;
        var mayGoOn = new Dictionary<Guid, bool>();
        foreach (var run in await db.Read(s => TakeoverStore.OfEarlierLife(s, before, cluster.Fence, BatchSize)))
        {
            mayGoOn[run.Id] = gap == Gap.Run || (await plans.Of(run))?.Pipeline?.Steps.All(IsRepeatable) == true;
        }

        return await Step(async session =>
        {
            var (uncertain, requeued) = (0, 0);
            var held = await TakeoverStore.HoldOfEarlierLife(session, before, cluster.Fence, BatchSize);
            // Those first that wait for their slot: with the end of another one of them would get it, and change.
            var some = held.Where(run => mayGoOn.ContainsKey(run.Id));
            foreach (var run in some.OrderByDescending(run => run.State == QueueState.Held))
            {
                if (await Settle(session, run, cluster.Fence, mayGoOn[run.Id]))
                {
                    requeued++;
                }
                else
                {
                    uncertain++;
                }
            }

            return new Settled(held.Count, uncertain, requeued);
        });
    }

    /// <returns>Whether it goes on.</returns>
    private async ValueTask<bool> Settle(Session session, QueuedRun run, long fence, bool isRepeatable)
    {
        // An answer may have been given in what was lost: whoever gave it is not asked again as if it had not been.
        var isToCome =
            run.State == QueueState.Delayed && run.Due > session.Now && !await TakeoverStore.AwaitsAnswer(session, run);
        if (isToCome || isRepeatable)
        {
            await TakeoverStore.Requeue(session, run, fence);
            return true;
        }

        if (run.OccurrenceKey == OccurrenceKeys.Check)
        {
            await ConditionCheck.Drop(session, run, SkipReason.Restore, "The next tick checks again.");
            return false;
        }

        await recorder.End(session, run, RunState.Uncertain, new Failure("restored", Why));
        return false;
    }

    private bool IsRepeatable(Step step) =>
        step.Handler.All(IsRepeatable)
        && step.Body switch
        {
            StepBody.Call call => (step.Effect ?? tools.Find(call.Tool)?.Description.Effect) == Effect.Idempotent,
            StepBody.Parallel parallel => parallel.Branches.All(branch => branch.All(IsRepeatable)),
            StepBody.Block block => block.Steps.All(IsRepeatable),
            _ => true,
        };

    private async ValueTask<int> SkipTasks(Session session)
    {
        var tasks = await TakeoverStore.Due(session, BatchSize);
        foreach (var task in tasks)
        {
            try
            {
                await occurrences.Skip(session, task, SkipReason.Restore);
            }
            catch (Problem)
            {
                // A schedule that cannot be read any more: the scheduler tells of it when it comes to it.
                await TaskStore.PutOff(session, task.Id, session.Now + Scheduler.UnreadablePause);
            }
        }

        return tasks.Count;
    }

    private sealed record Settled(int Seen, int Uncertain, int Requeued);
}
