namespace Ordinaut.Schedules;

/// <summary>
/// Reads a spoken schedule, clause by clause. Each word is taken by exactly one rule, and a part said twice is
/// refused: what comes out is all that was said.
/// </summary>
internal sealed class SpokenReader
{
    private const string ClauseExpected =
        "here stands how often ('every weekday', 'every 2 hours', 'monthly'), a day ('tomorrow', 'on 2027-03-05', "
        + "'on the 1st'), a time ('at 08:30'), 'in 20 minutes', 'between 9 and 17' or 'except weekends'";

    private readonly SpokenCursor _cursor;
    private readonly SpokenWish _wish = new();
    private readonly SpokenTimes _times;
    private readonly SpokenDays _days;

    private SpokenReader(string text)
    {
        _cursor = new SpokenCursor(SpokenScanner.Scan(text));
        _times = new SpokenTimes(_cursor);
        _days = new SpokenDays(_cursor, _wish);
    }

    public static SpokenWish Read(string text)
    {
        var reader = new SpokenReader(text);
        if (reader._cursor.IsAtEnd)
        {
            throw reader._cursor.Refuse(ClauseExpected);
        }

        while (!reader._cursor.IsAtEnd)
        {
            reader.Clause();
            if (reader._cursor.Now.Kind == SpokenTokenKind.Comma)
            {
                reader._cursor.Take();
            }
        }

        return reader._wish;
    }

    private void Clause()
    {
        var token = _cursor.Now;
        if (_cursor.TakeIf("every", "each"))
        {
            _wish.IsEvery = true;
            Every();
        }
        else if (SpokenVocabulary.Rate(token) is { } unit)
        {
            _cursor.Take();
            _wish.IsEvery = true;
            SetUnit(token, unit, 1);
        }
        else if (_cursor.TakeIf("fortnightly"))
        {
            _wish.IsEvery = true;
            SetUnit(token, SpokenUnit.Week, 2);
        }
        else if (_cursor.TakeIf("at"))
        {
            At();
        }
        else if (_times.IsAt(0, isBare: false))
        {
            Times();
        }
        else if (!TryRate() && !new SpokenSpan(_cursor, _wish).TryRead())
        {
            Day();
        }
    }

    private void Every()
    {
        var token = _cursor.Now;
        var next = _cursor.Peek(1);
        if (_cursor.TakeIf("other"))
        {
            Each(2);
        }
        else if (token.Is("half") || (token.Is("quarter") && (next.Is("of") || next.Is("hour"))))
        {
            _cursor.Take();
            _ = _cursor.TakeIf("of") | _cursor.TakeIf("an");
            _cursor.Expect("hour", "'hour' stands here");
            SetUnit(token, SpokenUnit.Minute, token.Is("half") ? 30 : 15);
        }
        else if (_days.IsMonthAt(0) || (SpokenVocabulary.Number(token) is not null && _days.IsMonthAt(1)))
        {
            _days.DayOfMonth();
        }
        else if (SpokenVocabulary.Ordinal(token) is { } place && IsOrdinal(place))
        {
            EveryOrdinal(token, place);
        }
        else
        {
            Each(SpokenVocabulary.Number(token) is not null ? _cursor.TakeAmount() ?? 1 : 1);
        }
    }

    /// <summary>"every second" alone is the unit.</summary>
    private bool IsOrdinal(int place) =>
        place != 2
        || _cursor.Now.Kind == SpokenTokenKind.Ordinal
        || SpokenVocabulary.Unit(_cursor.Peek(1)) is not null
        || _days.IsWeekdayAt(1)
        || _cursor.Peek(1).Is("last")
        || _days.IsPlaceAt(2);

