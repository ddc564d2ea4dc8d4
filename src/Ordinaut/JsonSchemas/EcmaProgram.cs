namespace Ordinaut.JsonSchemas;

/// <summary>One instruction; a <see cref="EcmaOperation.Split"/> goes on at both targets.</summary>
internal readonly record struct EcmaInstruction(EcmaOperation Operation, int Target, int OtherTarget);

/// <summary>
/// A regular expression as instructions of a non-deterministic automaton, counted repetitions written out
/// (Thompson's construction). Its length bounds both memory and the time for each code point.
/// </summary>
internal sealed class EcmaProgram
{
    private readonly List<EcmaInstruction> _instructions = [];
    private readonly List<EcmaCharacters> _writtenSets = [];

    private EcmaProgram() { }

    public EcmaInstruction[] Instructions { get; private init; } = [];

    /// <summary>The sets that <see cref="EcmaOperation.Take"/> names by index.</summary>
    public EcmaCharacters[] Sets { get; private init; } = [];

    /// <exception cref="EcmaRegexException">More instructions than the limit.</exception>
    public static EcmaProgram Of(EcmaNode node)
    {
        var program = new EcmaProgram();
        program.Write(node);
        program.Write(EcmaOperation.Match);
        return new EcmaProgram { Instructions = [.. program._instructions], Sets = [.. program._writtenSets] };
    }

    private int Write(EcmaOperation operation, int target = 0, int otherTarget = 0)
    {
        if (_instructions.Count >= SchemaLimits.PatternSize)
        {
            throw new EcmaRegexException(
                $"has more than {SchemaLimits.PatternSize} positions when its counted repetitions are written out; "
                    + "fewer or smaller ones would be right (minLength and maxLength bound lengths)"
            );
        }

        _instructions.Add(new EcmaInstruction(operation, target, otherTarget));
        return _instructions.Count - 1;
    }

    private void Write(EcmaNode node)
    {
        switch (node)
        {
            case EcmaNode.One one:
                _writtenSets.Add(one.Characters);
                Write(EcmaOperation.Take, _writtenSets.Count - 1);
                break;
            case EcmaNode.Place place:
                Write(place.Operation);
                break;
            case EcmaNode.Sequence sequence:
                foreach (var part in sequence.Parts)
                {
                    Write(part);
                }

                break;
            case EcmaNode.Alternatives alternatives:
                WriteAlternatives(alternatives.Parts);
                break;
            case EcmaNode.Repeated repeated:
                WriteRepeated(repeated);
                break;
        }
    }

    private void WriteAlternatives(IReadOnlyList<EcmaNode> parts)
    {
        var exits = new List<int>();
        for (var i = 0; i < parts.Count - 1; i++)
        {
            var split = Write(EcmaOperation.Split);
            Write(parts[i]);
            exits.Add(Write(EcmaOperation.Jump));
            _instructions[split] = new EcmaInstruction(EcmaOperation.Split, split + 1, _instructions.Count);
        }

        Write(parts[^1]);
        foreach (var exit in exits)
        {
            _instructions[exit] = new EcmaInstruction(EcmaOperation.Jump, _instructions.Count, 0);
        }
    }

    private void WriteRepeated(EcmaNode.Repeated repeated)
    {
        for (var i = 0; i < repeated.Least; i++)
        {
            WriteCounted(repeated.Part);
        }

        if (repeated.Most == EcmaNode.Unbounded)
        {
            var loop = Write(EcmaOperation.Split);
            Write(repeated.Part);
            Write(EcmaOperation.Jump, loop);
            _instructions[loop] = new EcmaInstruction(EcmaOperation.Split, loop + 1, _instructions.Count);
            return;
        }

        var splits = new List<int>();
        for (var i = repeated.Least; i < repeated.Most; i++)
        {
            splits.Add(Write(EcmaOperation.Split));
            WriteCounted(repeated.Part);
        }

        foreach (var split in splits)
        {
            _instructions[split] = new EcmaInstruction(EcmaOperation.Split, split + 1, _instructions.Count);
        }
    }

    /// <summary>One of several copies. Nothing, a billion times, would otherwise never meet the limit.</summary>
    private void WriteCounted(EcmaNode part)
    {
        var start = _instructions.Count;
        Write(part);
        if (_instructions.Count == start)
        {
            Write(EcmaOperation.Jump, start + 1);
        }
    }
}
