using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Backups;

/// <summary>The database as a whole: which of its lives this is, and whether anything fires.</summary>
/// <param name="Id">Stays the same in all of its copies.</param>
/// <param name="Incarnation">Counts from 1; each restore begins another.</param>
/// <param name="Settles">What becomes of what came between the backup and the takeover; see <see cref="Gap"/>.</param>
internal sealed record Cluster(
    Guid Id,
    long Incarnation,
    ClusterState State,
    Gap Settles,
    DateTimeOffset? RestoredTo,
    DateTimeOffset? RestoredAt
)
{
    /// <summary>
    /// The instant of the restore, in microseconds: no two lives have the same, also not two that began with the same
    /// backup, and it is further than anyone could have counted before. 0 in the first.
    /// </summary>
    public long Fence => RestoredAt is { } at ? Instants.ToMicroseconds(at) : 0;

    /// <summary>Why nothing fires; null when all does.</summary>
    public string? Standstill =>
        State == ClusterState.Active
            ? null
            : $"Restored from a backup{Ends}, and paused: nothing fires. POST /cluster/takeover lets it go on, once "
                + "what it was copied from is gone.";

    private string Ends => RestoredTo is { } to ? $" that ends at {Instants.Format(to)}" : "";

    public ClusterView View() =>
        new(Incarnation, Word<ClusterState>.Of(State), RestoredTo, RestoredAt) { Detail = Standstill };

    public static Cluster Read(Row row) =>
        new(
            row.Id(0),
            row.Long(1),
            Word<ClusterState>.Parse(row.Text(2)),
            Word<Gap>.Parse(row.Text(3)),
            row.InstantOrNull(4),
            row.InstantOrNull(5)
        );
}

internal enum ClusterState
{
    Active,

    /// <summary>It is a copy: what it was copied from may still run, and both would do the same.</summary>
    Paused,

    /// <summary>It is to become active at the next start of a node.</summary>
    TakingOver,
}

/// <summary>What becomes of what was to happen between the end of a backup and the takeover.</summary>
internal enum Gap
{
    /// <summary>It may have happened in what was lost: it is held back and told of, for people to decide.</summary>
    Hold,

    /// <summary>It has not happened, as somebody knows: it goes on as after a crash.</summary>
    Run,
}

/// <summary>The SQL of the cluster's one row.</summary>
internal static class ClusterStore
{
    private const string Select = """
        select cluster_id, incarnation, state, settles, restored_to, restored_at from cluster where id = 1
        """;

    private const string SelectHeld = $"{Select} /* pg: for update */";

    private const string SelectNewestRun = "select created_at from queue order by created_at desc limit 1";
    private const string SelectNewestEvent = "select id from event order by id desc limit 1";

    private const string UpdateRestored = """
        update cluster set incarnation = incarnation + 1, state = @state, settles = @settles,
          restored_to = @restored_to, restored_at = @restored_at
        where id = 1
        """;

    private const string UpdateState = "update cluster set state = @state where id = 1";

    private const string SelectKeep =
        "select backup_keep_days from cluster where id = 1 and backup_keep_days is not null";

    private const string UpdateKeep = """
        update cluster set backup_keep_days = @days where id = 1 and coalesce(backup_keep_days, 0) <> @days
        """;

    private const string DeleteNodes = "delete from node";

    public static async ValueTask<Cluster> Get(Session session) => (await session.First(Select, Cluster.Read))!;

    /// <summary>In the hands of this work: of two that take over one does it.</summary>
    public static async ValueTask<Cluster> Hold(Session session) => (await session.First(SelectHeld, Cluster.Read))!;

    /// <summary>A new life begins: nothing fires before somebody takes over.</summary>
    /// <param name="to">What the database knows ends here; null: nobody can say.</param>
    public static async ValueTask BeginLife(Session session, ClusterState state, Gap gap, DateTimeOffset? to)
    {
        var at = await After(session);
        await session.Execute(
            UpdateRestored,
            ("restored_at", at),
            ("state", Word<ClusterState>.Of(state)),
            ("settles", Word<Gap>.Of(gap)),
            ("restored_to", to)
        );
        // They worked on what the backup was made of.
        await session.Execute(DeleteNodes);
    }

    /// <summary>Now; or where this machine's clock is behind, after all that is in the database.</summary>
    private static async ValueTask<DateTimeOffset> After(Session session)
    {
        var run = (await session.Query(SelectNewestRun, row => row.Instant(0))).FirstOrDefault();
        var events = await session.Query(SelectNewestEvent, row => Ids.TimeOf(row.Id(0)));
        DateTimeOffset?[] before = [run, events.FirstOrDefault(), (await Get(session)).RestoredAt];
        // Ids count milliseconds.
        var after = before.Max()!.Value + TimeSpan.FromMilliseconds(1);
        return session.Now > after ? session.Now : after;
    }

    /// <summary>How long backups are kept; null: none are made.</summary>
    public static async ValueTask<TimeSpan?> BackupsKeep(Session session) =>
        await session.Query(SelectKeep, row => TimeSpan.FromDays(row.Long(0))) is [var keep] ? keep : null;

    /// <summary>All nodes know it, also those that make none.</summary>
    public static async ValueTask KeepBackups(Session session, TimeSpan keep) =>
        await session.Execute(UpdateKeep, ("days", (int)keep.TotalDays));

    public static async ValueTask Set(Session session, ClusterState state) =>
        await session.Execute(UpdateState, ("state", Word<ClusterState>.Of(state)));
}
