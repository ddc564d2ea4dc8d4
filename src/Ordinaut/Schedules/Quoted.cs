namespace Ordinaut.Schedules;

/// <summary>A stranger's text on its way into a message: short, on one line, without control characters.</summary>
internal static class Quoted
{
    public const int MaxLength = 60;

    public static string Of(string text)
    {
        var shown = text.Length > MaxLength ? string.Concat(text.AsSpan(0, MaxLength), "…") : text;
        return $"'{string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c))}'";
    }
}
