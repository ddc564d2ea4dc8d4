using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// A regular expression of a schema (ECMA-262, as JSON Schema asks), run by an automaton that cannot backtrack:
/// the time of a match is bounded by the pattern's size times the text's length, and charged as such.
/// </summary>
internal sealed class SchemaPattern
{
    private const int StepsPerUnit = 128;
    private const int CharactersOnStack = 256;

    private readonly Regex _regex;
    private readonly int _size;

    /// <exception cref="EcmaRegexException">Not a regular expression, or one that needs backtracking.</exception>
    public SchemaPattern(string source)
    {
        Source = source;
        var translated = EcmaRegex.Translate(source);
        _size = translated.Size;
        try
        {
            _regex = new Regex(translated.Text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            throw new EcmaRegexException("is too large; fewer or smaller counted repetitions would be right");
        }
    }

    public string Source { get; }

    public bool IsMatch(ReadOnlySpan<byte> text, WorkMeter meter)
    {
        var steps = (long)_size * text.Length / StepsPerUnit;
        if (!meter.Spend((int)Math.Min(1 + steps, SchemaLimits.Work + 1)))
        {
            return false;
        }

        if (text.Length <= CharactersOnStack)
        {
            Span<char> characters = stackalloc char[CharactersOnStack];
            return _regex.IsMatch(characters[..Encoding.UTF8.GetChars(text, characters)]);
        }

        var rented = ArrayPool<char>.Shared.Rent(text.Length);
        var isMatch = _regex.IsMatch(rented.AsSpan(0, Encoding.UTF8.GetChars(text, rented)));
        ArrayPool<char>.Shared.Return(rented);
        return isMatch;
    }
}
