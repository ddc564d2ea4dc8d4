namespace Ordinaut.JsonSchemas;

/// <summary>
/// One run of an <see cref="EcmaProgram"/> over a text. Between two code points it knows which instructions could
/// take the next one; each instruction is followed at most once there, however many ways lead to it.
/// </summary>
internal ref struct EcmaMatcher
{
    private const int StepsPerUnit = 8;
    private const int Nothing = -1;

    private readonly EcmaProgram _program;
    private readonly Span<int> _visited;
    private readonly Span<int> _stack;
    private Span<int> _ways;
    private Span<int> _nextWays;
    private int _count;
    private int _before = Nothing;
    private int _after;
    private int _place = 1;
    private int _steps;
    private bool _hasMatched;

    /// <param name="program">What to run.</param>
    /// <param name="memory">As many integers as <see cref="MemoryFor"/> says; their values do not matter.</param>
    public EcmaMatcher(EcmaProgram program, Span<int> memory)
    {
        var size = program.Instructions.Length;
        _program = program;
        _ways = memory[..size];
        _nextWays = memory.Slice(size, size);
        _visited = memory.Slice(2 * size, size);
        _visited.Clear();
        // Following an instruction leads to two at most.
        _stack = memory.Slice(3 * size, 2 * size + 1);
    }

    public static int MemoryFor(int instructions) => 5 * instructions + 1;

    public bool IsMatch(ReadOnlySpan<byte> text, WorkMeter meter)
    {
        var isAnchored = _program.Instructions[0].Operation == EcmaOperation.AtStart;
        var position = Decode(text, out _after);
        Follow(0, _ways, ref _count);
        while (!_hasMatched && _after != Nothing && (_count > 0 || !isAnchored))
        {
            if (!meter.Spend(_steps / StepsPerUnit))
            {
                return false;
            }

            _steps = _steps % StepsPerUnit + 1;
            position += Take(text[position..], isAnchored);
        }

        return meter.Spend(2 + _steps / StepsPerUnit) && _hasMatched;
    }

    /// <summary>Steps over the next code point; the answer is the length of the one after it.</summary>
    private int Take(ReadOnlySpan<byte> rest, bool isAnchored)
    {
        var taken = _after;
        var length = Decode(rest, out _after);
        (_before, _place) = (taken, _place + 1);
        var nextCount = 0;
        foreach (var way in _ways[.._count])
        {
            _steps++;
            if (_program.Sets[_program.Instructions[way].Target].Contains(taken))
            {
                Follow(way + 1, _nextWays, ref nextCount);
            }
        }

        if (!isAnchored)
        {
            // A match may begin anywhere.
            Follow(0, _nextWays, ref nextCount);
        }

        var spent = _ways;
        _ways = _nextWays;
        _nextWays = spent;
        _count = nextCount;
        return length;
    }

    /// <summary>Finds the instructions that take a code point and can be reached without taking one.</summary>
    private void Follow(int start, Span<int> ways, ref int count)
    {
        var depth = 0;
        _stack[depth++] = start;
        while (depth > 0)
        {
            var at = _stack[--depth];
            if (_visited[at] == _place)
            {
                continue;
            }

            _visited[at] = _place;
            _steps++;
            var instruction = _program.Instructions[at];
            switch (instruction.Operation)
            {
                case EcmaOperation.Take:
                    ways[count++] = at;
                    break;
                case EcmaOperation.Match:
                    _hasMatched = true;
                    return;
                case EcmaOperation.Split:
                    _stack[depth++] = instruction.OtherTarget;
                    _stack[depth++] = instruction.Target;
                    break;
                case EcmaOperation.Jump:
                    _stack[depth++] = instruction.Target;
                    break;
                case var place when IsAt(place):
                    _stack[depth++] = at + 1;
                    break;
            }
        }
    }

    private readonly bool IsAt(EcmaOperation place) =>
        place switch
        {
            EcmaOperation.AtStart => _before == Nothing,
            EcmaOperation.AtEnd => _after == Nothing,
            EcmaOperation.AtWordBoundary => IsAtWordBoundary(),
            _ => !IsAtWordBoundary(),
        };

    private readonly bool IsAtWordBoundary() =>
        EcmaCharacters.IsWordCharacter(_before) != EcmaCharacters.IsWordCharacter(_after);

    /// <summary>Not <see cref="System.Text.Rune"/>, which refuses the three bytes of a lone surrogate.</summary>
    private static int Decode(ReadOnlySpan<byte> text, out int codePoint)
    {
        if (text.Length == 0)
        {
            codePoint = Nothing;
            return 0;
        }

        if (text[0] < 0x80)
        {
            codePoint = text[0];
            return 1;
        }

        var length = Math.Min(
            text.Length,
            text[0] >= 0xF0 ? 4
                : text[0] >= 0xE0 ? 3
                : 2
        );
        codePoint = text[0] & (0xFF >> (length + 1));
        foreach (var continuation in text[1..length])
        {
            codePoint = (codePoint << 6) | (continuation & 0x3F);
        }

        // Text that is not UTF-8 must not lead beyond Unicode.
        codePoint = Math.Min(codePoint, 0x10FFFF);
        return length;
    }
}
