using Ordinaut.Agents;
using Ordinaut.Store;

namespace Ordinaut.Audit;

/// <summary>
/// The way every operation changes something: the work, its audit rows and the answer kept for the client's
/// <c>Idempotency-Key</c> share one transaction, so a retried request can never do the work twice.
/// </summary>
internal sealed class Changes(Db db)
{
    private const string Select = """
        select operation, request_hash, answer from idempotency where agent_id = @agent_id and key = @key
        """;

    private const string Insert = """
        insert into idempotency (agent_id, key, operation, request_hash, answer, created_at)
        values (@agent_id, @key, @operation, @request_hash, @answer, @now)
        """;

    /// <param name="work">Must write its own audit rows. Its answer must be a wire record.</param>
    public Task<T> Make<T>(Caller caller, Func<Session, ValueTask<T>> work) =>
        caller.Idempotency is { } claim
            ? db.Write(session => Once(session, caller.AgentId, claim, work))
            : db.Write(work);

    /// <summary>The same for changes of one kind, which are written together when they come together.</summary>
    /// <param name="write">
    /// Writes all and answers each in its place. A change that is refused has written nothing.
    /// </param>
    public ChangeBatch<TItem, T> Together<TItem, T>(
        Func<Session, IReadOnlyList<Change<TItem>>, ValueTask<IReadOnlyList<Answer<T>>>> write
    ) => new(db, write);

    public static async ValueTask<T> Once<T>(
        Session session,
        Guid agentId,
        IdempotencyClaim claim,
        Func<Session, ValueTask<T>> work
    )
    {
        var kept = await session.First(Select, Kept.Read, ("agent_id", agentId), ("key", claim.Key));
        if (kept is not null)
        {
            return Replay<T>(kept, claim);
        }

        var answer = await work(session);
        await session.Execute(
            Insert,
            ("agent_id", agentId),
            ("key", claim.Key),
            ("operation", claim.Operation),
            ("request_hash", claim.RequestHash),
            ("answer", Json.Write(answer))
        );
        return answer;
    }

    private static T Replay<T>(Kept kept, IdempotencyClaim claim)
    {
        if (kept.Operation != claim.Operation || !kept.RequestHash.AsSpan().SequenceEqual(claim.RequestHash))
        {
            throw Problem.Conflict(
                $"Idempotency-Key '{claim.Key}' was used for another request; use a new key for a new request."
            );
        }

        return Json.Read<T>(kept.Answer);
    }

    private sealed record Kept(string Operation, byte[] RequestHash, string Answer)
    {
        public static Kept Read(Row row) => new(row.Text(0), row.BytesOrNull(1)!, row.Text(2));
    }
}
