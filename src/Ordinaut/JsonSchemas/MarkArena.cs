using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// Which members or items of one object or array were evaluated, for <c>unevaluatedProperties</c> and
/// <c>unevaluatedItems</c>: one bit each, in the order of the text. A handle into a <see cref="MarkArena"/>.
/// </summary>
internal readonly record struct Marks(int Offset, int Words)
{
    /// <summary>Nobody asks.</summary>
    public static readonly Marks None = new(-1, 0);

    public bool IsNone => Offset < 0;
}

/// <summary>
/// The marks of all schemas being evaluated, as a stack in one array: alternatives mark a set of their own, which
/// is merged when they hold and dropped when they do not, so a schema's bombs cannot multiply the memory.
/// </summary>
internal sealed class MarkArena
{
    private const int WordsPerUnit = 8;

    private ulong[] _words = [];
    private int _used;

    /// <summary>An empty set for the value, on top of the stack.</summary>
    public Marks Open(JsonElement value, WorkMeter meter)
    {
        var bits = value.ValueKind switch
        {
            JsonValueKind.Object => value.GetPropertyCount(),
            JsonValueKind.Array => value.GetArrayLength(),
            _ => 0,
        };
        var words = (bits + 63) / 64;
        if (!meter.Spend(words / WordsPerUnit))
        {
            return new Marks(_used, 0);
        }

        var marks = new Marks(_used, words);
        _used += words;
        if (_used > _words.Length)
        {
            Array.Resize(ref _words, Math.Max(_used, 2 * _words.Length));
        }

        _words.AsSpan(marks.Offset, words).Clear();
        return marks;
    }

    /// <summary>Drops the set and every set above it.</summary>
    public void Close(Marks marks) => _used = marks.Offset;

    public void Set(Marks marks, int index)
    {
        if (index < marks.Words * 64)
        {
            _words[marks.Offset + index / 64] |= 1UL << (index % 64);
        }
    }

    public bool IsSet(Marks marks, int index) =>
        index < marks.Words * 64 && (_words[marks.Offset + index / 64] & (1UL << (index % 64))) != 0;

    public void Merge(Marks from, Marks into)
    {
        for (var i = 0; i < Math.Min(from.Words, into.Words); i++)
        {
            _words[into.Offset + i] |= _words[from.Offset + i];
        }
    }
}
