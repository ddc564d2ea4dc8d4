using System.Text;

namespace Ordinaut;

/// <summary>A stranger's text on its way into a message: short, on one line, without control characters.</summary>
internal static class Quoted
{
    /// <summary>The most characters of a name or value that a message repeats; 60.</summary>
    public const int MaxLength = 60;

    /// <summary>In quotation marks.</summary>
    public static string Of(string text) => $"'{Short(text)}'";

    public static string Short(string text)
    {
        var shown = text.Length > MaxLength ? string.Concat(text.AsSpan(0, MaxLength), "…") : text;
        return string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
    }

    /// <summary>As one line, which cannot look like several lines of whoever repeats it.</summary>
    public static string Line(string text, int maxCharacters) =>
        string.Concat(text.EnumerateRunes().Take(maxCharacters).Select(r => Rune.IsControl(r) ? " " : r.ToString()));
}
