namespace Ordinaut.Schedules;

internal enum SpokenTokenKind
{
    Word,

    /// <summary>A whole number; the value.</summary>
    Number,

    /// <summary>1st, 22nd; the value is the number.</summary>
    Ordinal,

    /// <summary>08:30; the value is the second of the day.</summary>
    Clock,

    /// <summary>2027-03-05; the value is the day's number.</summary>
    Date,

    /// <summary>Europe/Chisinau.</summary>
    Zone,
    Comma,
    Dash,

    /// <summary>What no rule of the grammar takes.</summary>
    Other,
    End,
}

/// <summary>One word of a spoken schedule.</summary>
/// <param name="Text">In lower case, except for a zone.</param>
/// <param name="At">Its first character's place in the text, from 1.</param>
internal readonly record struct SpokenToken(SpokenTokenKind Kind, string Text, int At, int Value = 0)
{
    public bool Is(string word) => Kind == SpokenTokenKind.Word && Text == word;
}
