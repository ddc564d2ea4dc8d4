using Ordinaut.Store;

namespace Ordinaut.Nodes;

/// <summary>A process that works on the database.</summary>
/// <param name="Id">New at each start; its text is whose leases a worker holds.</param>
/// <param name="Roles">What it does, as the setting <c>role</c> says it.</param>
/// <param name="Slots">Runs it may hold at once; null when it carries out none.</param>
internal sealed record Node(Guid Id, string Host, int Pid, string Version, string Roles, int? Slots)
{
    public bool IsDraining { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset HeartbeatAt { get; init; }

    public string Name => NameOf(Id);

    public static string NameOf(Guid id) => id.ToString("N");

    public static Node Read(Row row) =>
        new(row.Id(0), row.Text(1), row.Int(2), row.Text(3), row.Text(4), (int?)row.LongOrNull(5))
        {
            IsDraining = row.Bool(6),
            StartedAt = row.Instant(7),
            HeartbeatAt = row.Instant(8),
        };
}
