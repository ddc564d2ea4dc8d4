using System.Text;

namespace Ordinaut.Expressions;

/// <summary>
/// A parsed JMESPath expression (jmespath.org/specification.html): parsed once, evaluated any number of times, from any
/// number of threads. It has no loops and no side effects; its text, depth, steps and results are limited by
/// <see cref="ExpressionLimits"/>.
/// </summary>
internal sealed class JmesPath
{
    private readonly Node _root;
    private IReadOnlyList<PathRef>? _rootPaths;

    private JmesPath(Node root) => _root = root;

    /// <summary>The paths that the expression reads from its data, so far as they are known beforehand.</summary>
    public IReadOnlyList<PathRef> RootPaths => _rootPaths ??= PathTracer.Trace(_root);

    /// <exception cref="ExpressionException">The text is not an expression; says where and why.</exception>
    public static JmesPath Parse(string text, Dialect dialect = Dialect.Standard)
    {
        if (
            text.Length > ExpressionLimits.ExpressionBytes
            || Encoding.UTF8.GetByteCount(text) > ExpressionLimits.ExpressionBytes
        )
        {
            throw ExpressionException.Limit(
                $"The expression is longer than {ExpressionLimits.ExpressionBytes} bytes; split it over several steps."
            );
        }

        RefuseHalfSurrogates(text);
        return new JmesPath(new Parser(text, dialect).ParseAll());
    }

    /// <exception cref="ExpressionException">A function refuses its arguments, or a limit is exceeded.</exception>
    public JsonValue Evaluate(JsonValue data, Fuel fuel)
    {
        var result = _root.Evaluate(data, fuel);
        JsonWriting.CheckDepth(result);
        return result;
    }

    /// <summary>As <see cref="Evaluate"/>, but a plain path that leads nowhere is an error, not null.</summary>
    /// <remarks>
    /// A path whose value is null exists. Behind <c>||</c> or in <c>default()</c> a path may be missing.
    /// </remarks>
    public JsonValue EvaluateStrictly(JsonValue data, Fuel fuel)
    {
        var result = Evaluate(data, fuel);
        if (result.IsNull && _root.FindMissing(data, fuel) is { } path)
        {
            throw new ExpressionException(
                ExpressionErrorKind.MissingPath,
                $"There is no {path}; where it may be missing, write default({path}, …) or {path} || ….",
                RootPaths.Count > 0 ? RootPaths[0].Position : 0
            )
            {
                Path = path,
            };
        }

        return result;
    }

    private static void RefuseHalfSurrogates(string text)
    {
        var position = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        while (position >= 0 && position < text.Length)
        {
            if (!char.IsSurrogate(text[position]))
            {
                position++;
            }
            else if (position + 1 < text.Length && char.IsSurrogatePair(text[position], text[position + 1]))
            {
                position += 2;
            }
            else
            {
                const string Message = "The text is not valid Unicode: half of a surrogate pair.";
                throw new ExpressionException(ExpressionErrorKind.Syntax, Message, position);
            }
        }
    }
}
