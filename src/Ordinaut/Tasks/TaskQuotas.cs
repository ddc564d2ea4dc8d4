using Ordinaut.Agents;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>
/// How many tasks there may be: of an agent, and made by the runs of one task in a day. An admin's tasks are not
/// limited in number, for an admin can raise the limit.
/// </summary>
internal sealed class TaskQuotas(TaskLimits limits)
{
    private const string Children = "children";

    /// <summary>When it is worth asking again; nobody knows when a task ends.</summary>
    private static readonly TimeSpan UntilSomeEnd = TimeSpan.FromMinutes(1);

    // What is being made beside it on other connections counts too; in the order of the locks, so that two who take
    // several never wait for each other.
    private const string TakeTurns = """
        select pg_advisory_xact_lock(k) from (
          select distinct hashtextextended(@owner_id::text, 1) as k /* each: from */ order by 1) x
        """;

    // Finished tasks do not count. Each part goes along an index and no further than the limit.
    private const string CountLive = """
        select
          (select count(*) from (
            select 1 from task where owner_id = @owner_id and next_due is not null limit @limit) t)
          + (select count(*) from (
            select 1 from task where owner_id = @owner_id and topic_head is not null limit @limit) e)
          + (select count(*) from (
            select 1 from proposal p where p.owner_id = @owner_id and exists (
              select 1 from task q where q.id = p.task_id and q.status = 'proposed' and q.topic_head is null)
            limit @limit) p)
        """;

    /// <summary>Counts what is made in one transaction for these owners.</summary>
    public async ValueTask<TaskRoom> Begin(Session session, IReadOnlyList<Guid> owners)
    {
        await session.LockEach(TakeTurns, owners, owner => [("owner_id", owner)]);
        return new TaskRoom(session, limits);
    }

    internal sealed class TaskRoom(Session session, TaskLimits limits)
    {
        private readonly Dictionary<Guid, long> _live = [];

        /// <summary>Takes a place for one more task of this owner.</summary>
        /// <exception cref="Problem">There is none; nothing was taken.</exception>
        public async ValueTask Take(Caller caller, Guid ownerId)
        {
            if (!caller.SeesAll)
            {
                await RequireRoom(ownerId);
            }

            if (caller.TaskId is { } parent)
            {
                await RequireChild(parent);
            }

            if (_live.TryGetValue(ownerId, out var live))
            {
                _live[ownerId] = live + 1;
            }
        }

        private async ValueTask RequireRoom(Guid ownerId)
        {
            if (!_live.TryGetValue(ownerId, out var live))
            {
                live = await session.First(
                    CountLive,
                    row => row.Long(0),
                    ("owner_id", ownerId),
                    ("limit", limits.TasksPerAgent)
                );
                _live[ownerId] = live;
            }

            if (live >= limits.TasksPerAgent)
            {
                throw new Problem(
                    ProblemKind.TooMany,
                    $"The agent has {limits.TasksPerAgent} tasks that are not finished, which is the limit; cancel or "
                        + "delete some, or the operator raises tasks_per_agent."
                )
                {
                    RetryAfter = UntilSomeEnd,
                };
            }
        }

        private async ValueTask RequireChild(Guid parent)
        {
            if (!await DailyUse.Take(session, DailyCount.Today(session, parent, Children), 1, limits.ChildrenPerDay))
            {
                // Trying again helps no run that there will be today.
                throw Problem.Conflict(
                    $"Runs of this task made {limits.ChildrenPerDay} tasks today, which is the limit; wait for 00:00 "
                        + "UTC, or the operator raises task_children_per_day."
                );
            }
        }
    }
}

/// <summary>What agents may make of tasks, in numbers.</summary>
internal sealed record TaskLimits
{
    /// <summary>Tasks of one agent that are not finished.</summary>
    public int TasksPerAgent { get; init; } = 10_000;

    /// <summary>Tasks that the runs of one task make in a day (UTC).</summary>
    public int ChildrenPerDay { get; init; } = 1_000;

    /// <summary>Occurrences that run for one agent in a day (UTC).</summary>
    public int FiresPerDay { get; init; } = 1_000_000;
}
