namespace Ordinaut.Schedules;

/// <summary>Where a reader stands in the words of a spoken schedule.</summary>
internal sealed class SpokenCursor(List<SpokenToken> tokens)
{
    /// <summary>No count, span or interval is larger.</summary>
    public const int MaxNumber = 999;

    private int _at;

    public SpokenToken Now => Peek(0);

    public bool IsAtEnd => Now.Kind == SpokenTokenKind.End;

    public SpokenToken Peek(int ahead) => tokens[Math.Min(_at + ahead, tokens.Count - 1)];

    public SpokenToken Take()
    {
        var token = Now;
        _at++;
        return token;
    }

    /// <summary>Takes the next word if it is one of these.</summary>
    public bool TakeIf(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (Now.Is(word))
            {
                _at++;
                return true;
            }
        }

        return false;
    }

    public void Expect(string word, string expected)
    {
        if (!TakeIf(word))
        {
            throw Refuse(expected);
        }
    }

    /// <summary>Takes "and", a comma or both, if such an item as is listed stands behind.</summary>
    /// <param name="isItem">Whether an item begins so many words ahead.</param>
    public bool TakeSeparator(Func<int, bool> isItem)
    {
        var size = Now.Kind == SpokenTokenKind.Comma ? 1 : 0;
        size += Peek(size).Is("and") ? 1 : 0;
        if (size == 0 || !isItem(size))
        {
            return false;
        }

        _at += size;
        return true;
    }

    /// <summary>Takes "to", "through" or a dash, if such an item stands behind.</summary>
    public bool TakeRange(Func<int, bool> isItem)
    {
        var isRange = Now.Kind == SpokenTokenKind.Dash || Now.Is("to") || Now.Is("through");
        var isTaken = isRange && isItem(1);
        _at += isTaken ? 1 : 0;
        return isTaken;
    }

    /// <summary>A number, or a word for one; "a" and "an" are 1.</summary>
    public int? TakeAmount()
    {
        var amount = Now.Is("a") || Now.Is("an") ? 1 : SpokenVocabulary.Number(Now);
        if (amount is null)
        {
            return null;
        }

        return amount is >= 1 and <= MaxNumber
            ? Take() is var _
                ? amount
                : null
            : throw Refuse($"a number here is 1 to {MaxNumber}");
    }

    /// <summary>Takes a unit, and of how many it is made: a fortnight is two weeks.</summary>
    public (SpokenUnit Unit, int Size)? TakeUnit()
    {
        if (TakeIf("fortnight", "fortnights"))
        {
            return (SpokenUnit.Week, 2);
        }

        return SpokenVocabulary.Unit(Now) is { } unit && Take() is var _ ? (unit, 1) : null;
    }

    /// <summary>The next word is not understood.</summary>
    /// <param name="expected">What would be, as a clause.</param>
    public Problem Refuse(string expected) => Refuse(Now, expected);

    public static Problem Refuse(SpokenToken token, string expected)
    {
        var stumble =
            token.Kind == SpokenTokenKind.End
                ? "The text ends too early"
                : $"{Quoted.Of(token.Text)} (character {token.At}) is not understood{SpokenVocabulary.Hint(token)}";
        var close = stumble[^1] == '?' ? " Here " : "; ";
        return Problem.Invalid(SpokenSchedule.Pointer, $"{stumble}{close}{expected}.");
    }
}
