namespace Ordinaut.Schedules;

/// <summary>Reads the clauses that say on which days, and within which hours.</summary>
internal sealed class SpokenDayClause(SpokenCursor cursor, SpokenWish wish, SpokenTimes times, SpokenDays days)
{
    /// <param name="expected">What else could have stood here.</param>
    public void Read(string expected)
    {
        var token = cursor.Now;
        if (token.Is("except") || token.Is("but"))
        {
            Except();
        }
        else if (token.Is("between") || (token.Is("from") && times.IsAt(1, isBare: true)))
        {
            Window(cursor.Take().Is("between"));
        }
        else if (cursor.TakeIf("starting", "beginning"))
        {
            cursor.TakeIf("on", "from");
            wish.Start =
                cursor.Now.Kind == SpokenTokenKind.Date
                    ? DateOnly.FromDayNumber(cursor.Take().Value)
                    : throw cursor.Refuse("a date stands here, such as 2027-03-05");
        }
        else if (cursor.Now.Is("in") && days.IsMonthAt(1))
        {
            cursor.Take();
            days.Months(wish.Months);
        }
        else if (token.Kind == SpokenTokenKind.Zone || token.Is("utc"))
        {
            RequireNone(wish.Zone is null, "the time zone");
            wish.Zone = cursor.Take().Text;
        }
        else if (!TryNamedDay())
        {
            OnDay(expected);
        }
    }

    private void Except()
    {
        if (cursor.Take().Is("but"))
        {
            cursor.Expect("not", "'not' stands here: 'but not on Sundays'");
        }

        _ = cursor.TakeIf("on", "in", "for");
        if (days.IsMonthAt(0))
        {
            days.Months(wish.ExceptMonths);
        }
        else if (days.IsWeekdayAt(0))
        {
            days.Weekdays(wish.ExceptWeekdays);
        }
        else
        {
            throw cursor.Refuse("after 'except' stand weekdays or months; single dates belong in the task's exclude");
        }
    }

    private void Window(bool isBetween)
    {
        RequireNone(wish.Window is null, "the hours");
        wish.Window = times.Window(isBetween);
    }

    /// <summary>today, tonight, tomorrow evening, the day after tomorrow, next Tuesday, this Friday.</summary>
    private bool TryNamedDay()
    {
        var token = cursor.Now;
        var isAfter = token.Is("the") ? IsAfterTomorrow(1) : IsAfterTomorrow(0);
        if (isAfter)
        {
            cursor.TakeIf("the");
            (_, _, _) = (cursor.Take(), cursor.Take(), cursor.Take());
            SetDay(new SpokenDay(2));
        }
        else if (cursor.TakeIf("today", "tonight", "tomorrow"))
        {
            SetDay(new SpokenDay(token.Is("tomorrow") ? 1 : 0));
            wish.DayPart = token.Is("tonight") ? "night" : wish.DayPart;
            Part();
        }
        else if (cursor.TakeIf("next", "this"))
        {
            var weekday = SpokenVocabulary.Weekday(cursor.Now) ?? throw cursor.Refuse("a weekday stands here");
            cursor.Take();
            SetDay(new SpokenDay(token.Is("next") ? 1 : 0, weekday));
            Part();
        }
        else
        {
            return false;
        }

        return true;
    }

    private bool IsAfterTomorrow(int ahead) =>
        cursor.Peek(ahead).Is("day") && cursor.Peek(ahead + 1).Is("after") && cursor.Peek(ahead + 2).Is("tomorrow");

    /// <summary>A weekday, a date or a place, with or without "on".</summary>
    private void OnDay(string expected)
    {
        var hasOn = cursor.TakeIf("on");
        var hasThe = cursor.TakeIf("the");
        var token = cursor.Now;
        if (token.Kind == SpokenTokenKind.Date && !hasThe)
        {
            cursor.Take();
            SetDay(new SpokenDay(0, Date: DateOnly.FromDayNumber(token.Value)));
        }
        else if (days.IsPlaceAt(0))
        {
            days.Places();
        }
        else if (days.IsMonthAt(0) || (SpokenVocabulary.Number(token) is not null && days.IsMonthAt(1)))
        {
            days.DayOfMonth();
        }
        else if (days.IsWeekdayAt(0) && !hasThe)
        {
            wish.WeekdaysRepeat |= days.Weekdays(wish.Weekdays);
            Part();
        }
        else if (SpokenVocabulary.Number(token) is not null && !hasOn)
        {
            throw cursor.Refuse("write a time as 'at 9' or 09:00, and a day of the month as '9th'");
        }
        else
        {
            throw cursor.Refuse(hasOn || hasThe ? "a weekday, a date or 'the 1st' stands here" : expected);
        }
    }

    private void Part()
    {
        if (SpokenTimes.Part(cursor.Now) is { } part)
        {
            cursor.Take();
            wish.DayPart = part;
        }
    }

    private void SetDay(SpokenDay day)
    {
        RequireNone(wish.Day is null, "the day");
        wish.Day = day;
    }

    private void RequireNone(bool isNone, string what)
    {
        if (!isNone)
        {
            throw cursor.Refuse($"the text says {what} twice; say it once");
        }
    }
}
