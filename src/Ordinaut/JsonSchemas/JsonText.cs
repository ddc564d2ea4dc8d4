using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// JSON strings as UTF-8, without the allocation of a .NET string and without its failure: JSON text may escape a
/// lone surrogate (RFC 8259 section 8.2), for which <see cref="JsonElement.GetString"/> throws. Here a lone
/// surrogate becomes three bytes as WTF-8 has it: it compares and counts like any other code point.
/// </summary>
internal static class JsonText
{
    /// <summary>The string's content with escapes resolved. The element must be a string.</summary>
    public static ReadOnlySpan<byte> Content(JsonElement text) => Resolve(JsonMarshal.GetRawUtf8Value(text)[1..^1]);

    public static ReadOnlySpan<byte> Name(JsonProperty member) => Resolve(JsonMarshal.GetRawUtf8PropertyName(member));

    /// <summary>The object's member of this name; the last one if the text repeats it.</summary>
    public static bool TryGetMember(JsonElement value, ReadOnlySpan<byte> name, out JsonElement member)
    {
        member = default;
        if (value.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        foreach (var candidate in value.EnumerateObject())
        {
            if (Name(candidate).SequenceEqual(name))
            {
                member = candidate.Value;
            }
        }

        return member.ValueKind != JsonValueKind.Undefined;
    }

    /// <summary>All members of an object by name.</summary>
    public static Dictionary<byte[], JsonElement> Members(JsonElement value)
    {
        var members = new Dictionary<byte[], JsonElement>(Utf8Comparer.Instance);
        foreach (var member in value.EnumerateObject())
        {
            members[Name(member).ToArray()] = member.Value;
        }

        return members;
    }

    public static string ToText(ReadOnlySpan<byte> content) => Encoding.UTF8.GetString(content);

    /// <summary>The string as .NET text; a lone surrogate shows as U+FFFD.</summary>
    public static string ToText(JsonElement text) => ToText(Content(text));

    /// <summary>The length in code points, as JSON Schema counts (validation 2020-12, section 6.3.1).</summary>
    public static int CodePoints(ReadOnlySpan<byte> content)
    {
        var count = 0;
        foreach (var b in content)
        {
            // A byte 10xxxxxx continues a code point.
            count += (b & 0xC0) == 0x80 ? 0 : 1;
        }

        return count;
    }

    /// <summary>A name or value for a message, shortened.</summary>
    public static string Shorten(string text) =>
        text.Length <= SchemaLimits.ShownLength ? text : text[..SchemaLimits.ShownLength] + "...";

    /// <summary>The beginning of a value's JSON text, for a message.</summary>
    public static string Show(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        var start = raw.Length <= 4 * SchemaLimits.ShownLength ? raw : raw[..(4 * SchemaLimits.ShownLength)];
        return Shorten(Encoding.UTF8.GetString(start));
    }

    /// <summary>A member name for a message, quoted and shortened.</summary>
    public static string Quote(ReadOnlySpan<byte> name) => $"'{Shorten(ToText(name))}'";

    private static ReadOnlySpan<byte> Resolve(ReadOnlySpan<byte> raw) => raw.Contains((byte)'\\') ? Unescape(raw) : raw;

    private static byte[] Unescape(ReadOnlySpan<byte> raw)
    {
        // An escape is never shorter than what it stands for.
        var content = new byte[raw.Length];
        var length = 0;
        while (raw.Length > 0)
        {
            if (raw[0] != (byte)'\\')
            {
                var plain = raw.IndexOf((byte)'\\');
                var run = plain < 0 ? raw.Length : plain;
                raw[..run].CopyTo(content.AsSpan(length));
                length += run;
                raw = raw[run..];
                continue;
            }

            var (codePoint, read) = raw[1] == (byte)'u' ? ReadCodePoint(raw) : (Escaped(raw[1]), 2);
            length += Write(codePoint, content.AsSpan(length));
            raw = raw[read..];
        }

        return content[..length];
    }

    private static (int CodePoint, int Read) ReadCodePoint(ReadOnlySpan<byte> raw)
    {
        var first = Hex(raw[2..6]);
        if (!char.IsHighSurrogate((char)first) || raw.Length < 12 || raw[6] != (byte)'\\' || raw[7] != (byte)'u')
        {
            return (first, 6);
        }

        var second = Hex(raw[8..12]);
        return char.IsLowSurrogate((char)second) ? (char.ConvertToUtf32((char)first, (char)second), 12) : (first, 6);
    }

    private static int Hex(ReadOnlySpan<byte> digits) =>
        int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static int Escaped(byte letter) =>
        letter switch
        {
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            _ => letter,
        };

    private static int Write(int codePoint, Span<byte> target)
    {
        if (Rune.IsValid(codePoint))
        {
            return new Rune(codePoint).EncodeToUtf8(target);
        }

        target[0] = (byte)(0xE0 | (codePoint >> 12));
        target[1] = (byte)(0x80 | ((codePoint >> 6) & 0x3F));
        target[2] = (byte)(0x80 | (codePoint & 0x3F));
        return 3;
    }
}
