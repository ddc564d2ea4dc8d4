using Ordinaut.Store;

namespace Ordinaut.Nodes;

/// <summary>The SQL of nodes.</summary>
internal static class NodeStore
{
    private const string Upsert = """
        insert into node (id, host, pid, version, roles, slots, draining, started_at, heartbeat_at)
        values (@id, @host, @pid, @version, @roles, @slots, @draining, @started_at, @now)
        on conflict (id) do update set draining = excluded.draining, heartbeat_at = excluded.heartbeat_at
        """;

    private const string Delete = "delete from node where id = @id";

    private const string DeleteOthers = "delete from node where id <> @id";

    private const string DeleteSilent = """
        delete from node where id in (
          select id from node where heartbeat_at < @before order by heartbeat_at limit @limit)
        """;

    private const string SelectAll = """
        select id, host, pid, version, roles, slots, draining, started_at, heartbeat_at from node
        order by id limit @limit
        """;

    // What a worker holds is counted where it holds it.
    private const string SelectHolders = """
        select lease_owner, count(*), max(leased_until) from queue where state = 2 group by lease_owner
        order by lease_owner
        """;

    /// <summary>Writes that the node lives; puts its row back when somebody took it for lost.</summary>
    public static async ValueTask Beat(Session session, Node node) =>
        await session.Execute(
            Upsert,
            ("id", node.Id),
            ("host", node.Host),
            ("pid", node.Pid),
            ("version", node.Version),
            ("roles", node.Roles),
            ("slots", node.Slots),
            ("draining", node.IsDraining),
            ("started_at", node.StartedAt)
        );

    public static async ValueTask Remove(Session session, Guid id) => await session.Execute(Delete, ("id", id));

    /// <summary>On a database that belongs to one process, every other row is of one that is dead.</summary>
    public static async ValueTask RemoveOthers(Session session, Guid id) =>
        await session.Execute(DeleteOthers, ("id", id));

    /// <summary>Removes nodes not heard of since; returns how many.</summary>
    public static ValueTask<int> RemoveSilent(Session session, DateTimeOffset before, int limit) =>
        session.Execute(DeleteSilent, ("before", before), ("limit", limit));

    public static ValueTask<List<Node>> All(Session session, int limit) =>
        session.Query(SelectAll, Node.Read, ("limit", limit));

    public static ValueTask<List<Holder>> Holders(Session session) =>
        session.Query(SelectHolders, row => new Holder(row.Text(0), row.Long(1), row.Instant(2)));
}

/// <summary>Who holds leases.</summary>
internal sealed record Holder(string Name, long Running, DateTimeOffset LeasedUntil);
