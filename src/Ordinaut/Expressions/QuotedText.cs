using System.Text.Json;

namespace Ordinaut.Expressions;

/// <summary>The three kinds of quoted text in an expression: <c>"name"</c>, <c>'text'</c> and <c>`JSON`</c>.</summary>
internal static class QuotedText
{
    private static readonly JsonDocumentOptions Nesting = new() { MaxDepth = ExpressionLimits.ValueDepth };

    /// <summary>
    /// The position after the closing quote of the text that opens at a position; -1 when it never closes.
    /// </summary>
    public static int End(ReadOnlySpan<char> text, int start)
    {
        var quote = text[start];
        var position = start + 1;
        while (position < text.Length)
        {
            var step = text[position..].IndexOfAny(quote, '\\');
            if (step < 0)
            {
                return -1;
            }

            position += step;
            if (text[position] == quote)
            {
                return position + 1;
            }

            // A backslash takes the next character with it, so two of them before a quote do not escape it.
            position += 2;
        }

        return -1;
    }

    /// <summary>The name in a quoted identifier, whose escapes are those of a JSON string.</summary>
    public static string Name(string text, Token token)
    {
        var inner = text.AsSpan(token.Start + 1, token.Length - 2);
        if (!inner.Contains('\\') && inner.IndexOfAnyInRange('\0', '\u001F') < 0)
        {
            return inner.ToString();
        }

        var parsed = Parse(text.AsSpan(token.Start, token.Length), token, "The name in double quotes");
        return parsed.GetString()!;
    }

    /// <summary>The text of a raw string, in which only <c>\'</c> is an escape.</summary>
    public static string Raw(string text, Token token)
    {
        var inner = text.AsSpan(token.Start + 1, token.Length - 2);
        return inner.Contains('\\') ? inner.ToString().Replace("\\'", "'", StringComparison.Ordinal) : inner.ToString();
    }

    /// <summary>The value of a literal in backticks.</summary>
    public static JsonValue Literal(string text, Token token)
    {
        var inner = text.AsSpan(token.Start + 1, token.Length - 2);
        var number = JsonValue.NumberOrNull(inner);
        if (!number.IsNull)
        {
            return number;
        }

        var json = inner.Contains('\\') ? inner.ToString().Replace("\\`", "`", StringComparison.Ordinal) : inner;
        var parsed = Parse(json, token, "The text in backticks");
        return parsed.ValueKind == JsonValueKind.String ? JsonValue.Of(parsed.GetString()!) : JsonValue.Of(parsed);
    }

    private static JsonElement Parse(ReadOnlySpan<char> json, Token token, string what)
    {
        try
        {
            var parsed = JsonElement.Parse(json, Nesting);
            RefuseHalfSurrogates(json, parsed);
            return parsed;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new ExpressionException(
                ExpressionErrorKind.Syntax,
                $"{what} is not valid JSON, or nests deeper than {ExpressionLimits.ValueDepth} levels.",
                token.Start
            );
        }
    }

    /// <summary>
    /// The parser lets escapes like \ud800 through; reading them later would fail far from the author.
    /// </summary>
    private static void RefuseHalfSurrogates(ReadOnlySpan<char> json, JsonElement parsed)
    {
        if (!json.Contains("\\u", StringComparison.Ordinal))
        {
            return;
        }

        using var writer = new Utf8JsonWriter(Stream.Null);
        parsed.WriteTo(writer);
    }
}
