namespace Ordinaut.JsonSchemas;

/// <summary>A regular expression as read: a tree whose depth <see cref="SchemaLimits.PatternDepth"/> bounds.</summary>
internal abstract record EcmaNode
{
    public const int Unbounded = -1;

    private EcmaNode() { }

    /// <summary>One code point of a set.</summary>
    internal sealed record One(EcmaCharacters Characters) : EcmaNode;

    /// <summary>A place between code points: <c>^</c>, <c>$</c>, <c>\b</c>, <c>\B</c>.</summary>
    internal sealed record Place(EcmaOperation Operation) : EcmaNode;

    internal sealed record Sequence(IReadOnlyList<EcmaNode> Parts) : EcmaNode;

    internal sealed record Alternatives(IReadOnlyList<EcmaNode> Parts) : EcmaNode;

    internal sealed record Repeated(EcmaNode Part, int Least, int Most) : EcmaNode;
}

/// <summary>What an instruction of <see cref="EcmaProgram"/> does.</summary>
internal enum EcmaOperation
{
    /// <summary>Takes one code point of a set.</summary>
    Take,

    /// <summary>Goes on at two places.</summary>
    Split,

    /// <summary>Goes on elsewhere.</summary>
    Jump,

    /// <summary>Only at the text's start.</summary>
    AtStart,

    /// <summary>Only at the text's very end.</summary>
    AtEnd,

    /// <summary>Only between a word character and none.</summary>
    AtWordBoundary,

    /// <summary>Only where there is no word boundary.</summary>
    NotAtWordBoundary,

    /// <summary>The text matches.</summary>
    Match,
}
