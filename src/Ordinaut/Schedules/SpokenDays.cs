namespace Ordinaut.Schedules;

/// <summary>Reads days: weekdays, places within the month, dates, months.</summary>
internal sealed class SpokenDays(SpokenCursor cursor, SpokenWish wish)
{
    private const string PeriodExpected = "'month', 'quarter', 'year' or a month's name stands here";

    public bool IsWeekdayAt(int ahead)
    {
        var token = cursor.Peek(ahead);
        return SpokenVocabulary.Weekday(token) is not null
            || SpokenVocabulary.DayGroup(token) is not null
            || IsWorkingDayAt(ahead);
    }

    public bool IsMonthAt(int ahead) => SpokenVocabulary.Month(cursor.Peek(ahead)) is not null;

    /// <summary>Weekdays, ranges and groups of them; whether they come again and again.</summary>
    public bool Weekdays(List<int> into)
    {
        RequireNone(into.Count, "the weekdays");
        var repeats = false;
        do
        {
            repeats |= WeekdayItem(into);
        } while (cursor.TakeSeparator(IsWeekdayAt));

        var distinct = into.Distinct().Order().ToList();
        into.Clear();
        into.AddRange(distinct);
        return repeats;
    }

    public void Months(List<int> into)
    {
        RequireNone(into.Count, "the month");
        do
        {
            var first = Month();
            var last = cursor.TakeRange(IsMonthAt) ? Month() : first;
            into.AddRange(Enumerable.Range(first, (last - first + 12) % 12 + 1).Select(month => (month - 1) % 12 + 1));
        } while (cursor.TakeSeparator(IsMonthAt));
    }

    /// <summary>the 1st and 15th; the first Monday of each quarter; the last working day of March.</summary>
    public void Places()
    {
        RequireNone(wish.Places is null ? 0 : 1, "the days");
        var first = cursor.Now;
        var numbers = new List<int>();
        do
        {
            cursor.TakeIf("the");
            numbers.Add(Place());
        } while (cursor.TakeSeparator(ahead => IsPlaceAt(ahead)));

        var (noun, weekday) = Noun();
        wish.Places = new SpokenPlaces(numbers, noun, weekday);
        if (noun == SpokenNoun.None && numbers.Exists(number => number < 0))
        {
            throw cursor.Refuse("'day', 'working day' or a weekday stands here");
        }

        if (noun != SpokenNoun.None && first.Kind == SpokenTokenKind.Ordinal && first.Value > 31)
        {
            throw SpokenCursor.Refuse(first, "no month has so many days");
        }

        Period(noun);
    }

    /// <summary>5 March, March 5, with or without a year.</summary>
    public void DayOfMonth()
    {
        RequireNone(wish.Places is null ? 0 : 1, "the days");
        var monthFirst = IsMonthAt(0);
        if (monthFirst)
        {
            wish.Months.Add(Month());
        }

        var token = cursor.Take();
        var day = SpokenVocabulary.Ordinal(token) ?? SpokenVocabulary.Number(token);
        wish.Places = day is >= 1 and <= 31
            ? new SpokenPlaces([day.Value], SpokenNoun.None, 0)
            : throw SpokenCursor.Refuse(token, "a day of the month stands here, 1 to 31");
        if (!monthFirst)
        {
            wish.Months.Add(Month());
        }

        Year();
    }

    public bool IsPlaceAt(int ahead)
    {
        var at = cursor.Peek(ahead).Is("the") ? ahead + 1 : ahead;
        return SpokenVocabulary.Ordinal(cursor.Peek(at)) is not null;
    }

    private bool WeekdayItem(List<int> into)
    {
        if (IsWorkingDayAt(0))
        {
            (_, _) = (cursor.Take(), cursor.Take());
            into.AddRange(SpokenVocabulary.WorkingDays);
            return true;
        }

        var token = cursor.Take();
        if (SpokenVocabulary.DayGroup(token) is { } group)
        {
            into.AddRange(group);
            return true;
        }

        var first = SpokenVocabulary.Weekday(token) ?? throw SpokenCursor.Refuse(token, "a weekday stands here");
        if (!cursor.TakeRange(ahead => SpokenVocabulary.Weekday(cursor.Peek(ahead)) is not null))
        {
            into.Add(first);
            return SpokenVocabulary.IsPlural(token);
        }

        var last = SpokenVocabulary.Weekday(cursor.Take()) ?? first;
        into.AddRange(Enumerable.Range(first, (last - first + 7) % 7 + 1).Select(day => day % 7));
        return true;
    }

