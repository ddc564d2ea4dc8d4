namespace Ordinaut.Expressions;

/// <summary>
/// A path that an expression reads from the root of its scope, as far as it is known before the data is:
/// <c>steps.weather.days[0].high</c> reads <c>steps</c>, <c>weather</c>, <c>days</c>. No names: it reads all of the
/// scope.
/// </summary>
/// <param name="Names">The member names, outermost first.</param>
/// <param name="Position">Where the path begins in the expression, or in the string the template stands in.</param>
/// <param name="Pointer">JSON Pointer to that string within its tree; empty outside templates.</param>
internal sealed record PathRef(IReadOnlyList<string> Names, int Position, string Pointer = "")
{
    /// <summary>It is read by <c>||</c> or <c>default()</c>, which say what to do when it leads nowhere.</summary>
    public bool MayBeMissing { get; init; }

    /// <summary>The expression is this path and nothing else.</summary>
    public bool IsAlone { get; init; }

    /// <summary>The path as it would be written.</summary>
    public override string ToString() => Names.Count == 0 ? "@" : Names.Aggregate("", Append);

    public static string Append(string path, string name)
    {
        var written = IsIdentifier(name) ? name : $"\"{name.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        return path.Length == 0 ? written : $"{path}.{written}";
    }

    private static bool IsIdentifier(string name) =>
        name.Length > 0
        && !char.IsAsciiDigit(name[0])
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');
}
