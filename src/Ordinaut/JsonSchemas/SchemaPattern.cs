using System.Buffers;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// A regular expression of a schema (ECMA-262, as JSON Schema asks). It is run by following all ways at once, so
/// there is no backtracking: a match takes at most the pattern's size times the text's length in steps, and is
/// charged for each. The framework's non-backtracking engine was tried; what it learns of a pattern grows by
/// megabytes with the texts it sees, at a cost that cannot be charged.
/// </summary>
internal sealed class SchemaPattern
{
    private const int InstructionsOnStack = 128;

    private readonly EcmaProgram _program;

    /// <exception cref="EcmaRegexException">Not a regular expression, or one that needs backtracking.</exception>
    public SchemaPattern(string source)
    {
        Source = source;
        _program = EcmaProgram.Of(EcmaRegex.Read(source));
    }

    public string Source { get; }

    /// <param name="text">UTF-8; a lone surrogate may be there as three bytes.</param>
    /// <param name="meter">What the match may cost; when it runs out the answer means nothing.</param>
    public bool IsMatch(ReadOnlySpan<byte> text, WorkMeter meter)
    {
        var size = _program.Instructions.Length;
        if (size <= InstructionsOnStack)
        {
            return new EcmaMatcher(_program, stackalloc int[EcmaMatcher.MemoryFor(size)]).IsMatch(text, meter);
        }

        var rented = ArrayPool<int>.Shared.Rent(EcmaMatcher.MemoryFor(size));
        var isMatch = new EcmaMatcher(_program, rented).IsMatch(text, meter);
        ArrayPool<int>.Shared.Return(rented);
        return isMatch;
    }
}
