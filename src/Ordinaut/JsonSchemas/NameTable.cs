namespace Ordinaut.JsonSchemas;

/// <summary>
/// A read-only map from UTF-8 names. Few names are compared one by one, beginning with the one after the last that
/// was found: objects tend to have their members in the schema's order, so the first comparison mostly succeeds.
/// </summary>
internal sealed class NameTable<T>
{
    private const int ComparedOneByOne = 16;

    private readonly byte[][] _names;
    private readonly T[] _values;
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _places;

    public NameTable(Dictionary<byte[], T> entries)
    {
        _names = [.. entries.Keys];
        _values = [.. entries.Values];
        var places = new Dictionary<byte[], int>(Utf8Comparer.Instance);
        for (var i = 0; i < _names.Length; i++)
        {
            places[_names[i]] = i;
        }

        _places = places.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public IReadOnlyList<byte[]> Names => _names;

    public int Count => _names.Length;

    public T this[int place] => _values[place];

    /// <param name="name">The name looked for.</param>
    /// <param name="hint">Where to begin; moved behind the place found.</param>
    /// <returns>The name's place, or -1.</returns>
    public int Find(ReadOnlySpan<byte> name, ref int hint)
    {
        var place =
            _names.Length <= ComparedOneByOne ? Scan(name, hint)
            : _places.TryGetValue(name, out var p) ? p
            : -1;
        hint = place + 1;
        return place;
    }

    private int Scan(ReadOnlySpan<byte> name, int hint)
    {
        for (var i = hint; i < _names.Length; i++)
        {
            if (name.SequenceEqual(_names[i]))
            {
                return i;
            }
        }

        for (var i = 0; i < hint && i < _names.Length; i++)
        {
            if (name.SequenceEqual(_names[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
