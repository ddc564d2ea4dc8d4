namespace Ordinaut.Expressions;

/// <summary>
/// An expression or template that cannot be parsed or evaluated. The author of the text acts on it, so the message
/// names what is wrong and what would be right, and every part of it is safe to show. At save time callers turn it
/// into a <see cref="Problem"/>, inside a run into a failed step.
/// </summary>
internal sealed class ExpressionException : Exception
{
    public ExpressionException(ExpressionErrorKind kind, string message, int position = 0)
        : base(message)
    {
        Kind = kind;
        Position = position;
    }

    public ExpressionErrorKind Kind { get; }

    /// <summary>
    /// Zero-based offset in UTF-16 units of the expression, or of the string that a template stands in.
    /// </summary>
    public int Position { get; }

    /// <summary>JSON Pointer (RFC 6901) to the string within its tree; null outside templates.</summary>
    public string? Pointer { get; private init; }

    /// <summary>The shortest path that is missing, as it would be written; null for other kinds.</summary>
    public string? Path { get; init; }

    /// <summary>The same failure, seen from the tree that the expression stands in.</summary>
    public ExpressionException In(string? pointer, int offset) =>
        new(Kind, Message, Position + offset) { Pointer = pointer, Path = Path };

    public static ExpressionException Limit(string message, int position = 0) =>
        new(ExpressionErrorKind.Limit, message, position);

    public static ExpressionException InvalidValue(string message, int position = 0) =>
        new(ExpressionErrorKind.InvalidValue, message, position);
}

/// <summary>What is wrong; the first five are the error kinds of the JMESPath specification.</summary>
internal enum ExpressionErrorKind
{
    Syntax,
    UnknownFunction,
    InvalidArity,
    InvalidType,
    InvalidValue,

    /// <summary>One of <see cref="ExpressionLimits"/> is exceeded.</summary>
    Limit,

    /// <summary>A template reads a path that does not exist.</summary>
    MissingPath,
}
