namespace Ordinaut.JsonSchemas;

/// <summary>
/// Reads a regular expression as ECMA-262 has it (Unicode mode, as JSON Schema core 2020-12 section 6.4 asks):
/// <c>\d</c> and <c>\w</c> are ASCII, <c>$</c> is the very end only, <c>.</c> is a code point, <c>\cX</c> and
/// <c>\p{Letter}</c> exist and <c>\Z</c> does not. Two liberties of the web are taken: a needless escape of
/// punctuation, and braces that are no quantifier. Lookaround and back references are read, so that
/// <c>format: regex</c> accepts them, but cannot be run.
/// </summary>
internal sealed class EcmaRegex
{
    private static readonly EcmaNode Empty = new EcmaNode.Sequence([]);
    private static readonly EcmaCharacters AnyInLine = EcmaCharacters.Of(EcmaCharacters.LineEnds, negated: true);

    private readonly EcmaReader _source;
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
            new EcmaRegex(source).ReadAll();
            return true;
        }
        catch (EcmaRegexException)
        {
            return false;
        }
    }

    /// <exception cref="EcmaRegexException">It is malformed or needs backtracking.</exception>
    public static EcmaNode Read(string source)
    {
        var regex = new EcmaRegex(source);
        var node = regex.ReadAll();
        return regex._obstacle is null
            ? node
            : throw new EcmaRegexException($"uses {regex._obstacle}, which cannot be matched in bounded time");
    }

    private EcmaNode ReadAll()
    {
        if (_source.Length > SchemaLimits.PatternLength)
        {
            throw new EcmaRegexException($"is longer than {SchemaLimits.PatternLength} characters");
        }

        var node = ReadAlternatives(1);
        if (!_source.IsAtEnd)
        {
            throw _source.Wrong("has a ')' without its '('");
        }

        if (_highestReference > _groupCount || _references.Exists(name => !_groups.Contains(name)))
        {
            throw _source.Wrong("refers back to a group that it does not have");
        }

        return node;
    }

    private EcmaNode ReadAlternatives(int depth)
    {
        if (depth > SchemaLimits.PatternDepth)
        {
            throw new EcmaRegexException($"has groups nested deeper than {SchemaLimits.PatternDepth} levels");
        }

        var alternatives = new List<EcmaNode>();
        do
        {
            var parts = new List<EcmaNode>();
            while (!_source.IsAtEnd && _source.Current is not (')' or '|'))
            {
                parts.Add(ReadTerm(depth));
            }

            alternatives.Add(parts.Count == 1 ? parts[0] : new EcmaNode.Sequence(parts));
        } while (_source.TryTake('|'));
        return alternatives.Count == 1 ? alternatives[0] : new EcmaNode.Alternatives(alternatives);
    }

    private EcmaNode ReadTerm(int depth)
    {
        if (TryReadPlace() is { } place)
        {
            return new EcmaNode.Place(place);
        }

        var part = ReadAtom(depth);
        if (!TryReadQuantifier(out var least, out var most))
        {
            return part;
        }

        return new EcmaNode.Repeated(part, least, most);
    }

    private EcmaOperation? TryReadPlace() =>
        _source.TryTake('^') ? EcmaOperation.AtStart
        : _source.TryTake('$') ? EcmaOperation.AtEnd
        : _source.TryTake("\\b") ? EcmaOperation.AtWordBoundary
        : _source.TryTake("\\B") ? EcmaOperation.NotAtWordBoundary
        : null;

    private EcmaNode ReadAtom(int depth)
    {
        switch (_source.Current)
        {
            case '(':
                return ReadGroup(depth);
            case '.':
                _source.Skip(1);
                return new EcmaNode.One(AnyInLine);
            case '[':
                _source.Skip(1);
                return new EcmaNode.One(EcmaClasses.ReadClass(_source));
            case '\\':
                return ReadEscape();
        }

        if (TryReadQuantifier(out _, out _))
        {
            throw _source.Wrong("repeats nothing");
        }

        return One(_source.TakeCodePoint());
    }

    private EcmaNode ReadEscape()
    {
        if (_source.Peek(1) is >= '1' and <= '9')
        {
            _source.Skip(1);
            _highestReference = Math.Max(_highestReference, _source.TakeNumber());
            return Obstacle("a back reference");
        }

        if (_source.TryTake("\\k"))
        {
            _references.Add(_source.TakeGroupName());
            return Obstacle("a back reference");
        }

        var characters = new EcmaCharacters();
        return EcmaClasses.TryReadSet(_source, characters)
            ? new EcmaNode.One(characters.Sealed())
            : One(EcmaClasses.ReadEscaped(_source, inClass: false));
    }

    private EcmaNode Obstacle(string what)
    {
        _obstacle ??= what;
        return Empty;
    }

    private EcmaNode ReadGroup(int depth)
    {
        _source.Skip(1);
        if (_source.TryTake("?="))
        {
            Obstacle("a lookahead");
        }
        else if (_source.TryTake("?!"))
        {
            Obstacle("a negative lookahead");
        }
        else if (_source.TryTake("?<=") || _source.TryTake("?<!"))
        {
            Obstacle("a lookbehind");
        }
        else if (!_source.TryTake("?:"))
        {
            ReadCapture();
        }

        var group = ReadAlternatives(depth + 1);
        return _source.TryTake(')') ? group : throw _source.Wrong("has a '(' without its ')'");
    }

    private void ReadCapture()
    {
        _groupCount++;
        if (!_source.TryTake('?'))
        {
            return;
        }

        if (!_groups.Add(_source.TakeGroupName()))
        {
            throw _source.Wrong("has two groups of one name");
        }
    }

    private static EcmaNode.One One(int codePoint) => new(EcmaCharacters.Of([(codePoint, codePoint)]));

    private bool TryReadQuantifier(out int least, out int most)
    {
        (least, most) = (0, EcmaNode.Unbounded);
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
