using System.Text;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// Reads a regular expression as ECMA-262 has it (Unicode mode, as JSON Schema core 2020-12 section 6.4 asks) and
/// writes it for .NET's non-backtracking engine. Differences that matter: <c>\d</c> and <c>\w</c> are ASCII,
/// <c>$</c> is the very end only, <c>.</c> is a code point, <c>\cX</c> and <c>\p{Letter}</c> exist and <c>\Z</c> does not.
/// Two liberties of the web are taken: a needless escape of punctuation, and braces that are no quantifier.
/// Lookaround and back references are read, so that <c>format: regex</c> accepts them, but cannot be run.
/// <c>\b</c> is .NET's, which differs beside letters beyond ASCII.
/// </summary>
internal sealed class EcmaRegex
{
    private const int Unbounded = -1;
    private const int LargeSize = 1_000_000;

    private readonly EcmaReader _source;
    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _groups = new(StringComparer.Ordinal);
    private readonly List<string> _references = [];
    private int _groupCount;
    private int _highestReference;
    private string? _obstacle;

    private EcmaRegex(string source) => _source = new EcmaReader(source);

    /// <summary>Whether it is a regular expression at all.</summary>
    public static bool IsRegex(string source)
    {
        try
        {
            new EcmaRegex(source).Read();
            return true;
        }
        catch (EcmaRegexException)
        {
            return false;
        }
    }

    /// <summary>The .NET expression, and how many positions its automaton has, about.</summary>
    /// <exception cref="EcmaRegexException">It is malformed, too large, or needs backtracking.</exception>
    public static (string Text, int Size) Translate(string source)
    {
        var regex = new EcmaRegex(source);
        var size = regex.Read();
        if (regex._obstacle is { } obstacle)
        {
            throw new EcmaRegexException($"uses {obstacle}, which cannot be matched in bounded time");
        }

        if (size > SchemaLimits.PatternSize)
        {
            throw new EcmaRegexException(
                $"has {size} positions when its counted repetitions are written out; "
                    + $"at most {SchemaLimits.PatternSize} are accepted (use minLength and maxLength for lengths)"
            );
        }

        return (regex._text.ToString(), size);
    }

    private int Read()
    {
        if (_source.Length > SchemaLimits.PatternLength)
        {
            throw new EcmaRegexException($"is longer than {SchemaLimits.PatternLength} characters");
        }

        var size = ReadAlternatives(1);
        if (!_source.IsAtEnd)
        {
            throw _source.Wrong("has a ')' without its '('");
        }

        if (_highestReference > _groupCount || _references.Exists(name => !_groups.Contains(name)))
        {
            throw _source.Wrong("refers back to a group that it does not have");
        }

        return size;
    }

    private int ReadAlternatives(int depth)
    {
        if (depth > SchemaLimits.PatternDepth)
        {
            throw new EcmaRegexException($"has groups nested deeper than {SchemaLimits.PatternDepth} levels");
        }

        var size = 0;
        while (!_source.IsAtEnd && _source.Current != ')')
        {
            if (_source.TryTake('|'))
            {
                _text.Append('|');
            }
            else
            {
                size = Math.Min(size + ReadTerm(depth), LargeSize);
            }
        }

        return size;
    }

    private int ReadTerm(int depth)
    {
        switch (_source.Current)
        {
            case '^':
                _source.Skip(1);
                _text.Append('^');
                return 1;
            case '$':
                _source.Skip(1);
                _text.Append(@"\z");
                return 1;
            case '(':
                return ReadGroup(depth);
            case '.':
                _source.Skip(1);
                return Repeat(EcmaCharacters.Of(EcmaCharacters.LineEnds, negated: true));
            case '[':
                _source.Skip(1);
                return Repeat(EcmaClasses.ReadClass(_source));
            case '\\':
                return ReadEscape();
            case '*' or '+' or '?':
                throw _source.Wrong("repeats nothing");
        }

        if (_source.Current == '{' && TryReadQuantifier(out _, out _))
        {
            throw _source.Wrong("repeats nothing");
        }

        return RepeatOne(_source.TakeCodePoint());
    }

