using Ordinaut.Agents;
using Ordinaut.Store;

namespace Ordinaut.Audit;

/// <summary>An answer that is kept for a client's <c>Idempotency-Key</c>, and the SQL of such answers.</summary>
internal sealed record Kept(Guid AgentId, string Key, string Operation, byte[] RequestHash, string Text)
{
    private const string Select = """
        select agent_id, key, operation, request_hash, answer from idempotency /* each: , */
        where agent_id = @agent_id and key = @key
        """;

    private const string Insert = """
        insert into idempotency (agent_id, key, operation, request_hash, answer, created_at)
        select @agent_id, @key, @operation, @request_hash, @answer, @now /* each: from */
        """;

    /// <summary>The answers that are kept for the keys of these requests.</summary>
    public static async ValueTask<Dictionary<(Guid AgentId, string Key), Kept>> Find(
        Session session,
        IReadOnlyList<Caller> callers
    )
    {
        var kept = await session.QueryEach(
            Select,
            row => new Kept(row.Id(0), row.Text(1), row.Text(2), row.BytesOrNull(3)!, row.Text(4)),
            [.. callers.Where(caller => caller.Idempotency is not null)],
            caller => [("agent_id", caller.AgentId), ("key", caller.Idempotency!.Key)]
        );
        return kept.ToDictionary(answer => (answer.AgentId, answer.Key));
    }

    /// <summary>Keeps answers; of two that keep one for the same key at the same time the second runs again.</summary>
    public static ValueTask Keep(Session session, IReadOnlyList<(Caller Caller, string Answer)> answers) =>
        session.LaterEach(
            Insert,
            // In one order, so that two who keep several never wait for each other.
            [
                .. answers
                    .OrderBy(one => one.Caller.AgentId)
                    .ThenBy(one => one.Caller.Idempotency!.Key, StringComparer.Ordinal),
            ],
            one =>
                [
                    ("agent_id", one.Caller.AgentId),
                    ("key", one.Caller.Idempotency!.Key),
                    ("operation", one.Caller.Idempotency.Operation),
                    ("request_hash", one.Caller.Idempotency.RequestHash),
                    ("answer", one.Answer),
                ]
        );

    /// <summary>The answer once more, or the refusal of another request under the same key.</summary>
    public Answer<T> Replay<T>(IdempotencyClaim claim) =>
        Operation == claim.Operation && RequestHash.AsSpan().SequenceEqual(claim.RequestHash)
            ? new(Json.Read<T>(Text))
            : new(
                Problem.Conflict(
                    $"Idempotency-Key '{claim.Key}' was used for another request; use a new key for a new request."
                )
            );
}
