using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Runs;

/// <summary>
/// Ends live runs for a reason that lies outside them: waiting ones at once, running ones as soon as their worker
/// hears.
/// </summary>
internal static class RunStops
{
    private const int MaxEnded = 10_000;

    private const string RequestOfOwner =
        "update queue set cancel_requested = 1 where owner_id = @owner_id and state = 2 and cancel_requested = 0";

    private const string SelectStopped = "select id from agent where status <> 'active' order by id";

    // Only when there are any: joined with the agents, the whole queue would be read to find that there are none.
    private const string SelectOfStopped = """
        select distinct q.task_id from queue q /* each: , */
        where q.owner_id = @owner_id and (q.state <> 2 or q.cancel_requested = 0)
        """;

    public static async ValueTask EndOfTask(Session session, RunRecorder recorder, Guid taskId, string why)
    {
        foreach (var run in await QueueStore.HoldOfTask(session, taskId, MaxEnded))
        {
            if (run.State == QueueState.Leased)
            {
                await QueueStore.RequestCancel(session, run.Id);
            }
            else if (run.OccurrenceKey == OccurrenceKeys.Check)
            {
                await ConditionCheck.Drop(session, run, SkipReason.Superseded, why);
            }
            else
            {
                await recorder.End(session, run, RunState.Canceled, new Failure("canceled", why));
            }
        }
    }

    /// <summary>
    /// Asks the workers to stop what they run of an agent, in the transaction that stops it. What waits in the queue is
    /// claimed no more, and ended after it: an agent may have more of that than one transaction should touch.
    /// </summary>
    public static ValueTask RequestOfAgent(Session session, Guid agentId) =>
        session.Later(RequestOfOwner, ("owner_id", agentId));

    /// <summary>Ends what stopped agents still have in the queue, of some tasks; returns of how many.</summary>
    public static async ValueTask<int> EndOfStoppedAgents(Session session, RunRecorder recorder, int limit)
    {
        var stopped = await session.Query(SelectStopped, row => row.Id(0));
        if (stopped.Count == 0)
        {
            return 0;
        }

        var left = await session.QueryEach(SelectOfStopped, row => row.Id(0), stopped, id => [("owner_id", id)]);
        var tasks = left.Distinct().Take(limit).ToList();
        foreach (var taskId in tasks)
        {
            await EndOfTask(session, recorder, taskId, RunIntake.OwnerStopped);
        }

        return tasks.Count;
    }
}
