using Ordinaut.Store;

namespace Ordinaut.Nodes;

/// <summary>Which nodes there are, by their heartbeats.</summary>
internal static class NodeGauges
{
    private const string SelectRoles = "select roles from node where heartbeat_at > @since";

    private const string SelectSlots = """
        select cast(coalesce(sum(slots), 0) as bigint) from node where heartbeat_at > @since and not draining
        """;

    private static readonly string[] Roles = ["api", "scheduler", "worker"];

    public static IEnumerable<StateGauge> All =>
        [
            StateGauge.Counts(
                "ordinaut.nodes",
                "Live nodes, by role; one that has several counts for each.",
                "role",
                Roles,
                async session =>
                {
                    var nodes = await session.Query(
                        SelectRoles,
                        row => row.Text(0).Split(','),
                        ("since", Since(session))
                    );
                    return Roles.Select(role => (role, nodes.LongCount(node => node.Contains(role))));
                }
            ),
            StateGauge.Of(
                "ordinaut.worker.slots",
                "Runs that the live workers can hold at once.",
                async session => await session.First(SelectSlots, row => row.Long(0), ("since", Since(session)))
            ),
        ];

    private static DateTimeOffset Since(Session session) => session.Now - NodeRegistry.MaxSilence;
}
