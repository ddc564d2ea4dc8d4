namespace Ordinaut.Schedules;

/// <summary>A time of day as it was said.</summary>
/// <param name="Second">Of the day.</param>
/// <param name="IsBare">Whether it is an hour alone, without minutes, am or pm.</param>
internal readonly record struct SpokenTime(int Second, bool IsBare);

internal enum SpokenNoun
{
    /// <summary>"the 15th": a day of the month without a word for it.</summary>
    None,
    Day,
    WorkingDay,
    Weekday,
}

/// <summary>Places within a month, quarter or year: the first and third Monday, the last working day.</summary>
/// <param name="Numbers">1 is the first, -1 the last.</param>
/// <param name="Weekday">0 is Monday; read with <see cref="SpokenNoun.Weekday"/> only.</param>
internal sealed record SpokenPlaces(List<int> Numbers, SpokenNoun Noun, int Weekday);

/// <summary>A day that is said once.</summary>
/// <param name="InDays">So many days from today; for a weekday, the least number of them.</param>
/// <param name="Weekday">The first such day from there on; 0 is Monday.</param>
/// <param name="Date">The day itself.</param>
internal sealed record SpokenDay(int InDays, int? Weekday = null, DateOnly? Date = null);

/// <summary>What a text says about when, part by part; nothing in it is guessed.</summary>
internal sealed class SpokenWish
{
    /// <summary>Whether "every" or a word such as "daily" was said.</summary>
    public bool IsEvery { get; set; }

    public bool IsOnce { get; set; }

    public SpokenUnit? Unit { get; set; }

    public int Interval { get; set; } = 1;

    /// <summary>0 is Monday.</summary>
    public List<int> Weekdays { get; } = [];

    /// <summary>Whether the weekdays come again and again: Fridays, weekdays.</summary>
    public bool WeekdaysRepeat { get; set; }

    public SpokenPlaces? Places { get; set; }

    /// <summary>1 is January.</summary>
    public List<int> Months { get; } = [];

    public int? Year { get; set; }

    public List<SpokenTime> Times { get; } = [];

    /// <summary>Minutes of the hour, for what comes each hour.</summary>
    public List<int> Minutes { get; } = [];

    public (int From, int To)? Window { get; set; }

    public List<int> ExceptWeekdays { get; } = [];

    public List<int> ExceptMonths { get; } = [];

    public SpokenDay? Day { get; set; }

    /// <summary>From now: 1 hour and 30 minutes.</summary>
    public List<(int Amount, SpokenUnit Unit)> Span { get; } = [];

    /// <summary>morning, afternoon, evening or night, for the times that leave it open.</summary>
    public string? DayPart { get; set; }

    /// <summary>twice a day: how many times in one <see cref="Unit"/>.</summary>
    public int? Rate { get; set; }

    /// <summary>The first day that counts.</summary>
    public DateOnly? Start { get; set; }

    public string? Zone { get; set; }

    /// <summary>The times as seconds of the day, in order.</summary>
    public List<int> TimesOfDay()
    {
        var times = DayPart is { } part ? Times.ConvertAll(time => SpokenTimes.In(time, part)) : Times;
        return [.. times.Select(time => time.Second).Distinct().Order()];
    }
}