    /// <summary>"every second Friday" is every other one; "every second Friday of the month" is a place.</summary>
    private void EveryOrdinal(SpokenToken token, int place)
    {
        var isUnit = SpokenVocabulary.Unit(_cursor.Peek(1)) is not null;
        var after = _cursor.Peek(2);
        var isCounted = place > 1 && (isUnit || _days.IsWeekdayAt(1)) && !after.Is("of") && !after.Is("in");
        if (!isCounted)
        {
            _days.Places();
        }
        else if (isUnit || place == 2)
        {
            _cursor.Take();
            Each(place);
        }
        else
        {
            throw SpokenCursor.Refuse(token, "say 'every 3 weeks on Friday' or 'the third Friday of the month'");
        }
    }

    /// <summary>A unit, a part of the day or weekdays after "every".</summary>
    private void Each(int interval)
    {
        var token = _cursor.Now;
        if (_cursor.TakeUnit() is { } unit)
        {
            SetUnit(token, unit.Unit, interval * unit.Size);
        }
        else if (SpokenTimes.Part(token) is { } part && interval == 1)
        {
            _cursor.Take();
            _wish.DayPart = part;
            SetUnit(token, SpokenUnit.Day, 1);
        }
        else if (_days.IsWeekdayAt(0))
        {
            SetUnit(token, SpokenUnit.Week, interval);
            _wish.WeekdaysRepeat = true;
            var isGroup = _days.Weekdays(_wish.Weekdays) && _wish.Weekdays.Count > 1;
            if (interval > 2 || (interval == 2 && isGroup))
            {
                throw SpokenCursor.Refuse(token, "say 'every 2 weeks on Monday and Friday'");
            }
        }
        else
        {
            throw _cursor.Refuse("after 'every' stands 'minute', 'hour', 'day', 'week', 'month', 'year' or a weekday");
        }
    }

    private void SetUnit(SpokenToken token, SpokenUnit unit, int interval)
    {
        if (_wish.Unit is not null)
        {
            throw SpokenCursor.Refuse(token, "the text says how often twice; say it once");
        }

        (_wish.Unit, _wish.Interval) = (unit, interval);
    }

    private void At()
    {
        if (!_cursor.TakeIf("minute", "minutes"))
        {
            Times();
            return;
        }

        do
        {
            _wish.Minutes.Add(
                SpokenVocabulary.Number(_cursor.Now) is <= 59 and { } minute && _cursor.Take() is var _
                    ? minute
                    : throw _cursor.Refuse("a minute of the hour stands here, 0 to 59")
            );
        } while (_cursor.TakeSeparator(ahead => SpokenVocabulary.Number(_cursor.Peek(ahead)) is not null));
    }

    private void Times()
    {
        if (_wish.Times.Count > 0)
        {
            throw _cursor.Refuse("the text says the time twice; say the times in one list, as 'at 8 and 20'");
        }

        _wish.Times.AddRange(_times.List());
    }

    /// <summary>twice a day; three times per week; once.</summary>
    private bool TryRate()
    {
        var token = _cursor.Now;
        var count =
            token.Is("once") ? 1
            : token.Is("twice") ? 2
            : SpokenVocabulary.Number(token) ?? 0;
        var isTimes = !token.Is("once") && !token.Is("twice");
        if (count < 1 || (isTimes && !_cursor.Peek(1).Is("times")))
        {
            return false;
        }

        _cursor.Take();
        if (isTimes)
        {
            _cursor.Take();
        }

        var isPer = _cursor.TakeIf("a", "an", "per", "each", "every");
        var rate = isPer ? SpokenVocabulary.Unit(_cursor.Now) : SpokenVocabulary.Rate(_cursor.Now);
        if (rate is { } unit)
        {
            SetUnit(_cursor.Take(), unit, 1);
            (_wish.IsEvery, _wish.Rate) = (true, count);
        }
        else if (token.Is("once") && !isPer)
        {
            _wish.IsOnce = true;
        }
        else
        {
            throw _cursor.Refuse("'a day', 'a week' or 'a month' stands here");
        }

        return true;
    }

    private void Day() => new SpokenDayClause(_cursor, _wish, _times, _days).Read(ClauseExpected);
}
