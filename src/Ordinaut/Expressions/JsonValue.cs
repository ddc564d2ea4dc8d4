using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Ordinaut.Expressions;

/// <summary>
/// A JSON value: either a view of parsed JSON or something built out of such views, without copying or writing
/// them again. A number that is only passed on keeps its text. The default value is null.
/// </summary>
internal readonly struct JsonValue : IEquatable<JsonValue>
{
    // A reference beside the element, not a class hierarchy: a walk along a path then allocates nothing.
    private static readonly object TrueValue = true;
    private static readonly object FalseValue = false;

    private readonly object? _built;
    private readonly JsonElement _parsed;

    private JsonValue(object built) => _built = built;

    private JsonValue(JsonElement parsed) => _parsed = parsed;

    public static JsonValue Null => default;

    public JsonValueKind Kind =>
        _built switch
        {
            null => _parsed.ValueKind == JsonValueKind.Undefined ? JsonValueKind.Null : _parsed.ValueKind,
            string => JsonValueKind.String,
            BuiltArray => JsonValueKind.Array,
            BuiltObject => JsonValueKind.Object,
            BuiltNumber => JsonValueKind.Number,
            _ => ReferenceEquals(_built, TrueValue) ? JsonValueKind.True : JsonValueKind.False,
        };

    public bool IsNull => Kind == JsonValueKind.Null;

    /// <summary>Whether this is a view of parsed JSON.</summary>
    public bool IsParsed => _built is null && _parsed.ValueKind != JsonValueKind.Undefined;

    /// <summary>
    /// Everything but null, false and the empty string, array and object (JMESPath, "Or Expressions").
    /// </summary>
    public bool IsTruthy =>
        Kind switch
        {
            JsonValueKind.Null or JsonValueKind.False => false,
            JsonValueKind.String => _built is string text ? text.Length > 0 : !_parsed.ValueEquals(""),
            JsonValueKind.Array or JsonValueKind.Object => Count > 0,
            _ => true,
        };

    /// <summary>Elements of an array or members of an object; 0 for everything else.</summary>
    public int Count =>
        _built switch
        {
            BuiltArray array => array.Count,
            BuiltObject members => members.Count,
            null when _parsed.ValueKind == JsonValueKind.Array => _parsed.GetArrayLength(),
            null when _parsed.ValueKind == JsonValueKind.Object => _parsed.GetPropertyCount(),
            _ => 0,
        };

    /// <summary>
    /// Bytes of the value's JSON; of built text before escaping. A value that occurs twice counts twice.
    /// </summary>
    public long Size =>
        _built switch
        {
            null when _parsed.ValueKind == JsonValueKind.Undefined => 4,
            null => JsonMarshal.GetRawUtf8Value(_parsed).Length,
            string text => Encoding.UTF8.GetByteCount(text) + 2,
            BuiltArray array => array.Size,
            BuiltObject members => members.Size,
            BuiltNumber number => number.Utf8.Length,
            _ => IsTruthy ? 4 : 5,
        };

    /// <summary>Levels of built arrays and objects; parsed JSON below them counts as one.</summary>
    public int BuiltDepth =>
        _built switch
        {
            BuiltArray array => array.Depth,
            BuiltObject members => members.Depth,
            null when _parsed.ValueKind is JsonValueKind.Array or JsonValueKind.Object => 1,
            _ => 0,
        };

    /// <summary>The elements of an array; none for everything else.</summary>
    public JsonItems Items =>
        _built switch
        {
            BuiltArray array => new JsonItems(array.Items, array.Count),
            null when _parsed.ValueKind == JsonValueKind.Array => new JsonItems(_parsed),
            _ => default,
        };

    /// <summary>The members of an object in their order; none for everything else.</summary>
    public JsonMembers Members =>
        _built switch
        {
            BuiltObject members => new JsonMembers(members),
            null when _parsed.ValueKind == JsonValueKind.Object => new JsonMembers(_parsed),
            _ => default,
        };

    public static JsonValue Of(JsonElement parsed) => new(parsed);

    public static JsonValue Of(string text) => new((object)text);

    public static JsonValue Of(bool value) => new(value ? TrueValue : FalseValue);

    /// <param name="value">A finite number.</param>
    public static JsonValue Of(double value) => new(BuiltNumber.Of(value));

    public static JsonValue Of(long value) => new(BuiltNumber.Of(value));

    public static JsonValue Array(params JsonValue[] items) => new(new BuiltArray(items, items.Length));

    public static JsonValue Array(JsonValue[] items, int count) => new(new BuiltArray(items, count));

    /// <param name="members">Names and values; the names are distinct.</param>
    public static JsonValue Object(params ReadOnlySpan<(string Name, JsonValue Value)> members)
    {
        var names = new string[members.Length];
        var values = new JsonValue[members.Length];
        for (var i = 0; i < members.Length; i++)
        {
            (names[i], values[i]) = members[i];
        }

        return Object(names, values, members.Length);
    }

    public static JsonValue Object(string[] names, JsonValue[] values, int count) =>
        new(new BuiltObject(names, values, count));

    /// <summary>A number in the text of JSON (RFC 8259, section 6), kept as it is; null when it is none.</summary>
    public static JsonValue NumberOrNull(ReadOnlySpan<char> text) =>
        NumberText.IsNumber(text) ? new JsonValue(BuiltNumber.Of(text)) : default;

    public JsonValue Member(string name) => TryMember(new MemberName(name), out var value) ? value : default;

    public bool TryMember(MemberName name, out JsonValue value)
    {
        if (_built is BuiltObject members)
        {
            return members.TryMember(name.Text, out value);
        }

        value = default;
        if (_built is not null || _parsed.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        var found = ParsedText.TryMember(_parsed, name, out var parsed);
        value = new JsonValue(parsed);
        return found;
    }

    /// <summary>The element at an index that counts from 0, or from the end when negative.</summary>
    public bool TryItem(int index, out JsonValue value)
    {
        var count = Kind == JsonValueKind.Array ? Count : 0;
        var position = index < 0 ? index + count : index;
        value = default;
        if (position < 0 || position >= count)
        {
            return false;
        }

        value = _built is BuiltArray array ? array.Items[position] : new JsonValue(_parsed[position]);
        return true;
    }

    /// <summary>The text of a string value.</summary>
    public string Text() => _built as string ?? ParsedText.Read(_parsed);

    /// <summary>Whether this is a string value with that text; does not allocate.</summary>
    public bool IsText(string text) =>
        _built is string own
            ? own == text
            : _built is null && _parsed.ValueKind == JsonValueKind.String && ParsedText.AreSame(_parsed, text);

    /// <summary>The JSON text of a number, as it came in.</summary>
    public ReadOnlySpan<byte> NumberUtf8() =>
        _built is BuiltNumber number ? number.Utf8 : JsonMarshal.GetRawUtf8Value(_parsed);

    /// <summary>The nearest double of a number; infinite when the number is beyond its range.</summary>
    public double Number() =>
        _built is BuiltNumber number ? number.Value
        : _parsed.TryGetDouble(out var value) ? value
        : NumberText.ToDouble(NumberUtf8());

    public void WriteTo(Utf8JsonWriter writer) => JsonWriting.Write(this, _built, _parsed, writer);

    /// <summary>The value as parsed JSON; itself when it is that already.</summary>
    public JsonElement ToElement() => IsParsed ? _parsed : JsonWriting.ToElement(this);

    /// <summary>Compact JSON.</summary>
    public override string ToString() => JsonWriting.ToText(this);

    /// <summary>Equal as JSON: numbers by value, objects without regard to the order of members.</summary>
    public bool Equals(JsonValue other) => JsonEquality.AreSame(this, other, new Fuel(long.MaxValue));

    public override bool Equals(object? obj) => obj is JsonValue other && Equals(other);

    public override int GetHashCode() =>
        Kind switch
        {
            JsonValueKind.String => Text().GetHashCode(StringComparison.Ordinal),
            JsonValueKind.Number => Number().GetHashCode(),
            var kind => HashCode.Combine(kind, Count),
        };
}
