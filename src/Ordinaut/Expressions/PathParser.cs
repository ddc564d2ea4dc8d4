using System.Globalization;

namespace Ordinaut.Expressions;

/// <summary>Reads a path: where it starts and the steps behind it, with their brackets and calls.</summary>
internal sealed class PathParser(Parser parser, string text)
{
    public Node Path()
    {
        var position = parser.Token.Start;
        var segments = new List<Segment>();
        var start = Start(segments);
        while (TryStep(segments))
        {
            // Each step adds itself to the list.
        }

        return segments.Count == 0 ? start! : parser.Checked(new PathNode(start, [.. segments], position));
    }

    /// <summary>
    /// What a path begins with. A path that begins with a step (<c>foo</c>, <c>[0]</c>, <c>*</c>) has no start of
    /// its own: the step is taken from the current value.
    /// </summary>
    private Node? Start(List<Segment> segments)
    {
        if (parser.OwnLiteral() is { } own)
        {
            return own;
        }

        switch (parser.Token.Kind)
        {
            case TokenKind.Identifier when parser.Peek() == TokenKind.LeftParenthesis:
                return Call();
            case TokenKind.Identifier or TokenKind.QuotedIdentifier:
                segments.Add(new FieldSegment(Name()));
                return null;
            case TokenKind.RawString:
                return new LiteralNode(Json.Of(QuotedText.Raw(text, parser.Take())));
            case TokenKind.Literal:
                return new LiteralNode(QuotedText.Literal(text, parser.Take()));
            case TokenKind.At:
                return new CurrentNode(parser.Take().Start);
            case TokenKind.Star:
                parser.Take();
                segments.Add(new ValuesSegment());
                return null;
            case TokenKind.LeftParenthesis:
                return Parenthesised();
            case TokenKind.LeftBrace:
                return ObjectOf();
            case TokenKind.LeftBracket when IsList():
                return ListOf();
            default:
                return TryBracket(segments) ? null : throw parser.Unexpected("a name, a value, '(', '[' or '{'");
        }
    }

    private bool TryStep(List<Segment> segments)
    {
        if (parser.TryTake(TokenKind.Dot))
        {
            segments.Add(AfterDot());
            return true;
        }

        return TryBracket(segments);
    }

    private Segment AfterDot()
    {
        switch (parser.Token.Kind)
        {
            case TokenKind.Identifier when parser.Peek() == TokenKind.LeftParenthesis:
                return new ExpressionSegment(Call());
            case TokenKind.Identifier or TokenKind.QuotedIdentifier:
                return new FieldSegment(Name());
            case TokenKind.Star:
                parser.Take();
                return new ValuesSegment();
            case TokenKind.LeftBrace:
                return new ExpressionSegment(ObjectOf());
            case TokenKind.LeftBracket when parser.Peek() is not (TokenKind.Number or TokenKind.Colon):
                return new ExpressionSegment(ListOf());
            default:
                throw parser.Unexpected("a name, '*', '{' or '[' with expressions after '.'");
        }
    }

    /// <summary><c>[0]</c>, <c>[1:2]</c>, <c>[*]</c>, <c>[]</c>, <c>[?x]</c></summary>
    private bool TryBracket(List<Segment> segments)
    {
        switch (parser.Token.Kind)
        {
            case TokenKind.Flatten:
                parser.Take();
                segments.Add(new FlattenSegment());
                return true;
            case TokenKind.Filter:
                parser.Take();
                segments.Add(new FilterSegment(parser.Expression()));
                parser.Expect(TokenKind.RightBracket, "']' after the filter");
                return true;
            case TokenKind.LeftBracket:
                parser.Take();
                segments.Add(parser.TryTake(TokenKind.Star) ? new EachSegment() : IndexOrSlice());
                parser.Expect(TokenKind.RightBracket, "']'");
                return true;
            default:
                return false;
        }
    }

    private Segment IndexOrSlice()
    {
        var start = BoundOrNull();
        if (!parser.TryTake(TokenKind.Colon))
        {
            return start is { } index
                ? new IndexSegment(index)
                : throw parser.Unexpected("an index, a slice, '*', '?' or ']' after '['");
        }

        var stop = BoundOrNull();
        var position = parser.Token.Start;
        var step = parser.TryTake(TokenKind.Colon) ? BoundOrNull() : null;
        return step == 0 && parser.Token.Kind == TokenKind.RightBracket
            ? throw ExpressionException.InvalidValue("The step of a slice cannot be 0.", position)
            : new SliceSegment(start, stop, step ?? 1);
    }

