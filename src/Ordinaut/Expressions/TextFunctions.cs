using System.Text.Json;

namespace Ordinaut.Expressions;

/// <summary>The standard functions on strings.</summary>
internal static class TextFunctions
{
    // The runtime's search compares the whole needle at each candidate; up to here that costs no more than reading.
    private const int ShortNeedle = 64;

    public static Json StartsWith(Arguments arguments) =>
        Json.Of(arguments.Text(0).StartsWith(arguments.Text(1), StringComparison.Ordinal));

    public static Json EndsWith(Arguments arguments) =>
        Json.Of(arguments.Text(0).EndsWith(arguments.Text(1), StringComparison.Ordinal));

    public static bool Contains(Arguments arguments)
    {
        var text = arguments.Text(0);
        var needle = arguments.Text(1);
        return needle.Length <= ShortNeedle
            ? text.Contains(needle, StringComparison.Ordinal)
            : ContainsLong(text, needle);
    }

    public static Json Join(Arguments arguments)
    {
        var separator = arguments.Text(0);
        var parts = new string[arguments[1].Count];
        var length = 0L;
        var i = 0;
        foreach (var item in arguments.Items(1))
        {
            if (item.Kind != JsonValueKind.String)
            {
                throw arguments.InvalidType($"takes an array of strings, but element {i} is not a string.");
            }

            arguments.Fuel.SpendText(item.Size);
            parts[i] = item.Text();
            length += parts[i++].Length + separator.Length;
        }

        // Checked before the text exists: a long separator between many elements multiplies.
        if (length - separator.Length > ExpressionLimits.OutputBytes)
        {
            throw Fuel.TooLarge();
        }

        arguments.Fuel.SpendText(length);
        return Json.Of(string.Join(separator, parts));
    }

    public static Json ToText(Arguments arguments)
    {
        if (arguments[0].Kind == JsonValueKind.String)
        {
            return arguments[0];
        }

        // Written twice over, as UTF-8 and as text, so refused before it is.
        arguments.Fuel.SpendText(Fuel.Fitting(arguments[0]).Size);
        return Json.Of(arguments[0].ToString());
    }

    /// <summary>Reversed by code point, so that surrogate pairs stay pairs.</summary>
    public static string Reverse(string text) =>
        string.Create(
            text.Length,
            text,
            (reversed, original) =>
            {
                var end = reversed.Length;
                foreach (var rune in original.EnumerateRunes())
                {
                    end -= rune.Utf16SequenceLength;
                    rune.EncodeToUtf16(reversed[end..]);
                }
            }
        );

    /// <summary>
    /// Knuth, Morris and Pratt: time grows with the sum of the lengths, whatever the texts. The plain search takes
    /// their product on "aaaa…" in "aaaa…".
    /// </summary>
    private static bool ContainsLong(string text, string needle)
    {
        var borders = Borders(needle);
        var matched = 0;
        foreach (var character in text)
        {
            matched = Extend(needle, borders, matched, character);
            if (matched == needle.Length)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>For each prefix the length of its longest proper prefix that is also its suffix.</summary>
    private static int[] Borders(string needle)
    {
        var borders = new int[needle.Length];
        for (var i = 1; i < needle.Length; i++)
        {
            borders[i] = Extend(needle, borders, borders[i - 1], needle[i]);
        }

        return borders;
    }

    private static int Extend(string needle, int[] borders, int matched, char next)
    {
        while (matched > 0 && needle[matched] != next)
        {
            matched = borders[matched - 1];
        }

        return needle[matched] == next ? matched + 1 : matched;
    }
}
