using System.Text;
using System.Text.Json;

namespace Ordinaut.Expressions;

/// <summary>A member's name in both encodings, so that neither parsed nor built objects have to convert it.</summary>
internal sealed class MemberName(string text)
{
    public string Text { get; } = text;

    public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(text);
}

/// <summary>The elements of an array, parsed or built.</summary>
internal readonly struct JsonItems
{
    private readonly Json[]? _built;
    private readonly JsonElement _parsed;

    public JsonItems(Json[] built, int count)
    {
        _built = built;
        Count = count;
    }

    public JsonItems(JsonElement parsed)
    {
        _parsed = parsed;
        Count = parsed.GetArrayLength();
    }

    public int Count { get; }

    public Enumerator GetEnumerator() => new(this);

    public Json[] ToArray()
    {
        var items = new Json[Count];
        var i = 0;
        foreach (var item in this)
        {
            items[i++] = item;
        }

        return items;
    }

    internal struct Enumerator
    {
        private readonly JsonItems _items;
        private JsonElement.ArrayEnumerator _parsed;
        private int _next;

        public Enumerator(JsonItems items)
        {
            _items = items;
            if (items._built is null && items.Count > 0)
            {
                _parsed = items._parsed.EnumerateArray();
            }
        }

        public Json Current { get; private set; }

        public bool MoveNext()
        {
            if (_next >= _items.Count)
            {
                return false;
            }

            if (_items._built is { } built)
            {
                Current = built[_next];
            }
            else
            {
                _parsed.MoveNext();
                Current = Json.Of(_parsed.Current);
            }

            _next++;
            return true;
        }
    }
}

/// <summary>The members of an object, parsed or built, in their order.</summary>
internal readonly struct JsonMembers
{
    private readonly BuiltObject? _built;
    private readonly JsonElement _parsed;

    public JsonMembers(BuiltObject built)
    {
        _built = built;
        Count = built.Count;
    }

    public JsonMembers(JsonElement parsed)
    {
        _parsed = parsed;
        Count = parsed.GetPropertyCount();
    }

    public int Count { get; }

    public Enumerator GetEnumerator() => new(this);

    internal struct Enumerator
    {
        private readonly JsonMembers _members;
        private JsonElement.ObjectEnumerator _parsed;
        private int _next;

        public Enumerator(JsonMembers members)
        {
            _members = members;
            if (members._built is null && members.Count > 0)
            {
                _parsed = members._parsed.EnumerateObject();
            }
        }

        public (string Name, Json Value) Current { get; private set; }

        public bool MoveNext()
        {
            if (_next >= _members.Count)
            {
                return false;
            }

            if (_members._built is { } built)
            {
                Current = (built.Names[_next], built.Values[_next]);
            }
            else
            {
                _parsed.MoveNext();
                Current = (ParsedText.Name(_parsed.Current), Json.Of(_parsed.Current.Value));
            }

            _next++;
            return true;
        }
    }
}

/// <summary>Collects the elements of an array whose length is not known beforehand.</summary>
internal struct JsonArrayBuilder
{
    private Json[] _items;

    public JsonArrayBuilder(int capacity) => _items = capacity == 0 ? [] : new Json[capacity];

    public int Count { get; private set; }

    public void Add(in Json item)
    {
        if (Count == _items.Length)
        {
            System.Array.Resize(ref _items, Math.Max(4, Count * 2));
        }

        _items[Count++] = item;
    }

    public readonly JsonItems Items => new(_items, Count);

    public readonly Json Build() => Fuel.Built(Json.Array(_items, Count));
}

/// <summary>
/// Reads text of parsed JSON. The parser lets <c>"\ud800"</c> and invalid UTF-8 inside strings through and the
/// element throws when the text is read, so every read of text goes through here.
/// </summary>
internal static class ParsedText
{
    public static string Read(JsonElement parsed)
    {
        try
        {
            return parsed.GetString() ?? "";
        }
        catch (InvalidOperationException) when (parsed.ValueKind == JsonValueKind.String)
        {
            throw NotUnicode();
        }
    }

    public static string Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw NotUnicode();
        }
    }

    public static bool AreSame(JsonElement parsed, string text)
    {
        try
        {
            return parsed.ValueEquals(text);
        }
        catch (InvalidOperationException)
        {
            throw NotUnicode();
        }
    }

    public static bool TryMember(JsonElement parsed, MemberName name, out JsonElement value)
    {
        try
        {
            return parsed.TryGetProperty(name.Utf8, out value);
        }
        catch (InvalidOperationException)
        {
            throw NotUnicode();
        }
    }

    public static ExpressionException NotUnicode() =>
        ExpressionException.InvalidValue(
            "The data holds text that is not valid Unicode (half of a surrogate pair or invalid UTF-8)."
        );
}
