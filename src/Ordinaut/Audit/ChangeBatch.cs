using Ordinaut.Agents;
using Ordinaut.Store;

namespace Ordinaut.Audit;

/// <summary>
/// Changes of one kind that many callers ask for one by one: those that come together are written with the same few
/// statements and one commit, and each caller has its own answer. Made by <see cref="Changes.Together"/>.
/// </summary>
internal sealed class ChangeBatch<TItem, T>
{
    private readonly Func<Session, IReadOnlyList<Change<TItem>>, ValueTask<IReadOnlyList<Answer<T>>>> _write;
    private readonly WriteBatch<Change<TItem>, Answer<T>> _batch;

    public ChangeBatch(Db db, Func<Session, IReadOnlyList<Change<TItem>>, ValueTask<IReadOnlyList<Answer<T>>>> write)
    {
        _write = write;
        _batch = new(db, WriteAll);
    }

    /// <summary>Returns when the change is durable.</summary>
    public async Task<T> Make(Caller caller, TItem item) =>
        (await _batch.Add(new Change<TItem>(caller, item))).ValueOrThrow();

    private async ValueTask<IReadOnlyList<Answer<T>>> WriteAll(Session session, IReadOnlyList<Change<TItem>> changes)
    {
        var answers = new Answer<T>[changes.Count];
        // Of those with the same key one at a time: what comes of it decides about the next.
        foreach (var round in Rounds.Of([.. Enumerable.Range(0, changes.Count)], place => changes[place].Key))
        {
            await WriteRound(session, changes, round, answers);
        }

        return answers;
    }

    /// <summary>All in one, so that their locks are taken together and in order.</summary>
    private async ValueTask WriteRound(
        Session session,
        IReadOnlyList<Change<TItem>> changes,
        IReadOnlyList<int> round,
        Answer<T>[] answers
    )
    {
        var known = await Kept.Find(session, [.. round.Select(place => changes[place].Caller)]);
        var fresh = new List<int>(round.Count);
        foreach (var place in round)
        {
            if (changes[place].Key is { } key && known.TryGetValue(key, out var kept))
            {
                answers[place] = kept.Replay<T>(changes[place].Caller.Idempotency!);
            }
            else
            {
                fresh.Add(place);
            }
        }

        var written = await _write(session, [.. fresh.Select(place => changes[place])]);
        foreach (var (place, answer) in fresh.Zip(written))
        {
            answers[place] = answer;
        }

        var toKeep = fresh.Where(place => changes[place].Key is not null && answers[place].IsValue);
        await Kept.Keep(
            session,
            [.. toKeep.Select(place => (changes[place].Caller, Json.Write(answers[place].ValueOrThrow())))]
        );
    }
}

/// <summary>A change that a caller asks for.</summary>
internal readonly record struct Change<TItem>(Caller Caller, TItem Item)
{
    /// <summary>By what the request is known again; null when its caller did not ask for that.</summary>
    public (Guid AgentId, string Key)? Key => Caller.Idempotency is { } claim ? (Caller.AgentId, claim.Key) : null;
}

/// <summary>What became of a change: its result, or why it was refused.</summary>
internal readonly struct Answer<T>
{
    private readonly T? _value;
    private readonly Problem? _problem;

    public Answer(T value) => _value = value;

    public Answer(Problem problem) => _problem = problem;

    /// <summary>What is made of the result; a refusal stays one.</summary>
    public async ValueTask<Answer<TNext>> Then<TNext>(Func<T, ValueTask<TNext>> next) =>
        _problem is null ? new Answer<TNext>(await next(_value!)) : new Answer<TNext>(_problem);

    public bool IsValue => _problem is null;

    public T ValueOrThrow() => _problem is null ? _value! : throw _problem;
}
