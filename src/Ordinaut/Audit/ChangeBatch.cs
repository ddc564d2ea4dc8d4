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
        var plain = await _write(session, [.. changes.Where(change => change.Caller.Idempotency is null)]);
        var answers = new List<Answer<T>>(changes.Count);
        var next = 0;
        foreach (var change in changes)
        {
            // Those with a key one after the other: of two with the same key the second finds the first's answer.
            answers.Add(
                change.Caller.Idempotency is { } claim ? await WriteOnce(session, change, claim) : plain[next++]
            );
        }

        return answers;
    }

    private async ValueTask<Answer<T>> WriteOnce(Session session, Change<TItem> change, IdempotencyClaim claim)
    {
        try
        {
            return new Answer<T>(
                await Changes.Once(
                    session,
                    change.Caller.AgentId,
                    claim,
                    async within => (await _write(within, [change]))[0].ValueOrThrow()
                )
            );
        }
        catch (Problem problem)
        {
            return new Answer<T>(problem);
        }
    }
}

/// <summary>A change that a caller asks for.</summary>
internal readonly record struct Change<TItem>(Caller Caller, TItem Item);

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

    public T ValueOrThrow() => _problem is null ? _value! : throw _problem;
}
