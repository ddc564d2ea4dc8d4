namespace Ordinaut.Expressions;

/// <summary>Cuts the text of an expression into tokens, one at a time, in one pass.</summary>
internal sealed class Lexer(string text, Dialect dialect)
{
    private const string IdentifierHint =
        "a name that is not made of letters, digits and _ is written in double quotes";

    /// <summary>The next token at or after a position.</summary>
    public Token At(int position)
    {
        while (position < text.Length && text[position] is ' ' or '\t' or '\r' or '\n')
        {
            position++;
        }

        if (position >= text.Length)
        {
            return new Token(TokenKind.End, text.Length, 0);
        }

        var first = text[position];
        if (char.IsAsciiLetter(first) || first == '_')
        {
            return new Token(TokenKind.Identifier, position, WordLength(position));
        }

        return first == '-' || char.IsAsciiDigit(first) ? Number(position) : Symbol(position, first);
    }

    private Token Symbol(int start, char first) =>
        first switch
        {
            '.' => One(TokenKind.Dot, start),
            '*' => One(TokenKind.Star, start),
            ',' => One(TokenKind.Comma, start),
            ':' => One(TokenKind.Colon, start),
            '@' => One(TokenKind.At, start),
            '(' => One(TokenKind.LeftParenthesis, start),
            ')' => One(TokenKind.RightParenthesis, start),
            ']' => One(TokenKind.RightBracket, start),
            '{' => One(TokenKind.LeftBrace, start),
            '}' => One(TokenKind.RightBrace, start),
            '"' => Quoted(TokenKind.QuotedIdentifier, start),
            '\'' => Quoted(TokenKind.RawString, start),
            '`' => Quoted(TokenKind.Literal, start),
            '[' when Follows(start, ']') => Two(TokenKind.Flatten, start),
            '[' => OneOrTwo(TokenKind.LeftBracket, '?', TokenKind.Filter, start),
            '|' => OneOrTwo(TokenKind.Pipe, '|', TokenKind.Or, start),
            '&' => OneOrTwo(TokenKind.Ampersand, '&', TokenKind.And, start),
            '!' => OneOrTwo(TokenKind.Not, '=', TokenKind.NotEqual, start),
            '<' => OneOrTwo(TokenKind.Less, '=', TokenKind.LessOrEqual, start),
            '>' => OneOrTwo(TokenKind.Greater, '=', TokenKind.GreaterOrEqual, start),
            '=' when Follows(start, '=') => Two(TokenKind.Equal, start),
            '=' => throw Syntax("A single '=' means nothing here; write '==' to compare.", start),
            _ => throw Syntax(
                $"The character '{first}' (U+{(int)first:X4}) begins nothing here; {IdentifierHint}.",
                start
            ),
        };

    private static Token One(TokenKind kind, int start) => new(kind, start, 1);

    private static Token Two(TokenKind kind, int start) => new(kind, start, 2);

    private Token OneOrTwo(TokenKind one, char second, TokenKind two, int start) =>
        Follows(start, second) ? Two(two, start) : One(one, start);

    private bool Follows(int position, char expected) => position + 1 < text.Length && text[position + 1] == expected;

    private int WordLength(int start)
    {
        var end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        return end - start;
    }

    private Token Number(int start)
    {
        var end = Digits(start + 1);
        if (text[start] == '-' && end == start + 1)
        {
            throw Syntax("A '-' must be followed by a digit; there is no subtraction.", start);
        }

        // In JMESPath a bare number is an index or part of a slice, so only conditions know fractions.
        if (dialect == Dialect.Condition)
        {
            end = Fraction(end);
        }

        return new Token(TokenKind.Number, start, end - start);
    }

    private int Fraction(int end)
    {
        if (end < text.Length && text[end] == '.' && Digits(end + 1) > end + 1)
        {
            end = Digits(end + 1);
        }

        if (end < text.Length && text[end] is 'e' or 'E')
        {
            var digits = end + 1 < text.Length && text[end + 1] is '+' or '-' ? end + 2 : end + 1;
            end = Digits(digits) > digits ? Digits(digits) : end;
        }

        return end;
    }

    private int Digits(int position)
    {
        while (position < text.Length && char.IsAsciiDigit(text[position]))
        {
            position++;
        }

        return position;
    }

    private Token Quoted(TokenKind kind, int start)
    {
        var end = QuotedText.End(text, start);
        return end < 0
            ? throw Syntax($"The {text[start]} is never closed.", start)
            : new Token(kind, start, end - start);
    }

    private static ExpressionException Syntax(string message, int position) =>
        new(ExpressionErrorKind.Syntax, message, position);
}

/// <summary>Which form of JMESPath a text is written in.</summary>
internal enum Dialect
{
    /// <summary>JMESPath as specified (jmespath.org), nothing else.</summary>
    Standard,

    /// <summary>
    /// What conditions and templates use: JMESPath, and number literals without backticks (<c>n > 25</c>), clock
    /// arithmetic (<c>now+24h</c>) and the functions of <see cref="OrdinautFunctions"/>.
    /// </summary>
    Condition,
}
