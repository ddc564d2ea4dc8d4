using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Ordinaut;

/// <summary>
/// Keeps up to a number of computed values. When full it starts over: simpler than ordering by use, and a working
/// set that fits is not affected.
/// </summary>
internal sealed class BoundedCache<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private ConcurrentDictionary<TKey, TValue> _entries = new();
    private int _count;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _entries.TryGetValue(key, out value);

    public void Add(TKey key, TValue value)
    {
        if (Interlocked.Increment(ref _count) > capacity)
        {
            Clear();
        }

        _entries[key] = value;
    }

    public void Clear()
    {
        _entries = new ConcurrentDictionary<TKey, TValue>();
        Interlocked.Exchange(ref _count, 0);
    }
}
