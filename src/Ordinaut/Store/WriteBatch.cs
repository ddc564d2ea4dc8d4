namespace Ordinaut.Store;

/// <summary>
/// Writes what many callers bring at one moment as one piece of work: one transaction, one savepoint, one trip.
/// Costs a lone caller nothing: what has arrived when the database turns to the piece is written with it.
/// </summary>
/// <param name="write">
/// Writes all items and answers each in its place. An item that cannot be written is an answer, not an exception:
/// what throws has the items of its piece written again one by one, so that a bad one fails alone.
/// </param>
/// <param name="pieces">
/// The most pieces under way, 1 or 2. Of two, one is written while the other waits for the disk: soonest for callers
/// who wait. With one, more comes together in the next: cheapest for those who do not.
/// </param>
internal sealed class WriteBatch<TItem, TResult>(
    Db db,
    Func<Session, IReadOnlyList<TItem>, ValueTask<IReadOnlyList<TResult>>> write,
    int pieces = 2
)
{
    /// <summary>The most items of one piece; bounds how long other pieces wait for it.</summary>
    public const int MaxItems = 256;

    private readonly Lock _turn = new();
    private readonly Queue<Entry> _waiting = new();
    private int _pieces;

    /// <summary>Returns when the item is durable.</summary>
    public Task<TResult> Add(TItem item)
    {
        var entry = new Entry(item);
        bool mustAsk;
        lock (_turn)
        {
            _waiting.Enqueue(entry);
            mustAsk = _pieces < pieces;
            _pieces += mustAsk ? 1 : 0;
        }

        if (mustAsk)
        {
            _ = WriteWaiting();
        }

        return entry.Task;
    }

    private async Task WriteWaiting()
    {
        while (HasMore())
        {
            await WritePiece();
        }
    }

    private bool HasMore()
    {
        lock (_turn)
        {
            _pieces -= _waiting.Count == 0 ? 1 : 0;
            return _waiting.Count > 0;
        }
    }

    private async Task WritePiece()
    {
        IReadOnlyList<Entry>? taken = null;
        try
        {
            var results = await db.Write(session =>
            {
                // Taken once, also when the piece is run again.
                taken ??= Take();
                return taken.Count == 0 ? new([]) : write(session, [.. taken.Select(entry => entry.Item)]);
            });
            Answer(taken!, results);
        }
        catch (Problem problem)
        {
            // The store is away or full: that is every item's answer.
            foreach (var entry in taken ?? Take())
            {
                entry.SetException(problem);
            }
        }
        catch (Exception failure)
        {
            await WriteEach(taken ?? Take(), failure);
        }
    }

    private async Task WriteEach(IReadOnlyList<Entry> entries, Exception failure)
    {
        if (entries.Count == 1)
        {
            entries[0].SetException(failure);
            return;
        }

        foreach (var entry in entries)
        {
            try
            {
                Answer([entry], await db.Write(session => write(session, [entry.Item])));
            }
            catch (Exception own)
            {
                entry.SetException(own);
            }
        }
    }

    private List<Entry> Take()
    {
        var taken = new List<Entry>();
        lock (_turn)
        {
            while (taken.Count < MaxItems && _waiting.TryDequeue(out var entry))
            {
                taken.Add(entry);
            }
        }

        return taken;
    }

    private static void Answer(IReadOnlyList<Entry> entries, IReadOnlyList<TResult> results)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            entries[i].SetResult(results[i]);
        }
    }

    private sealed class Entry(TItem item) : TaskCompletionSource<TResult>(RunAsync)
    {
        private const TaskCreationOptions RunAsync = TaskCreationOptions.RunContinuationsAsynchronously;

        public TItem Item => item;
    }
}
