using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>A task with its present version, as statements select it.</summary>
internal static class TaskRow
{
    public const string Columns = """
        t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
        t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
        (select p.digest from proposal p where p.task_id = t.id),
        exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active')
        """;

    /// <summary>How many columns that are: what a statement selects beside them begins here.</summary>
    public const int Width = 17;

    public const string From = """
        from task t join task_version v on v.task_id = /* pg: any(array[ */ t.id /* pg: ]) */ and v.version = t.version
        """;

    public static TaskDefinition Read(Row row) =>
        new()
        {
            Id = row.Id(0),
            OwnerId = row.Id(1),
            Status = Word<TaskStatus>.Parse(row.Text(2)),
            Version = row.Int(3),
            NextNominal = row.InstantOrNull(4),
            NextDue = row.InstantOrNull(5),
            SnoozedUntil = row.InstantOrNull(6),
            CheckState = row.LongOrNull(7) is { } state ? state != 0 : null,
            CreatedAt = row.Instant(8),
            UpdatedAt = row.Instant(9),
            Settings = Json.Read<TaskSettings>(row.Text(10)),
            Depth = row.Int(11),
            ParentTaskId = row.IdOrNull(12),
            RootTaskId = row.IdOrNull(13),
            Granted = row.Text(14),
            ProposedDigest = row.TextOrNull(15),
            IsOwnerStopped = row.Bool(16),
        };
}
