using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Audit;

/// <summary>Reading SQL of table <c>audit</c>; the writing one is in <see cref="AuditLog"/>.</summary>
internal static class AuditStore
{
    private const string SelectBySubject = """
        select id, at, actor_id, action, noun, subject_id, request_id, detail from audit
        where subject_id = @subject_id and id < @before and (@all or actor_id = @viewer or owner_id = @viewer)
          and (@actor_id is null or actor_id = @actor_id) and (@action is null or action = @action)
          and (@noun is null or noun = @noun) and (@since is null or at >= @since) and (@until is null or at < @until)
        order by id desc limit @limit
        """;

    // Three statements, because each shape is served by its own index; one with every condition optional would
    // read the whole log for an agent that did little.
    private const string SelectByActor = """
        select id, at, actor_id, action, noun, subject_id, request_id, detail from audit
        where actor_id = @actor_id and id < @before and (@action is null or action = @action)
          and (@noun is null or noun = @noun) and (@since is null or at >= @since) and (@until is null or at < @until)
        order by id desc limit @limit
        """;

    private const string SelectAll = """
        select id, at, actor_id, action, noun, subject_id, request_id, detail from audit
        where id < @before and (@action is null or action = @action)
          and (@noun is null or noun = @noun) and (@since is null or at >= @since) and (@until is null or at < @until)
        order by id desc limit @limit
        """;

    /// <summary>One line more than the limit when there are more.</summary>
    public static ValueTask<List<AuditView>> Page(Session session, Caller caller, AuditFilter filter)
    {
        if (filter.SubjectId is not null)
        {
            return BySubject(session, caller, filter);
        }

        if (caller.SeesAll && filter.ActorId is null)
        {
            return All(session, filter);
        }

        var foreign = !caller.SeesAll && filter.ActorId is not null && filter.ActorId != caller.AgentId;
        return foreign
            ? ValueTask.FromResult(new List<AuditView>())
            : ByActor(session, filter.ActorId ?? caller.AgentId, filter);
    }

    private static ValueTask<List<AuditView>> BySubject(Session session, Caller caller, AuditFilter filter) =>
        session.Query(
            SelectBySubject,
            Read,
            ("subject_id", filter.SubjectId),
            ("before", Before(filter)),
            ("all", caller.SeesAll),
            ("viewer", caller.AgentId),
            ("actor_id", filter.ActorId),
            ("action", filter.Action),
            ("noun", filter.Noun),
            ("since", filter.Since),
            ("until", filter.Until),
            ("limit", filter.Limit + 1)
        );

    private static ValueTask<List<AuditView>> ByActor(Session session, Guid actorId, AuditFilter filter) =>
        session.Query(
            SelectByActor,
            Read,
            ("actor_id", actorId),
            ("before", Before(filter)),
            ("action", filter.Action),
            ("noun", filter.Noun),
            ("since", filter.Since),
            ("until", filter.Until),
            ("limit", filter.Limit + 1)
        );

    private static ValueTask<List<AuditView>> All(Session session, AuditFilter filter) =>
        session.Query(
            SelectAll,
            Read,
            ("before", Before(filter)),
            ("action", filter.Action),
            ("noun", filter.Noun),
            ("since", filter.Since),
            ("until", filter.Until),
            ("limit", filter.Limit + 1)
        );

    private static Guid Before(AuditFilter filter) => filter.After ?? Guid.AllBitsSet;

    private static AuditView Read(Row row) =>
        new(
            row.Id(0),
            row.Instant(1),
            row.Id(2),
            row.Text(3),
            row.Text(4),
            row.Text(5),
            row.TextOrNull(6),
            row.JsonOrNull(7)
        );
}
