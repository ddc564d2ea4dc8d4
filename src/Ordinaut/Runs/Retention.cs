using Ordinaut.Accounts;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Backups;
using Ordinaut.Nodes;
using Ordinaut.OAuth;
using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Runs;

/// <summary>
/// Loop: removes what has passed its retention time, a few rows per transaction so that nobody waits for it. Nothing of
/// a copy that is paused: what was restored to be looked at is old.
/// </summary>
internal sealed partial class Retention(Db db, RetentionSettings settings, TimeProvider clock, ILogger<Retention> log)
    : BackgroundService
{
    /// <summary>How many rows one transaction removes.</summary>
    public const int BatchSize = 500;

    /// <summary>By how much the clock of a node may be behind.</summary>
    private static readonly TimeSpan WrongClocks = TimeSpan.FromDays(1);

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly HistoryParts _parts = new(db);

    // Ids sort by time of creation, and what was created later cannot have ended before.
    private const string EndedRuns =
        "select id from run where id < @before_id and finished_at < @before order by id limit 500";

    private const string DeleteSteps = $"delete from step where run_id in ({EndedRuns})";

    private const string DeleteAttempts = $"delete from attempt where run_id in ({EndedRuns})";

    // What belongs to a run and is in no part of history goes when the run is gone, however it went.
    private const string DeleteInputs = """
        delete from run_input where run_id in (
          select i.run_id from run_input i
          where i.run_id < @before_id and not exists (select 1 from run r where r.id = i.run_id)
            and not exists (select 1 from queue q where q.run_id = i.run_id)
          order by i.run_id limit 500)
        """;

    private const string DeleteRuns = $"delete from run where id in ({EndedRuns})";

    private const string DeleteOccurrences = """
        delete from occurrence where (task_id, scheduled_for, key) in (
          select task_id, scheduled_for, key from occurrence where recorded_at < @before limit 500)
        """;

    private const string DeleteEvents = """
        delete from event where id in (select id from event where id < @before_id limit 500)
        """;

    private const string DeleteOutbox = """
        delete from outbox where event_id in (select event_id from outbox where event_id < @before_id limit 500)
        """;

    private const string DeleteApprovals = """
        delete from approval where id in (
          select a.id from approval a
          where a.run_id < @before_id and not exists (select 1 from run r where r.id = a.run_id)
            and not exists (select 1 from queue q where q.run_id = a.run_id)
          order by a.run_id limit 500)
        """;

    private const string DeleteWaits = """
        delete from wait where key in (select key from wait where expires_at < @before limit 500)
        """;

    // What became of its news goes first: then nothing leads to it.
    private const string EndedAlerts =
        "select id from alert where resolved_at < @before order by resolved_at limit 500";

    private const string DeleteAlertDeliveries = $"delete from alert_delivery where alert_id in ({EndedAlerts})";

    private const string DeleteAlerts = $"delete from alert where id in ({EndedAlerts})";

    private const string DeleteIdempotency = """
        delete from idempotency where (agent_id, key) in (
          select agent_id, key from idempotency where created_at < @before limit 500)
        """;

    private const string DeleteDedupe = """
        delete from dedupe where (owner_id, key) in (select owner_id, key from dedupe where at <= @before limit 500)
        """;

    /// <summary>A dedupe key older than the longest window there may be holds back nothing.</summary>
    private static readonly TimeSpan LongestWindow = TimeSpan.FromSeconds(TaskCheck.MaxWindowSeconds);

    /// <summary>Removes one batch of everything that is due to go; returns how many rows.</summary>
    public async Task<int> DoBatch()
    {
        if (await IsPaused())
        {
            return 0;
        }

        var removed = await RemoveRuns();
        removed += await RemoveOccurrences();
        removed += await RemoveById(settings.Events, DeleteOutbox);
        removed += await RemoveById(settings.Events, DeleteEvents);
        removed += await RemoveAlerts();
        removed += await RemoveAudit();
        removed += await Remove(settings.Idempotency, DeleteIdempotency);
        removed += await Remove(LongestWindow, DeleteDedupe);
        removed += await Remove(TimeSpan.Zero, DeleteWaits);
        removed += await AgentErasure.SweepAfter(db);
        removed += await db.Write(session => DailyUse.Prune(session, BatchSize));
        removed += await db.Write(session => RefreshTokens.Prune(session, BatchSize));
        removed += await db.Write(session => AuthorizationCodes.Prune(session, BatchSize));
        removed += await db.Write(session => SigningKeyStore.Forget(session, session.Now - Signatures.Late));
        removed += await db.Write(session => WebSessions.Prune(session, BatchSize));
        removed += await db.Write(session =>
            NodeStore.RemoveSilent(session, session.Now - settings.LostNodes, BatchSize)
        );
        return removed;
    }

    /// <summary>
    /// Cuts the parts to come and drops those that are past; where somebody holds a table, rows go one by one.
    /// </summary>
    public async Task KeepParts()
    {
        try
        {
            await _parts.MakeAhead();
            if (await IsPaused())
            {
                return;
            }

            var now = db.Now();
            await _parts.DropRuns(Before(now, settings.Runs));
            await _parts.DropOccurrences(Before(now, settings.Occurrences));
            await _parts.DropEvents(Before(now, settings.Events));
            await DropAudit(now);
        }
        catch (Problem problem)
        {
            Log.PartsBusy(log, problem.Message);
        }
    }

    /// <summary>Lines are parted by their ids, whose clocks may be wrong; blocks go by the database's.</summary>
    private async Task DropAudit(DateTimeOffset now)
    {
        if (await db.Read(session => AuditBlockStore.AnchorAt(session, now - settings.Audit)) is { } anchor)
        {
            await db.Write(
                session => AuditBlockStore.RemovePast(session, now - settings.Audit, BatchSize),
                Lane.Upkeep
            );
            await _parts.DropAudit(Before(anchor - WrongClocks, TimeSpan.Zero));
        }
    }

    private DateTimeOffset Before(DateTimeOffset now, TimeSpan keep) =>
        settings.ByWeek ? HistoryParts.WeekOf(now - keep) : now - keep;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Loop.Repeat(Once, Loop.Tell(log, "retention"), Interval, clock, stoppingToken);

    private async Task Once(CancellationToken ct)
    {
        if (settings.ByWeek)
        {
            await KeepParts();
        }

        while (await DoBatch() > 0)
        {
            ct.ThrowIfCancellationRequested();
        }

        await Task.Delay(Interval, clock, ct);
    }

    private async Task<bool> IsPaused() => (await db.Read(ClusterStore.Get)).State != ClusterState.Active;

    private Task<int> Remove(TimeSpan keep, string statement) =>
        db.Write(async session => await session.Execute(statement, ("before", session.Now - keep)));

    private Task<int> RemoveOccurrences() =>
        db.Write(async session =>
            await session.Execute(DeleteOccurrences, ("before", Before(session.Now, settings.Occurrences)))
        );

    private async Task<int> RemoveRuns() =>
        await db.Write(async session =>
        {
            var before = Before(session.Now, settings.Runs);
            var removed = 0;
            var beforeId = Ids.Floor(before);
            foreach (var statement in new[] { DeleteSteps, DeleteAttempts, DeleteRuns })
            {
                removed += await session.Execute(statement, ("before_id", beforeId), ("before", before));
            }

            foreach (var statement in new[] { DeleteInputs, DeleteApprovals })
            {
                removed += await session.Execute(statement, ("before_id", beforeId));
            }

            return removed;
        });

    private Task<int> RemoveAlerts() =>
        db.Write(async session =>
        {
            var before = session.Now - settings.Events;
            await session.Execute(DeleteAlertDeliveries, ("before", before));
            return await session.Execute(DeleteAlerts, ("before", before));
        });

    private Task<int> RemoveAudit() =>
        db.Write(session => AuditBlockStore.RemovePast(session, session.Now - settings.Audit, BatchSize), Lane.Upkeep);

    /// <summary>Ids sort by time, so the primary key finds the old ones.</summary>
    private Task<int> RemoveById(TimeSpan keep, string statement) =>
        db.Write(async session =>
            await session.Execute(statement, ("before_id", Ids.Floor(Before(session.Now, keep))))
        );

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning, "retention.parts_busy: {Reason}")]
        public static partial void PartsBusy(ILogger log, string reason);
    }
}

/// <summary>How long things are kept after they ended or were recorded.</summary>
internal sealed record RetentionSettings(TimeSpan Runs, TimeSpan Occurrences, TimeSpan Events, TimeSpan Audit)
{
    /// <summary>How long an answer is kept for its Idempotency-Key.</summary>
    public TimeSpan Idempotency { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// History goes a week at a time, a whole part of its tables (PostgreSQL): it is kept up to a week longer.
    /// </summary>
    public bool ByWeek { get; init; }

    /// <summary>How long a node that was lost is shown.</summary>
    public TimeSpan LostNodes { get; init; } = TimeSpan.FromHours(24);
}
