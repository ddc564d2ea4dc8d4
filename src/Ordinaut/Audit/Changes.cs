using Ordinaut.Agents;
using Ordinaut.Store;

namespace Ordinaut.Audit;

/// <summary>
/// The way every operation changes something: the work, its audit rows and the answer kept for the client's
/// <c>Idempotency-Key</c> share one transaction, so a retried request can never do the work twice.
/// </summary>
internal sealed class Changes(Db db)
{
    /// <param name="work">Must write its own audit rows. Its answer must be a wire record.</param>
    public Task<T> Make<T>(Caller caller, Func<Session, ValueTask<T>> work) =>
        caller.Idempotency is { } claim ? db.Write(session => Once(session, caller, claim, work)) : db.Write(work);

    /// <summary>The same for changes of one kind, which are written together when they come together.</summary>
    /// <param name="write">
    /// Writes all and answers each in its place. A change that is refused has written nothing.
    /// </param>
    public ChangeBatch<TItem, T> Together<TItem, T>(
        Func<Session, IReadOnlyList<Change<TItem>>, ValueTask<IReadOnlyList<Answer<T>>>> write
    ) => new(db, write);

    private static async ValueTask<T> Once<T>(
        Session session,
        Caller caller,
        IdempotencyClaim claim,
        Func<Session, ValueTask<T>> work
    )
    {
        var known = await Kept.Find(session, [caller]);
        if (known.TryGetValue((caller.AgentId, claim.Key), out var kept))
        {
            return kept.Replay<T>(claim).ValueOrThrow();
        }

        var answer = await work(session);
        await Kept.Keep(session, [(caller, Json.Write(answer))]);
        return answer;
    }
}
