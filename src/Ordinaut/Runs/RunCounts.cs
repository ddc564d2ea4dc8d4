using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Runs;

/// <summary>How many runs were made in a period, live and finished, by what became of them.</summary>
internal sealed record RunCounts(long Total, long Succeeded, long Failed, long Canceled, long Queued, long Running)
{
    // Ids sort by time, so the primary key finds the finished runs of a period.
    private const string Select = $"""
        select
          count(*), count(*) filter (where state = 'succeeded'),
          count(*) filter (where state in ('failed', 'quarantined', 'uncertain')),
          count(*) filter (where state = 'canceled'), count(*) filter (where state = 'queued'),
          count(*) filter (where state = 'running'), count(distinct task_id),
          avg(/* pg: 1e6 * extract(epoch from */ (finished_at - started_at) /* pg: ) */ / 1e6),
          max(created_at), max(created_at) filter (where state = 'succeeded'),
          max(created_at) filter (where state in ('failed', 'quarantined', 'uncertain'))
        from (
          select task_id, state, started_at, finished_at, created_at from run
          where id >= @since_id and (@all or owner_id = @owner_id) and (@task_id is null or task_id = @task_id)
          union all
          select
            task_id, {RunStore.LiveState}, started_at, null /* pg: ::timestamptz */,
            created_at
          from queue
          where occurrence_key <> 'check' and created_at >= @since
            and (@all or owner_id = @owner_id) and (@task_id is null or task_id = @task_id)) x
        """;

    public required long Tasks { get; init; }
    public required double? AverageSeconds { get; init; }
    public required DateTimeOffset? LastAt { get; init; }
    public required DateTimeOffset? LastSuccessAt { get; init; }
    public required DateTimeOffset? LastFailureAt { get; init; }

    /// <summary>The most days to count; 365.</summary>
    public const int MaxDays = 365;

    /// <param name="taskId">Only this task's; null for all that the caller may see.</param>
    /// <param name="days">How many days back from now to count.</param>
    public static async ValueTask<RunStats> Stats(Session session, Caller caller, Guid? taskId, int days)
    {
        if (days is < 1 or > MaxDays)
        {
            throw Problem.Invalid("/days", $"days must be 1 to {MaxDays}; it is {days}.");
        }

        return (await Of(session, caller, taskId, session.Now - TimeSpan.FromDays(days))).View(taskId, days);
    }

    /// <param name="taskId">Only this task's; null for all that the caller may see.</param>
    public static async ValueTask<RunCounts> Of(Session session, Caller caller, Guid? taskId, DateTimeOffset since) =>
        (
            await session.First(
                Select,
                Read,
                ("since_id", Ids.Floor(since)),
                ("since", since),
                ("all", caller.SeesAll),
                ("owner_id", caller.AgentId),
                ("task_id", taskId)
            )
        )!;

    public RunStats View(Guid? taskId, int days)
    {
        var ended = Succeeded + Failed + Canceled;
        return new RunStats
        {
            TaskId = taskId,
            PeriodDays = days,
            TotalRuns = Total,
            TotalTasksExecuted = Tasks,
            SuccessfulRuns = Succeeded,
            FailedRuns = Failed,
            CanceledRuns = Canceled,
            QueuedRuns = Queued,
            RunningRuns = Running,
            SuccessRate = ended == 0 ? null : (double)Succeeded / ended,
            FailureRate = ended == 0 ? null : (double)Failed / ended,
            AvgExecutionTimeSeconds = AverageSeconds,
            RunsPerDay = (double)Total / days,
            LastRun = LastAt,
            LastSuccess = LastSuccessAt,
            LastFailure = LastFailureAt,
        };
    }

    private static RunCounts Read(Row row) =>
        new(row.Long(0), row.Long(1), row.Long(2), row.Long(3), row.Long(4), row.Long(5))
        {
            Tasks = row.Long(6),
            AverageSeconds = row.DoubleOrNull(7),
            LastAt = row.InstantOrNull(8),
            LastSuccessAt = row.InstantOrNull(9),
            LastFailureAt = row.InstantOrNull(10),
        };
}
