namespace Ordinaut.Expressions;

/// <summary>A token of an expression: what it is and where it stands in the text.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int Length)
{
    public int End => Start + Length;
}

/// <summary>The tokens of JMESPath; a number with fraction or exponent is one of conditions only.</summary>
internal enum TokenKind
{
    End,
    Identifier,
    QuotedIdentifier,
    RawString,
    Literal,
    Number,
    Dot,
    Star,
    Comma,
    Colon,
    At,
    Ampersand,
    LeftParenthesis,
    RightParenthesis,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,

    /// <summary><c>[]</c></summary>
    Flatten,

    /// <summary><c>[?</c></summary>
    Filter,
    Pipe,
    Or,
    And,
    Not,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
