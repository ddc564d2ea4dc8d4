namespace Ordinaut.Schedules;

/// <summary>A day of the week, with its place in the month or year: 1 is the first, -1 the last, 0 every one.</summary>
/// <param name="Day">0 is Monday, 6 Sunday.</param>
/// <param name="Place">Within the month or year, as <see cref="DayRule.PlacesInMonth"/> says.</param>
internal readonly record struct WeekdayPlace(int Day, int Place);

/// <summary>
/// Which days a rule means, by the parts of RFC 5545 3.3.10 that speak of days; a day must satisfy every part
/// that is present. Answers are kept as one bit set per shape of month or year, of which there are 28, so
/// that a rule looks at each shape once and from then on costs a table look-up per month.
/// </summary>
internal sealed class DayRule
{
    /// <summary>Set in a kept bit set; the days themselves take bits 0 to 30.</summary>
    private const uint Known = 1u << 31;

    private readonly uint[] _masks;

    public DayRule() => _masks = new uint[28 * 12];

    /// <summary>Bit 1 is January; 0 when every month will do.</summary>
    public int Months { get; init; }

    /// <summary>1 to 31, or -31 to -1 from the end of the month.</summary>
    public IReadOnlyList<int> MonthDays { get; init; } = [];

    public IReadOnlyList<WeekdayPlace> Weekdays { get; init; } = [];

    /// <summary>Whether a place counts within the month (else within the year).</summary>
    public bool PlacesInMonth { get; init; }

    /// <summary>1 to 366, or -366 to -1 from the end of the year.</summary>
    public IReadOnlyList<int> YearDays { get; init; } = [];

    /// <summary>
    /// 1 to 53, or -53 to -1 from the end of the year; a week belongs to the year of most of its days.
    /// </summary>
    public IReadOnlyList<int> WeekNumbers { get; init; } = [];

    /// <summary>The first day of the week; 0 is Monday.</summary>
    public int WeekStart { get; init; }

    /// <summary>Whether every day satisfies the rule.</summary>
    public bool IsEveryDay => Months == 0 && MonthDays.Count + Weekdays.Count + YearDays.Count + WeekNumbers.Count == 0;

    /// <summary>Whether any day of the calendar satisfies the rule: 400 years have seen every shape of year.</summary>
    public bool HasDays()
    {
        for (var month = 0; month < 400 * 12; month++)
        {
            if (InMonth(2000 + month / 12, month % 12 + 1) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private bool LooksAtYear =>
        YearDays.Count + WeekNumbers.Count > 0 || (!PlacesInMonth && Weekdays.Any(day => day.Place != 0));

    /// <summary>The days of the month that satisfy the rule; bit 0 is the first.</summary>
    public uint InMonth(int year, int month)
    {
        if (Months != 0 && (Months >> month & 1) == 0)
        {
            return 0;
        }

        var newYear = new DateOnly(year, 1, 1).DayNumber;
        var slot = (LeapShape(year) * 7 + newYear % 7) * 12 + month - 1;
        var kept = _masks[slot];
        if (kept == 0)
        {
            // Two threads may both get here: they compute and store the same value.
            kept = Compute(year, month) | Known;
            _masks[slot] = kept;
        }

        return kept & ~Known;
    }

    /// <summary>Which of last year, this year and next year is a leap year: with the week day of New Year this
    /// settles the shape of the year and of the weeks at its borders.</summary>
    private static int LeapShape(int year) =>
        DateTime.IsLeapYear(year) ? 1
        : year > 1 && DateTime.IsLeapYear(year - 1) ? 2
        : year < 9999 && DateTime.IsLeapYear(year + 1) ? 3
        : 0;

    private uint Compute(int year, int month)
    {
        var shape = LooksAtYear ? new YearShape(year, WeekStart) : default;
        var first = new DateOnly(year, month, 1);
        var length = DateTime.DaysInMonth(year, month);
        var mask = 0u;
        for (var day = 1; day <= length; day++)
        {
            var inMonth = new Place(day, length);
            var inYear = new Place(first.DayOfYear + day - 1, DateTime.IsLeapYear(year) ? 366 : 365);
            var weekday = (first.DayNumber + day - 1) % 7;
            var fits =
                Fits(MonthDays, inMonth)
                && Fits(YearDays, inYear)
                && FitsWeekday(weekday, PlacesInMonth ? inMonth : inYear)
                && (WeekNumbers.Count == 0 || Fits(WeekNumbers, shape.WeekOf(inYear.Number - 1)));
            mask |= fits ? 1u << (day - 1) : 0;
        }

        return mask;
    }

    private static bool Fits(IReadOnlyList<int> numbers, Place place)
    {
        if (numbers.Count == 0)
        {
            return true;
        }

        foreach (var number in numbers)
        {
            if (number == place.Number || number == place.Number - place.Of - 1)
            {
                return true;
            }
        }

        return false;
    }

    private bool FitsWeekday(int weekday, Place place)
    {
        var fits = Weekdays.Count == 0;
        foreach (var wanted in Weekdays)
        {
            var fromStart = (place.Number - 1) / 7 + 1;
            var fromEnd = -((place.Of - place.Number) / 7 + 1);
            fits |=
                wanted.Day == weekday && (wanted.Place == 0 || wanted.Place == fromStart || wanted.Place == fromEnd);
        }

        return fits;
    }

    /// <summary>The number-th of so many.</summary>
    private readonly record struct Place(int Number, int Of);

    /// <summary>The weeks of one year: week 1 is the first with four of its days in the year.</summary>
    private readonly struct YearShape
    {
        private readonly int _start;
        private readonly int _next;
        private readonly int _weeksBefore;
        private readonly int _weeksAfter;

        public YearShape(int year, int weekStart)
        {
            var newYear = new DateOnly(year, 1, 1).DayNumber;
            var length = LengthOf(year);
            _start = FirstWeek(newYear, weekStart);
            _next = length + FirstWeek(newYear + length, weekStart);
            var lengthBefore = LengthOf(year - 1);

            // 371 is a multiple of seven: it keeps the day number of year 0 from being negative.
            _weeksBefore = (lengthBefore + _start - FirstWeek(newYear - lengthBefore + 371, weekStart)) / 7;
            var lengthAfter = LengthOf(year + 1);
            var nextButOne = length + lengthAfter + FirstWeek(newYear + length + lengthAfter, weekStart);
            _weeksAfter = (nextButOne - _next) / 7;
        }

        /// <summary>The week of a day, counted from 0 on New Year, within the year that the week belongs to.</summary>
        public Place WeekOf(int day) =>
            day < _start ? new Place(_weeksBefore, _weeksBefore)
            : day >= _next ? new Place(1, _weeksAfter)
            : new Place((day - _start) / 7 + 1, (_next - _start) / 7);

        private static int LengthOf(int year) => year is >= 1 and <= 9999 && DateTime.IsLeapYear(year) ? 366 : 365;

        /// <summary>Where week 1 begins, in days from New Year: -3 to 3.</summary>
        private static int FirstWeek(int newYear, int weekStart)
        {
            var into = (newYear - weekStart + 7) % 7;
            return into <= 3 ? -into : 7 - into;
        }
    }
}
