using System.Globalization;

namespace Ordinaut.Schedules;

/// <summary>The English words that descriptions are made of.</summary>
internal static class Wording
{
    private static readonly string[] Months =
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];

    private static readonly string[] Weekdays =
    [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];

    private static readonly string[] Places = ["first", "second", "third", "fourth", "fifth"];

    /// <param name="month">1 is January.</param>
    public static string Month(int month) => Months[month - 1];

    /// <param name="day">0 is Monday.</param>
    public static string Weekday(int day) => Weekdays[day];

    /// <summary>a, b and c.</summary>
    public static string And(IReadOnlyList<string> items) =>
        items.Count < 2 ? string.Concat(items) : $"{string.Join(", ", items.SkipLast(1))} and {items[^1]}";

    /// <summary>1st, 2nd, 11th.</summary>
    public static string Ordinal(int number) =>
        (number % 100) switch
        {
            11 or 12 or 13 => $"{number}th",
            _ => (number % 10) switch
            {
                1 => $"{number}st",
                2 => $"{number}nd",
                3 => $"{number}rd",
                _ => $"{number}th",
            },
        };

    /// <summary>first, 20th, last, second last.</summary>
    public static string Place(int place) =>
        place switch
        {
            -1 => "last",
            < -1 => $"{Place(-place)} last",
            _ => place <= Places.Length ? Places[place - 1] : Ordinal(place),
        };

    /// <summary>weekdays, weekends, or Mondays and Fridays.</summary>
    /// <param name="days">0 is Monday.</param>
    public static string WeekdayPlurals(IEnumerable<int> days)
    {
        int[] ordered = [.. days.Distinct().Order()];
        return ordered switch
        {
            [0, 1, 2, 3, 4] => "weekdays",
            [5, 6] => "weekends",
            [0, 1, 2, 3, 4, 5, 6] => "every day",
            _ => And([.. ordered.Select(day => Weekday(day) + "s")]),
        };
    }

    public static string MonthList(IEnumerable<int> months) => And([.. months.Order().Select(Month)]);

    /// <summary>the 1st and 15th, the last day, the second last day.</summary>
    public static string MonthDays(IEnumerable<int> days)
    {
        int[] ordered = [.. days.OrderBy(day => day < 0 ? 100 + day : day)];
        var named = ordered.Select(day => day > 0 ? Ordinal(day) : $"{Place(day)} day");
        return $"the {And([.. named])}";
    }

    /// <summary>every day, every other day, every 3 days.</summary>
    public static string Every(int interval, string unit) =>
        interval switch
        {
            1 => $"every {unit}",
            2 => $"every other {unit}",
            _ => $"every {interval.ToString(CultureInfo.InvariantCulture)} {unit}s",
        };

    /// <summary>every minute, every 90 seconds: in the largest unit that divides it.</summary>
    public static string Every(long seconds)
    {
        var (size, unit) = seconds switch
        {
            _ when seconds % 3600 == 0 => (3600, "hour"),
            _ when seconds % 60 == 0 => (60, "minute"),
            _ => (1, "second"),
        };
        var number = seconds / size;
        return number == 1 ? $"every {unit}" : $"every {number} {unit}s";
    }

    public static string Date(long local) => $"{DateOnly.FromDayNumber((int)(local / Seconds.PerDay)):yyyy-MM-dd}";

    /// <summary>The members of a bit set.</summary>
    public static int[] Members(ulong set) => [.. Enumerable.Range(0, 64).Where(value => (set >> value & 1) != 0)];
}