    private bool IsWorkingDayAt(int ahead) =>
        (cursor.Peek(ahead).Is("working") || cursor.Peek(ahead).Is("business"))
        && (cursor.Peek(ahead + 1).Is("day") || cursor.Peek(ahead + 1).Is("days"));

    private int Month() =>
        IsMonthAt(0) ? SpokenVocabulary.Month(cursor.Take())!.Value : throw cursor.Refuse("a month's name stands here");

    /// <summary>first, 15th, last, second last, second to last.</summary>
    private int Place()
    {
        var token = cursor.Take();
        var number = SpokenVocabulary.Ordinal(token) ?? 0;
        if (number is 0 or > 31)
        {
            throw SpokenCursor.Refuse(token, "a place stands here: first to 31st, or last");
        }

        if (number > 0 && cursor.Now.Is("to") && cursor.Peek(1).Is("last"))
        {
            cursor.Take();
        }

        return number > 0 && cursor.TakeIf("last") ? -number : number;
    }

    private (SpokenNoun Noun, int Weekday) Noun()
    {
        if (cursor.TakeIf("day", "days"))
        {
            return (SpokenNoun.Day, 0);
        }

        if (IsWorkingDayAt(0))
        {
            (_, _) = (cursor.Take(), cursor.Take());
            return (SpokenNoun.WorkingDay, 0);
        }

        if (cursor.TakeIf("weekday", "workday"))
        {
            return (SpokenNoun.WorkingDay, 0);
        }

        return SpokenVocabulary.Weekday(cursor.Now) is { } weekday && cursor.Take() is var _
            ? (SpokenNoun.Weekday, weekday)
            : (SpokenNoun.None, 0);
    }

    /// <summary>of the month, of every quarter, of March and June; 5th March.</summary>
    private void Period(SpokenNoun noun)
    {
        if (noun == SpokenNoun.None && IsMonthAt(0))
        {
            wish.Months.Add(Month());
            Year();
            return;
        }

        var isOf = cursor.Now.Is("of") || (cursor.Now.Is("in") && !SpokenTimesFollow());
        if (!isOf)
        {
            return;
        }

        cursor.Take();
        wish.IsEvery |= cursor.Now.Is("each") || cursor.Now.Is("every");
        var hasArticle = cursor.TakeIf("the", "each", "every", "a");
        if (!hasArticle && IsMonthAt(0))
        {
            Months(wish.Months);
            Year();
            return;
        }

        var unit = IsMonthAt(0) ? null : SpokenVocabulary.Unit(cursor.Now);
        if (unit is not (SpokenUnit.Month or SpokenUnit.Quarter or SpokenUnit.Year))
        {
            throw cursor.Refuse(PeriodExpected);
        }

        RequireNone(wish.Unit is null || wish.Unit == unit ? 0 : 1, "how often");
        wish.Unit = unit;
        cursor.Take();
    }

    /// <summary>Whether "in the morning" stands here, which is no month.</summary>
    private bool SpokenTimesFollow() => cursor.Peek(1).Is("the") && SpokenTimes.Part(cursor.Peek(2)) is not null;

    private void Year()
    {
        var comma = cursor.Now.Kind == SpokenTokenKind.Comma ? 1 : 0;
        var token = cursor.Peek(comma);
        if (token.Kind == SpokenTokenKind.Number && token.Text.Length == 4)
        {
            for (var taken = 0; taken <= comma; taken++)
            {
                cursor.Take();
            }

            wish.Year = token.Value;
        }
    }

    private void RequireNone(int count, string what)
    {
        if (count > 0)
        {
            throw cursor.Refuse($"the text says {what} twice; say it once");
        }
    }
}
