namespace Ordinaut.Expressions;

/// <summary>
/// The limits of expressions and templates. An expression is an agent's text and its data is often a stranger's,
/// so each of them is refused with a sentence instead of taking a worker's time or memory.
/// </summary>
internal static class ExpressionLimits
{
    /// <summary>Longest text of one expression, in UTF-8 bytes.</summary>
    public const int ExpressionBytes = 4 * 1024;

    /// <summary>How deep operators, brackets and projections may nest in one expression.</summary>
    public const int ExpressionDepth = 32;

    /// <summary>How deep arrays and objects may nest in a value that an expression or template gives.</summary>
    public const int ValueDepth = 64;

    /// <summary>Node visits of one evaluation; an array element or object member looked at is a visit too.</summary>
    public const int Fuel = 10_000;

    /// <summary>Characters of text that one unit of fuel reads, compares or writes.</summary>
    public const int TextPerFuel = 256;

    /// <summary>Members or elements that a look-up by name or index may have to pass for one unit of fuel.</summary>
    public const int LookupPerFuel = 64;

    /// <summary>Largest value that an expression or template may build, in bytes of its compact JSON.</summary>
    public const int OutputBytes = 1024 * 1024;

    /// <summary>How many <c>${…}</c> one tree of templates may hold.</summary>
    public const int TemplateExpressions = 1_000;

    /// <summary>How many wrong strings of one tree of templates are reported.</summary>
    public const int TemplateFindings = 50;

    /// <summary>Characters of all expressions of one tree of templates together.</summary>
    public const int TemplateExpressionText = 64 * 1024;

    /// <summary>Names of a path that the check of read paths looks at; deeper ones depend on the data anyway.</summary>
    public const int TracedNames = 16;

    /// <summary>Longest pattern of <c>format_time</c>, in characters.</summary>
    public const int TimePattern = 64;

    /// <summary>Longest duration in clock arithmetic, in days: a hundred years.</summary>
    public const int DurationDays = 36_525;
}
