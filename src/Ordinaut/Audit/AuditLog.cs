using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Store;

namespace Ordinaut.Audit;

/// <summary>Who changed what. A row is written only inside the transaction of the change it tells of.</summary>
internal sealed class AuditLog(Ids ids)
{
    private const string Insert = """
        insert into audit (id, actor_id, action, noun, subject_id, owner_id, request_id, detail, at)
        values (@id, @actor_id, @action, @noun, @subject_id, @owner_id, @request_id, @detail, @now)
        """;

    public async ValueTask Append(Session session, Caller caller, AuditEntry entry) =>
        await session.Execute(
            Insert,
            ("id", ids.Next()),
            ("actor_id", caller.AgentId),
            ("action", entry.Action),
            ("noun", entry.Noun),
            ("subject_id", entry.SubjectId),
            ("owner_id", entry.OwnerId),
            ("request_id", caller.RequestId),
            ("detail", entry.Detail)
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
