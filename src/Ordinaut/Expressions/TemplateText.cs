using System.Text.Json;

namespace Ordinaut.Expressions;

/// <summary>
/// One string of a template: text with <c>${expression}</c> in it. A string that is nothing but one expression
/// gives the expression's value and type; otherwise the values are written into the text.
/// <c>$${</c> is a literal <c>${</c>.
/// </summary>
internal sealed class TemplateText
{
    private const string Opening = "${";

    private readonly Part[] _parts;

    private TemplateText(Part[] parts) => _parts = parts;

    /// <summary>The expressions in the order of the text.</summary>
    public IEnumerable<PathRef> RootPaths =>
        _parts
            .Where(part => part.Expression is not null)
            .SelectMany(part =>
                part.Expression!.RootPaths.Select(path =>
                    path with
                    {
                        Position = path.Position + part.Offset,
                        IsAlone = path.ToString() == part.Text,
                    }
                )
            );

    /// <summary>Null when the string holds no <c>${</c>: it stands for itself.</summary>
    /// <exception cref="ExpressionException">An expression is never closed or cannot be parsed.</exception>
    public static TemplateText? Parse(string text, TemplateBudget budget)
    {
        var next = text.IndexOf(Opening, StringComparison.Ordinal);
        if (next < 0)
        {
            return null;
        }

        var parts = new List<Part>();
        var position = 0;
        while (next >= 0)
        {
            if (next > position && text[next - 1] == '$')
            {
                budget.Spend(0);
                AddText(parts, text[position..(next - 1)] + Opening);
                position = next + Opening.Length;
            }
            else
            {
                AddText(parts, text[position..next]);
                position = AddExpression(parts, text, next + Opening.Length, budget);
            }

            next = text.IndexOf(Opening, position, StringComparison.Ordinal);
        }

        AddText(parts, text[position..]);
        return new TemplateText([.. parts]);
    }

    /// <summary>The position of the <c>}</c> that closes an expression; -1 when there is none.</summary>
    /// <remarks>A brace inside quotes or a literal closes nothing, and each <c>{</c> inside needs its own.</remarks>
    public static int EndOfExpression(ReadOnlySpan<char> text, int start)
    {
        var open = 0;
        var position = start;
        while (position < text.Length)
        {
            var step = text[position..].IndexOfAny("'\"`{}");
            if (step < 0)
            {
                return -1;
            }

            position += step;
            switch (text[position])
            {
                case '{':
                    open++;
                    position++;
                    break;
                case '}' when open-- == 0:
                    return position;
                case '}':
                    position++;
                    break;
                default:
                    position = QuotedText.End(text, position);
                    if (position < 0)
                    {
                        return -1;
                    }

                    break;
            }
        }

        return -1;
    }

    public static JmesPath ParseExpression(string expression, int offset)
    {
        try
        {
            return JmesPath.Parse(expression, Dialect.Condition);
        }
        catch (ExpressionException e)
        {
            throw e.In(e.Pointer, offset);
        }
    }

    public JsonValue Render(in JsonValue scope, Fuel fuel) =>
        _parts is [{ Expression: not null } only]
            ? Evaluate(only, scope, fuel)
            : JsonValue.Of(Interpolate(scope, fuel));

    private static void AddText(List<Part> parts, string text)
    {
        if (text.Length > 0)
        {
            parts.Add(new Part(text, null, 0));
        }
    }

    private static int AddExpression(List<Part> parts, string text, int start, TemplateBudget budget)
    {
        var end = EndOfExpression(text, start);
        if (end < 0)
        {
            const string Message = "The ${ is never closed by }; write $${ for a literal ${.";
            throw new ExpressionException(ExpressionErrorKind.Syntax, Message, start - Opening.Length);
        }

        budget.Spend(end - start);
        parts.Add(new Part(text[start..end].Trim(), ParseExpression(text[start..end], start), start));
        return end + 1;
    }

    private static JsonValue Evaluate(Part part, in JsonValue scope, Fuel fuel)
    {
        try
        {
            return part.Expression!.EvaluateStrictly(scope, fuel);
        }
        catch (ExpressionException e)
        {
            throw e.In(e.Pointer, part.Offset);
        }
    }

    private string Interpolate(in JsonValue scope, Fuel fuel)
    {
        var texts = new string[_parts.Length];
        var length = 0L;
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = _parts[i].Expression is null ? _parts[i].Text : Written(Evaluate(_parts[i], scope, fuel), fuel);
            length += texts[i].Length;
        }

        // Each text is within the limit; together they need not be.
        return length <= ExpressionLimits.OutputBytes ? string.Concat(texts) : throw Fuel.TooLarge();
    }

    /// <summary>A value as it stands in text: strings as they are, null as nothing, all else as compact JSON.</summary>
    private static string Written(in JsonValue value, Fuel fuel)
    {
        fuel.SpendText(Fuel.Fitting(value).Size);
        return value.Kind switch
        {
            JsonValueKind.String => value.Text(),
            JsonValueKind.Null => "",
            _ => value.ToString(),
        };
    }

    /// <param name="Text">Text that stands for itself, or the expression as it is written.</param>
    /// <param name="Expression">Null for text.</param>
    /// <param name="Offset">Where the expression begins in the string.</param>
    private readonly record struct Part(string Text, JmesPath? Expression, int Offset);
}

/// <summary>What the templates of one tree may still hold; a tree is an agent's text and may be large.</summary>
internal sealed class TemplateBudget
{
    private int _expressions;
    private int _characters;

    public bool IsSpent =>
        _expressions > ExpressionLimits.TemplateExpressions || _characters > ExpressionLimits.TemplateExpressionText;

    /// <summary>Pays for one <c>${</c>, before the expression behind it is parsed.</summary>
    public void Spend(int characters)
    {
        _expressions++;
        _characters += characters;
        if (IsSpent)
        {
            throw ExpressionException.Limit(
                $"The template holds more than {ExpressionLimits.TemplateExpressions} expressions or more than "
                    + $"{ExpressionLimits.TemplateExpressionText} characters of them; split it over several steps."
            );
        }
    }
}