    private int ReadEscape()
    {
        var next = _source.Peek(1);
        if (next is 'b' or 'B')
        {
            _source.Skip(2);
            _text.Append('\\').Append(next);
            return 1;
        }

        if (next is >= '1' and <= '9')
        {
            _source.Skip(1);
            _highestReference = Math.Max(_highestReference, _source.TakeNumber());
            return ReadObstacle("a back reference");
        }

        if (next == 'k')
        {
            _source.Skip(2);
            _references.Add(_source.TakeGroupName());
            return ReadObstacle("a back reference");
        }

        var characters = new EcmaCharacters();
        return EcmaClasses.TryReadSet(_source, characters)
            ? Repeat(characters)
            : RepeatOne(EcmaClasses.ReadEscaped(_source, inClass: false));
    }

    private int ReadObstacle(string what)
    {
        _obstacle ??= what;
        TryReadQuantifier(out _, out _);
        return 1;
    }

    private int ReadGroup(int depth)
    {
        _source.Skip(1);
        var start = _text.Length;
        if (_source.TryTake("?="))
        {
            _obstacle ??= "a lookahead";
        }
        else if (_source.TryTake("?!"))
        {
            _obstacle ??= "a negative lookahead";
        }
        else if (_source.TryTake("?<=") || _source.TryTake("?<!"))
        {
            _obstacle ??= "a lookbehind";
        }
        else if (!_source.TryTake("?:"))
        {
            ReadCapture();
        }

        _text.Append("(?:");
        var size = ReadAlternatives(depth + 1);
        if (!_source.TryTake(')'))
        {
            throw _source.Wrong("has a '(' without its ')'");
        }

        var group = _text.Append(')').ToString(start, _text.Length - start);
        _text.Length = start;
        return Repeat(group, group, Math.Max(size, 1));
    }

    private void ReadCapture()
    {
        _groupCount++;
        if (_source.IsAtEnd || _source.Current != '?')
        {
            return;
        }

        _source.Skip(1);
        if (!_groups.Add(_source.TakeGroupName()))
        {
            throw _source.Wrong("has two groups of one name");
        }
    }

    private int RepeatOne(int codePoint) => Repeat(EcmaCharacters.Of([(codePoint, codePoint)]));

    private int Repeat(EcmaCharacters characters)
    {
        var (text, size) = characters.InCodePoints();
        return Repeat(text, characters.InUnits(), size);
    }

    /// <summary>
    /// Writes an atom with the quantifier that follows. Repeated without an upper bound, units do as well as code
    /// points and take a third of the positions.
    /// </summary>
    private int Repeat(string text, string textInUnits, int size)
    {
        if (!TryReadQuantifier(out var least, out var most))
        {
            _text.Append(text);
            return size;
        }

        if (most == Unbounded && least <= 1)
        {
            _text.Append(textInUnits).Append(least == 0 ? '*' : '+');
            return size;
        }

        _text.Append(text).Append('{').Append(least).Append(',');
        _text.Append(most == Unbounded ? "" : $"{most}").Append('}');
        var written = most == Unbounded ? least + 1L : Math.Max(most, 1L);
        return (int)Math.Min(written * size, LargeSize);
    }

    private bool TryReadQuantifier(out int least, out int most)
    {
        (least, most) = (0, Unbounded);
        if (_source.TryTake('+'))
        {
            least = 1;
        }
        else if (_source.TryTake('?'))
        {
            most = 1;
        }
        else if (!_source.TryTake('*') && !_source.TryTakeCounts(out least, out most))
        {
            return false;
        }

        // Lazy or greedy makes no difference to whether there is a match.
        _source.TryTake('?');
        return true;
    }
}