    /// <summary>A whole number; one that no array is long enough for becomes the longest there could be.</summary>
    private int? BoundOrNull()
    {
        if (parser.Token.Kind != TokenKind.Number)
        {
            return null;
        }

        var digits = text.AsSpan(parser.Token.Start, parser.Token.Length);
        if (digits.IndexOfAny('.', 'e', 'E') >= 0)
        {
            throw parser.Unexpected("a whole number");
        }

        parser.Take();
        return int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value
            : digits[0] == '-' ? -int.MaxValue
            : int.MaxValue;
    }

    /// <summary>
    /// Whether a bracket at the start of a path holds expressions: <c>[*.*]</c> and <c>[1, a]</c> do,
    /// <c>[*]</c>, <c>[1]</c> and <c>[1:2]</c> are steps.
    /// </summary>
    private bool IsList()
    {
        var first = parser.PeekAfter(parser.Token);
        return first.Kind switch
        {
            TokenKind.Colon => false,
            TokenKind.Star => parser.PeekAfter(first).Kind != TokenKind.RightBracket,
            TokenKind.Number => parser.PeekAfter(first).Kind is not (TokenKind.RightBracket or TokenKind.Colon),
            _ => true,
        };
    }

    private Node Parenthesised()
    {
        parser.Take();
        var node = parser.Expression();
        parser.Expect(TokenKind.RightParenthesis, "')'");
        return node;
    }

    private Node ListOf()
    {
        parser.Take();
        var elements = new List<Node>();
        do
        {
            elements.Add(parser.Expression());
        } while (parser.TryTake(TokenKind.Comma));

        parser.Expect(TokenKind.RightBracket, "',' or ']'");
        return parser.Checked(new ListNode([.. elements]));
    }

    private Node ObjectOf()
    {
        parser.Take();
        var names = new List<string>();
        var values = new List<Node>();
        do
        {
            var name = Name();
            parser.Expect(TokenKind.Colon, "':' after the name");
            var value = parser.Expression();

            // The last of equal names counts, as in JSON objects.
            var known = names.IndexOf(name);
            if (known >= 0)
            {
                values[known] = value;
            }
            else
            {
                names.Add(name);
                values.Add(value);
            }
        } while (parser.TryTake(TokenKind.Comma));

        parser.Expect(TokenKind.RightBrace, "',' or '}'");
        return parser.Checked(new ObjectNode([.. names], [.. values]));
    }

    private string Name() =>
        parser.Token.Kind switch
        {
            TokenKind.Identifier => Word(parser.Take()),
            TokenKind.QuotedIdentifier => QuotedText.Name(text, parser.Take()),
            _ => throw parser.Unexpected("a name"),
        };

    private string Word(Token token) => text.Substring(token.Start, token.Length);

    private Node Call()
    {
        var name = parser.Take();
        parser.Take();
        var function = parser.FunctionNamed(name);
        var values = new List<Node>();
        Node? expression = null;
        var count = 0;
        if (parser.Token.Kind != TokenKind.RightParenthesis)
        {
            do
            {
                Argument(function, count++, values, ref expression);
            } while (parser.TryTake(TokenKind.Comma));
        }

        parser.Expect(TokenKind.RightParenthesis, "',' or ')'");
        return function.Takes(count)
            ? parser.Checked(new CallNode(function, [.. values], expression, name.Start))
            : throw new ExpressionException(
                ExpressionErrorKind.InvalidArity,
                $"{function.Name}() takes {function.Arity} arguments, not {count}.",
                name.Start
            );
    }

    private void Argument(Function function, int index, List<Node> values, ref Node? expression)
    {
        var position = parser.Token.Start;
        var isExpression = parser.TryTake(TokenKind.Ampersand);
        var argument = parser.Expression();
        if (isExpression != (function.ParameterAt(index) == Parameter.Expression))
        {
            var wanted = isExpression ? "a value" : "an expression with & in front";
            throw new ExpressionException(
                ExpressionErrorKind.InvalidType,
                $"{function.Name}() takes {wanted} as argument {index + 1}.",
                position
            );
        }

        if (isExpression)
        {
            expression = argument;
        }
        else
        {
            values.Add(argument);
        }
    }
}
