using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Backups;

/// <summary>The database as a whole: which of its lives this is, and whether anything fires.</summary>
/// <param name="Incarnation">Counts from 1; each restore begins another.</param>
/// <param name="Settles">What becomes of what came between the backup and the takeover; see <see cref="Gap"/>.</param>
internal sealed record Cluster(
    long Incarnation,
    ClusterState State,
    Gap Settles,
    DateTimeOffset? RestoredTo,
    DateTimeOffset? RestoredAt
)
{
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
            row.Long(0),
            Word<ClusterState>.Parse(row.Text(1)),
            Word<Gap>.Parse(row.Text(2)),
            row.InstantOrNull(3),
            row.InstantOrNull(4)
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
    private const string Select =
        "select incarnation, state, settles, restored_to, restored_at from cluster where id = 1";

    private const string SelectHeld =
        "select incarnation, state, settles, restored_to, restored_at from cluster where id = 1 /* pg: for update */";

    private const string UpdateRestored = """
        update cluster set incarnation = incarnation + 1, state = @state, settles = @settles,
          restored_to = @restored_to, restored_at = @now
        where id = 1
        """;

    private const string UpdateState = "update cluster set state = @state where id = 1";

    private const string DeleteNodes = "delete from node";

    public static async ValueTask<Cluster> Get(Session session) => (await session.First(Select, Cluster.Read))!;

    /// <summary>In the hands of this work: of two that take over one does it.</summary>
    public static async ValueTask<Cluster> Hold(Session session) => (await session.First(SelectHeld, Cluster.Read))!;

    /// <summary>A new life begins: nothing fires before somebody takes over.</summary>
    /// <param name="to">What the database knows ends here; null: nobody can say.</param>
    public static async ValueTask Restored(Session session, ClusterState state, Gap gap, DateTimeOffset? to)
    {
        await session.Execute(
            UpdateRestored,
            ("state", Word<ClusterState>.Of(state)),
            ("settles", Word<Gap>.Of(gap)),
            ("restored_to", to)
        );
        // They worked on what the backup was made of.
        await session.Execute(DeleteNodes);
    }

    public static async ValueTask Set(Session session, ClusterState state) =>
        await session.Execute(UpdateState, ("state", Word<ClusterState>.Of(state)));
}
