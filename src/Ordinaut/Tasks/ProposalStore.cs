using Ordinaut.Agents;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>The SQL of what waits for approval; at most one for each task.</summary>
internal static class ProposalStore
{
    private const string Columns = """
        p.task_id, p.proposed_by, p.settings, p.payload, p.granted, p.runs_late, p.created_at
        """;

    private const string Upsert = """
        insert into proposal (
          task_id, owner_id, proposed_by, settings, payload, granted, runs_late, digest, created_at)
        values (
          @task_id, @owner_id, @proposed_by, @settings, @payload, @granted, @runs_late, @digest, @now)
        on conflict (task_id) do update set
          proposed_by = excluded.proposed_by, settings = excluded.settings, payload = excluded.payload,
          granted = excluded.granted, runs_late = excluded.runs_late, digest = excluded.digest,
          created_at = excluded.created_at
        """;

    private const string SelectVisible =
        $"select {Columns} from proposal p where p.task_id = @task_id and (@all or p.owner_id = @owner_id)";

    private const string SelectOne = $"select {Columns} from proposal p where p.task_id = @task_id";

    private const string SelectPage = $"""
        select {Columns} from proposal p
        where p.task_id < @before and (@all or p.owner_id = @owner_id) order by p.task_id desc limit @limit
        """;

    private const string Delete = "delete from proposal where task_id = @task_id";

    public static async ValueTask Put(Session session, Guid ownerId, Proposal proposal) =>
        await session.Execute(
            Upsert,
            ("task_id", proposal.TaskId),
            ("owner_id", ownerId),
            ("proposed_by", proposal.ProposedBy),
            ("settings", Json.Write(proposal.Draft.Settings)),
            ("payload", proposal.Draft.Payload),
            ("granted", proposal.Draft.Granted),
            ("runs_late", proposal.Draft.RunsLate),
            ("digest", proposal.Draft.Digest)
        );

    /// <summary>Who decides must see what others propose; everyone else sees what is proposed of their own.</summary>
    public static ValueTask<Proposal?> FindVisible(Session session, Caller caller, Guid taskId) =>
        session.First(SelectVisible, Read, ("task_id", taskId), ("all", SeesAll(caller)), ("owner_id", caller.AgentId));

    public static ValueTask<Proposal?> Find(Session session, Guid taskId) =>
        session.First(SelectOne, Read, ("task_id", taskId));

    public static ValueTask<List<Proposal>> Page(Session session, Caller caller, Guid? after, int limit) =>
        session.Query(
            SelectPage,
            Read,
            ("before", after ?? Guid.AllBitsSet),
            ("all", SeesAll(caller)),
            ("owner_id", caller.AgentId),
            ("limit", limit)
        );

    public static ValueTask Remove(Session session, Guid taskId) => session.Later(Delete, ("task_id", taskId));

    private static bool SeesAll(Caller caller) => caller.Scopes.Cover(Scope.ApprovalsDecide);

    private static Proposal Read(Row row) =>
        new(
            row.Id(0),
            row.Id(1),
            new TaskDraft(Guid.Empty, Json.Read<TaskSettings>(row.Text(2)), row.Text(3))
            {
                Granted = row.Text(4),
                RunsLate = row.Bool(5),
            },
            row.Instant(6)
        );
}

/// <summary>What an agent wrote whose tasks need approval.</summary>
/// <param name="Draft">The whole task as it would be; its owner is that of the task.</param>
internal sealed record Proposal(Guid TaskId, Guid ProposedBy, TaskDraft Draft, DateTimeOffset At);
