namespace Ordinaut.Schedules;

/// <summary>Reads a span from now.</summary>
internal sealed class SpokenSpan(SpokenCursor cursor, SpokenWish wish)
{
    /// <summary>in 20 minutes; in 1 hour and 30 minutes; 2 days from now.</summary>
    public bool TryRead()
    {
        var isIn = cursor.Now.Is("in");
        var start = isIn ? 1 : 0;
        var isHalf = isIn && cursor.Peek(1).Is("half");
        if (!isHalf && !IsAmountAt(start))
        {
            return false;
        }

        if (wish.Span.Count > 0)
        {
            throw cursor.Refuse("the text says the span twice; say it once, as 'in 1 hour and 30 minutes'");
        }

        if (isIn)
        {
            cursor.Take();
        }

        if (cursor.TakeIf("half"))
        {
            cursor.Expect("an", "'an hour' stands here");
            cursor.Expect("hour", "'hour' stands here");
            wish.Span.Add((30, SpokenUnit.Minute));
            return true;
        }

        do
        {
            var amount = cursor.TakeAmount() ?? throw cursor.Refuse("a number stands here");
            var (unit, size) = cursor.TakeUnit() ?? throw cursor.Refuse("a unit stands here, such as 'minutes'");
            if (wish.Span.Exists(part => part.Unit == unit))
            {
                throw cursor.Refuse("the text says this unit twice; say it once");
            }

            wish.Span.Add((amount * size, unit));
        } while (cursor.TakeSeparator(IsAmountAt));

        if (!isIn)
        {
            cursor.Expect("from", "'from now' stands here");
            cursor.Expect("now", "'now' stands here");
        }

        return true;
    }

    private bool IsAmountAt(int ahead)
    {
        var (token, unit) = (cursor.Peek(ahead), cursor.Peek(ahead + 1));
        var isAmount = SpokenVocabulary.Number(token) is not null || token.Is("a") || token.Is("an");
        return isAmount && (SpokenVocabulary.Unit(unit) is not null || unit.Text is "fortnight" or "fortnights");
    }
}
