using System.Text.Json;
using System.Text.Unicode;

namespace Ordinaut;

/// <summary>
/// JSON may hold what is no text: half of a surrogate pair (<c>"\ud800"</c>), or bytes that are not UTF-8. A parser
/// lets both pass until someone reads them, so they are looked for where JSON comes in: a stored one would make
/// every answer that shows it fail.
/// </summary>
internal static class JsonUnicode
{
    /// <summary>Deeper than anything that is let in.</summary>
    private const int MaxDepth = 1_024;

    /// <summary>
    /// Where the first text begins that is none, in bytes from 0; null when all is well, or when it is no JSON.
    /// </summary>
    public static long? FirstFault(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return json.Length - ValidTail(json);
        }

        return HasSurrogate(json) ? FirstLone(json) : null;
    }

    /// <summary>Nearly no document has an escaped surrogate, and then nothing more is to be done.</summary>
    private static bool HasSurrogate(ReadOnlySpan<byte> json)
    {
        for (var at = json.IndexOf("\\u"u8); at >= 0; at = json.IndexOf("\\u"u8))
        {
            json = json[(at + 2)..];
            if (json.Length > 1 && (json[0] | 0x20) == 'd' && (json[1] is (byte)'8' or (byte)'9' || json[1] > '9'))
            {
                return true;
            }
        }

        return false;
    }

    private static long? FirstLone(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && !IsText(ref reader))
                {
                    return reader.TokenStartIndex;
                }
            }
        }
        catch (JsonException)
        {
            // Whoever parses it says so better.
        }

        return null;
    }

    private static bool IsText(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return true;
        }

        try
        {
            reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>How many bytes there are from the first wrong one on.</summary>
    private static int ValidTail(ReadOnlySpan<byte> json)
    {
        while (System.Text.Rune.DecodeFromUtf8(json, out _, out var read) == System.Buffers.OperationStatus.Done)
        {
            json = json[read..];
        }

        return json.Length;
    }
}
