namespace Ordinaut.Schedules;

/// <summary>The days that a recurrence is about, as fields of cron and as parts of a rule.</summary>
internal sealed class SpokenDaySet
{
    private const int MaxWeekdayPlace = 5;

    /// <summary>Every month has so many working days, and days.</summary>
    private const int WorkingDaysInEach = 20;
    private const int DaysInEach = 28;

    private static readonly string[] Codes = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

    private readonly SpokenUnit _unit;
    private readonly List<int> _weekdays;
    private readonly List<int> _months;
    private readonly SpokenPlaces? _places;

    public SpokenDaySet(SpokenWish wish, SpokenUnit unit)
    {
        (_unit, _places) = (unit, wish.Places);
        Check(wish);
        _weekdays = Left(wish.Weekdays, wish.ExceptWeekdays, 0, 7);
        _months = _places is null ? Left(wish.Months, wish.ExceptMonths, 1, 12) : MonthsOfPlaces(wish, _places);
    }

    /// <summary>How many days there are in one unit.</summary>
    public int PerUnit =>
        _unit switch
        {
            SpokenUnit.Day => 1,
            SpokenUnit.Week => _weekdays.Count,
            _ => _places!.Numbers.Count,
        };

    public bool IsPositioned => _places?.Noun == SpokenNoun.WorkingDay;

    /// <summary>Day of month, month and day of week; null where cron has no words for them.</summary>
    public string? CronFields
    {
        get
        {
            var day = _places switch
            {
                null => "*",
                { Noun: SpokenNoun.WorkingDay or SpokenNoun.Weekday } => null,
                { Numbers: [-1] } => "L",
                { Numbers: var numbers } => numbers.TrueForAll(number => number > 0) ? string.Join(',', numbers) : null,
            };
            return day is null ? null : $"{day} {CronMonths(_months)} {CronWeekdays(_weekdays)}";
        }
    }

    public static string CronMonths(List<int> months) => months.Count == 0 ? "*" : string.Join(',', months);

    /// <summary>Cron counts from Sunday.</summary>
    public static string CronWeekdays(List<int> weekdays) =>
        weekdays switch
        {
            [] => "*",
            [0, 1, 2, 3, 4] => "1-5",
            _ => string.Join(',', weekdays.Select(day => (day + 1) % 7).Order()),
        };

    public static string RuleWeekdays(IEnumerable<int> weekdays) =>
        $"BYDAY={string.Join(',', weekdays.Select(day => Codes[day]))}";

    public static string RuleMonths(List<int> months) => $"BYMONTH={string.Join(',', months)}";

    /// <summary>What is left of the days or months said, or of all of them; empty for all of them.</summary>
    public static List<int> Left(List<int> said, List<int> except, int first, int count)
    {
        var all = said.Count == 0 ? Enumerable.Range(first, count) : said;
        var left = all.Except(except).Distinct().Order().ToList();
        return left.Count switch
        {
            0 => throw SpokenSchedule.Refuse("What 'except' leaves out is all there is."),
            _ => left.Count == count ? [] : left,
        };
    }

    /// <summary>The frequency and the BY parts; more than one rule where one could not say it in words.</summary>
    public IEnumerable<(string Frequency, string Parts)> RuleParts(int interval)
    {
        var frequency = _unit switch
        {
            SpokenUnit.Day => "DAILY",
            SpokenUnit.Week => "WEEKLY",
            SpokenUnit.Year when interval > 1 => "YEARLY",
            _ => "MONTHLY",
        };
        string[] months = _months.Count == 0 ? [] : [RuleMonths(_months)];
        return DayParts().Select(days => (frequency, string.Join(';', [.. months, .. days])));
    }

    private IEnumerable<string[]> DayParts() =>
        _places switch
        {
            null when _weekdays.Count == 0 => [_unit == SpokenUnit.Week ? [RuleWeekdays(Enumerable.Range(0, 7))] : []],
            null =>
            [
                [RuleWeekdays(_weekdays)],
            ],
            { Noun: SpokenNoun.WorkingDay } places => places.Numbers.Select(number =>
                new[] { RuleWeekdays(SpokenVocabulary.WorkingDays), $"BYSETPOS={number}" }
            ),
            { Noun: SpokenNoun.Weekday } places =>
            [
                [$"BYDAY={string.Join(',', places.Numbers.Select(number => $"{number}{Codes[places.Weekday]}"))}"],
            ],
            { } places =>
            [
                [$"BYMONTHDAY={string.Join(',', places.Numbers)}"],
            ],
        };

    private void Check(SpokenWish wish)
    {
        var isFine = _unit <= SpokenUnit.Week;
        Refuse(_unit == SpokenUnit.Week && wish.Weekdays.Count == 0, "Say on which day of the week, as 'on Monday'.");
        Refuse(isFine && _places is not null, "A day of the month goes with 'monthly', 'quarterly' or 'every year'.");
        Refuse(!isFine && _places is null, "Say on which day, as 'on the 1st' or 'on the first Monday'.");
        Refuse(
            !isFine && wish.Weekdays.Count + wish.ExceptWeekdays.Count > 0,
            "Weekdays go with 'every day' or 'every week'; of a month say 'the first Monday'."
        );
        var filters = wish.ExceptWeekdays.Count + wish.ExceptMonths.Count;
        filters += _unit == SpokenUnit.Year ? 0 : wish.Months.Count;
        filters += _unit == SpokenUnit.Day ? wish.Weekdays.Count : 0;
        Refuse(
            wish.Interval > 1 && (filters > 0 || _unit == SpokenUnit.Quarter),
            "'every other' and 'every 3' go with plain days, weeks, months and years only."
        );
    }

    private List<int> MonthsOfPlaces(SpokenWish wish, SpokenPlaces places)
    {
        var isOfMonth = _unit == SpokenUnit.Month || wish.Months.Count > 0;
        var most = places.Noun switch
        {
            SpokenNoun.Weekday => isOfMonth ? MaxWeekdayPlace : MaxWeekdayPlace - 1,
            SpokenNoun.WorkingDay => WorkingDaysInEach,
            _ => isOfMonth ? 31 : DaysInEach,
        };
        Refuse(places.Numbers.Exists(number => Math.Abs(number) > most), $"Such a day has a place of at most {most}.");
        Refuse(_unit == SpokenUnit.Quarter && wish.Months.Count > 0, "Say either a quarter or months.");
        if (isOfMonth)
        {
            return Left(wish.Months, wish.ExceptMonths, 1, 12);
        }

        var isFromEnd = places.Numbers[0] < 0;
        var isMixed = places.Numbers.Exists(number => number < 0 != isFromEnd);
        Refuse(isMixed || wish.ExceptMonths.Count > 0, "That is more than a quarter or year can say; name the months.");
        Refuse(_unit == SpokenUnit.Year && places.Noun == SpokenNoun.None, "Say of which month, as '5 March'.");
        return (_unit, isFromEnd) switch
        {
            (SpokenUnit.Quarter, false) => [1, 4, 7, 10],
            (SpokenUnit.Quarter, true) => [3, 6, 9, 12],
            (_, false) => [1],
            _ => [12],
        };
    }

    private static void Refuse(bool isWrong, string detail)
    {
        if (isWrong)
        {
            throw SpokenSchedule.Refuse(detail);
        }
    }
}
