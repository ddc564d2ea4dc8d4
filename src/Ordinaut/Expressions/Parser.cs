namespace Ordinaut.Expressions;

/// <summary>
/// Reads the grammar of JMESPath by recursive descent, one method per level of precedence:
/// pipe, or, and, comparison, not, path. Recursion and the height of the tree are both limited.
/// </summary>
internal sealed class Parser
{
    private readonly string _text;
    private readonly Dialect _dialect;
    private readonly Lexer _lexer;
    private readonly PathParser _paths;
    private int _depth;

    public Parser(string text, Dialect dialect)
    {
        _text = text;
        _dialect = dialect;
        _lexer = new Lexer(text, dialect);
        _paths = new PathParser(this, text);
        Token = _lexer.At(0);
    }

    /// <summary>The token that is read next.</summary>
    public Token Token { get; private set; }

    public Node ParseAll()
    {
        var node = Expression();
        return Token.Kind == TokenKind.End ? node : throw Unexpected("an operator or the end");
    }

    /// <summary>The lowest precedence: what stands in brackets, arguments and at the top.</summary>
    public Node Expression()
    {
        Enter();
        var first = Or();
        var stages = Chain(TokenKind.Pipe, first, static parser => parser.Or());
        _depth--;
        return stages is null ? first : Checked(new PipeNode(stages));
    }

    public Token Take()
    {
        var taken = Token;
        Token = _lexer.At(taken.End);
        return taken;
    }

    public bool TryTake(TokenKind kind)
    {
        if (Token.Kind != kind)
        {
            return false;
        }

        Take();
        return true;
    }

    public void Expect(TokenKind kind, string what)
    {
        if (!TryTake(kind))
        {
            throw Unexpected(what);
        }
    }

    /// <summary>The kind of the token after the next.</summary>
    public TokenKind Peek() => PeekAfter(Token).Kind;

    public Token PeekAfter(Token token) => _lexer.At(token.End);

    /// <summary>Lets a node through that is not higher than the limit.</summary>
    public Node Checked(Node node) => node.Height <= ExpressionLimits.ExpressionDepth ? node : throw TooDeep();

    public ExpressionException Syntax(string message) => new(ExpressionErrorKind.Syntax, message, Token.Start);

    public ExpressionException Unexpected(string expected)
    {
        var found = Token.Kind == TokenKind.End ? "the end" : $"'{Excerpt(Token)}'";
        return Syntax($"Expected {expected}, but found {found}.");
    }

    /// <summary>In conditions: a number that needs no backticks; <c>now</c> with a duration behind it.</summary>
    public Node? OwnLiteral()
    {
        if (_dialect != Dialect.Condition)
        {
            return null;
        }

        return Token.Kind switch
        {
            TokenKind.Number => Number(),
            TokenKind.Identifier when IsWord("now") => Now(),
            _ => null,
        };
    }

    public Function FunctionNamed(Token name)
    {
        var word = _text.Substring(name.Start, name.Length);
        if (
            StandardFunctions.All.TryGetValue(word, out var function)
            || (_dialect == Dialect.Condition && OrdinautFunctions.All.TryGetValue(word, out function))
        )
        {
            return function;
        }

        throw new ExpressionException(
            ExpressionErrorKind.UnknownFunction,
            $"There is no function '{Excerpt(name)}'.",
            name.Start
        );
    }

    /// <summary>All operands of a chain of one operator; null when there is only the first.</summary>
    private Node[]? Chain(TokenKind separator, Node first, Func<Parser, Node> next)
    {
        if (Token.Kind != separator)
        {
            return null;
        }

        var operands = new List<Node> { first };
        while (TryTake(separator))
        {
            operands.Add(next(this));
        }

        return [.. operands];
    }

    private Node Or()
    {
        var first = And();
        var operands = Chain(TokenKind.Or, first, static parser => parser.And());
        return operands is null ? first : Checked(new LogicNode(operands, stopsAt: true));
    }

    private Node And()
    {
        var first = Comparison();
        var operands = Chain(TokenKind.And, first, static parser => parser.Comparison());
        return operands is null ? first : Checked(new LogicNode(operands, stopsAt: false));
    }

    private Node Comparison()
    {
        var left = Not();
        while (Token.Kind >= TokenKind.Equal)
        {
            var comparator = Take().Kind;
            left = Checked(new ComparisonNode(comparator, left, Not()));
        }

        return left;
    }

    private Node Not()
    {
        if (!TryTake(TokenKind.Not))
        {
            return _paths.Path();
        }

        Enter();
        var node = Checked(new NotNode(Not()));
        _depth--;
        return node;
    }

    private LiteralNode Number()
    {
        var token = Take();
        var value = Json.NumberOrNull(_text.AsSpan(token.Start, token.Length));
        return value.IsNull
            ? throw new ExpressionException(
                ExpressionErrorKind.Syntax,
                "A number is written as in JSON, without zeros in front.",
                token.Start
            )
            : new LiteralNode(value);
    }

    /// <summary>Read from the text: there is no plus token, and <c>-7d</c> would be a number and a word.</summary>
    private ShiftNode? Now()
    {
        var rest = _text.AsSpan(Token.End);
        var sign = rest.TrimStart(" \t\r\n");
        if (sign.IsEmpty || sign[0] is not ('+' or '-'))
        {
            return null;
        }

        var amount = sign[1..].TrimStart(" \t\r\n");
        var seconds = DurationText.Read(amount, out var used);
        if (seconds is not { } value || (used < amount.Length && char.IsAsciiLetterOrDigit(amount[used])))
        {
            throw Syntax($"After 'now{sign[0]}' comes a duration: {DurationText.Form}.");
        }

        var now = new PathNode(null, [new FieldSegment("now")], Token.Start);
        var node = new ShiftNode(now, sign[0] == '-' ? -value : value, Token.Start);
        Token = _lexer.At(_text.Length - amount.Length + used);
        return node;
    }

    private bool IsWord(string word) => _text.AsSpan(Token.Start, Token.Length).SequenceEqual(word);

    private string Excerpt(Token token) => _text.Substring(token.Start, Math.Min(token.Length, 32));

    private void Enter()
    {
        if (++_depth > ExpressionLimits.ExpressionDepth)
        {
            throw TooDeep();
        }
    }

    private ExpressionException TooDeep() =>
        ExpressionException.Limit(
            $"The expression nests deeper than {ExpressionLimits.ExpressionDepth} levels; make it flatter.",
            Token.Start
        );
}
