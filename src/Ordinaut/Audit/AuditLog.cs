using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Store;

namespace Ordinaut.Audit;

/// <summary>Who changed what. A row is written only inside the transaction of the change it tells of.</summary>
internal sealed class AuditLog(Ids ids)
{
    private const string Insert = """
        insert into audit (id, actor_id, action, noun, subject_id, owner_id, request_id, detail, at)
        select @id, @actor_id, @action, @noun, @subject_id, @owner_id, @request_id, @detail, @now /* each: from */
        """;

    public ValueTask Append(Session session, Caller caller, AuditEntry entry) => Append(session, [(caller, entry)]);

    public ValueTask Append(Session session, IReadOnlyList<(Caller Caller, AuditEntry Entry)> entries) =>
        session.LaterEach(
            Insert,
            entries,
            made =>
                [
                    ("id", ids.Next()),
                    ("actor_id", made.Caller.AgentId),
                    ("action", made.Entry.Action),
                    ("noun", made.Entry.Noun),
                    ("subject_id", made.Entry.SubjectId),
                    ("owner_id", made.Entry.OwnerId),
                    ("request_id", made.Caller.RequestId),
                    ("detail", made.Entry.Detail),
                ]
        );
}

/// <summary>One change.</summary>
/// <param name="Action">Noun and past participle: <c>task.created</c>, <c>run.canceled</c>.</param>
/// <param name="OwnerId">Whose thing was changed; null for things that belong to nobody.</param>
/// <param name="Detail">What changed, without payloads and secrets.</param>
internal sealed record AuditEntry(
    string Action,
    string Noun,
    string SubjectId,
    Guid? OwnerId,
    JsonElement? Detail = null
);
