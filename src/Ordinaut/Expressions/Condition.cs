namespace Ordinaut.Expressions;

/// <summary>
/// The <c>if</c> of a step, the filter of an event: JMESPath in <see cref="Dialect.Condition"/>, with or without
/// <c>${…}</c> around it. A path that does not exist is null, and so false.
/// </summary>
internal sealed class Condition
{
    private readonly JmesPath _expression;

    private Condition(JmesPath expression, int offset)
    {
        _expression = expression;
        RootPaths = [.. expression.RootPaths.Select(path => path with { Position = path.Position + offset })];
    }

    /// <summary>The paths that the condition reads, so far as they are known beforehand.</summary>
    public IReadOnlyList<PathRef> RootPaths { get; }

    /// <exception cref="ExpressionException">The text is not a condition; says where and why.</exception>
    public static Condition Parse(string text)
    {
        var start = text.Length - text.AsSpan().TrimStart().Length;
        if (!text.AsSpan(start).StartsWith("${", StringComparison.Ordinal))
        {
            return new Condition(JmesPath.Parse(text, Dialect.Condition), 0);
        }

        var inner = start + 2;
        var end = TemplateText.EndOfExpression(text, inner);
        if (end < 0)
        {
            throw new ExpressionException(ExpressionErrorKind.Syntax, "The ${ is never closed by }.", start);
        }

        if (!text.AsSpan(end + 1).IsWhiteSpace())
        {
            const string Message = "Nothing may follow the ${…} of a condition; write all of it inside.";
            throw new ExpressionException(ExpressionErrorKind.Syntax, Message, end + 1);
        }

        return new Condition(TemplateText.ParseExpression(text[inner..end], inner), inner);
    }

    /// <summary>Everything is true but null, false and the empty string, array and object.</summary>
    public bool Evaluate(Json scope, Fuel fuel) => _expression.Evaluate(scope, fuel).IsTruthy;
}
