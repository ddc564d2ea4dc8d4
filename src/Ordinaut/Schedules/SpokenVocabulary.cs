using System.Collections.Frozen;

namespace Ordinaut.Schedules;

/// <summary>Spans and rates of a spoken schedule, from fine to coarse.</summary>
internal enum SpokenUnit
{
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// <summary>The English words a spoken schedule is made of.</summary>
internal static class SpokenVocabulary
{
    public static readonly int[] WorkingDays = [0, 1, 2, 3, 4];

    private static readonly int[] WeekendDays = [5, 6];

    /// <summary>Words that people say and that mean two things, or belong elsewhere: and what to say instead.</summary>
    private static readonly FrozenDictionary<string, string> Elsewhere = new Dictionary<string, string>
    {
        ["biweekly"] = "it means two things; say 'every other week' or 'twice a week'",
        ["bimonthly"] = "it means two things; say 'every other month' or 'twice a month'",
        ["until"] = "an end belongs in the task's ends_at",
        ["till"] = "an end belongs in the task's ends_at",
        ["holiday"] = "days to leave out belong in the task's exclude",
        ["holidays"] = "days to leave out belong in the task's exclude",
        ["sunrise"] = "only times of the clock are known, such as 06:30",
        ["sunset"] = "only times of the clock are known, such as 18:30",
        ["when"] = "for what happens use a schedule of the kind event or condition",
        ["whenever"] = "for what happens use a schedule of the kind event or condition",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, int> Weekdays = Named(
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
        [("tues", 1), ("thur", 3), ("thurs", 3)],
        0
    );

    private static readonly FrozenDictionary<string, int> Months = Named(
        [.. Enumerable.Range(1, 12).Select(month => Wording.Month(month).ToLowerInvariant())],
        [("sept", 9)],
        1
    );

    private static readonly FrozenDictionary<string, int> Ordinals = Named(
        ["first", "second", "third", "fourth", "fifth", "last"],
        [],
        1,
        abbreviates: false
    );

    private static readonly FrozenDictionary<string, int> Numbers = new Dictionary<string, int>
    {
        ["one"] = 1,
        ["two"] = 2,
        ["three"] = 3,
        ["four"] = 4,
        ["five"] = 5,
        ["six"] = 6,
        ["seven"] = 7,
        ["eight"] = 8,
        ["nine"] = 9,
        ["ten"] = 10,
        ["eleven"] = 11,
        ["twelve"] = 12,
        ["fifteen"] = 15,
        ["twenty"] = 20,
        ["thirty"] = 30,
        ["ninety"] = 90,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, SpokenUnit> Units = new Dictionary<string, SpokenUnit>
    {
        ["second"] = SpokenUnit.Second,
        ["sec"] = SpokenUnit.Second,
        ["minute"] = SpokenUnit.Minute,
        ["min"] = SpokenUnit.Minute,
        ["hour"] = SpokenUnit.Hour,
        ["hr"] = SpokenUnit.Hour,
        ["day"] = SpokenUnit.Day,
        ["week"] = SpokenUnit.Week,
        ["month"] = SpokenUnit.Month,
        ["quarter"] = SpokenUnit.Quarter,
        ["year"] = SpokenUnit.Year,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, SpokenUnit> Rates = new Dictionary<string, SpokenUnit>
    {
        ["hourly"] = SpokenUnit.Hour,
        ["daily"] = SpokenUnit.Day,
        ["weekly"] = SpokenUnit.Week,
        ["monthly"] = SpokenUnit.Month,
        ["quarterly"] = SpokenUnit.Quarter,
        ["yearly"] = SpokenUnit.Year,
        ["annually"] = SpokenUnit.Year,
    }.ToFrozenDictionary();

    private static readonly string[] Small =
    [
        "every",
        "each",
        "other",
        "fortnight",
        "fortnightly",
        "weekday",
        "weekend",
        "workday",
        "working",
        "business",
        "between",
        "from",
        "except",
        "starting",
        "today",
        "tonight",
        "tomorrow",
        "next",
        "this",
        "noon",
        "midnight",
        "half",
        "past",
        "morning",
        "afternoon",
        "evening",
        "night",
        "twice",
        "times",
        "through",
    ];

    /// <summary>What a mistyped word may have been meant to be.</summary>
    private static readonly string[] Known =
    [
        .. Weekdays.Keys.Where(word => word.Length > 5),
        .. Months.Keys.Where(word => word.Length > 3),
        .. Ordinals.Keys,
        .. Units.Keys.Where(word => word.Length > 3),
        .. Rates.Keys,
        .. Small,
    ];

    /// <summary>0 is Monday.</summary>
    public static int? Weekday(SpokenToken token) => Find(Weekdays, token) ?? Find(Weekdays, Singular(token));

    /// <summary>The days of a word such as weekdays or weekend.</summary>
    public static int[]? DayGroup(SpokenToken token) =>
        Singular(token).Text switch
        {
            "weekday" or "workday" => WorkingDays,
            "weekend" => WeekendDays,
            _ => null,
        };

    public static bool IsPlural(SpokenToken token) => token.Text.EndsWith('s') && Find(Weekdays, token) is null;

    /// <summary>1 is January.</summary>
    public static int? Month(SpokenToken token) => Find(Months, token);

    /// <summary>first is 1, last is -1.</summary>
    public static int? Ordinal(SpokenToken token) =>
        token.Kind == SpokenTokenKind.Ordinal ? token.Value
        : token.Is("last") ? -1
        : Find(Ordinals, token);

    public static int? Number(SpokenToken token) =>
        token.Kind == SpokenTokenKind.Number ? token.Value : Find(Numbers, token);

    public static SpokenUnit? Unit(SpokenToken token) => Find(Units, token) ?? Find(Units, Singular(token));

    /// <summary>daily, weekly and so on.</summary>
    public static SpokenUnit? Rate(SpokenToken token) => Find(Rates, token);

    /// <summary>What to say instead, or the word that was probably meant.</summary>
    public static string Hint(SpokenToken token)
    {
        if (Elsewhere.TryGetValue(token.Text, out var instead))
        {
            return $": {instead}";
        }

        return token.Kind == SpokenTokenKind.Word && !Known.Contains(token.Text) ? Nearest.Hint(token.Text, Known) : "";
    }

    private static SpokenToken Singular(SpokenToken token) =>
        token.Text.EndsWith('s') ? token with { Text = token.Text[..^1] } : token;

    private static T? Find<T>(FrozenDictionary<string, T> words, SpokenToken token)
        where T : struct =>
        token.Kind == SpokenTokenKind.Word && words.TryGetValue(token.Text, out var found) ? found : null;

    /// <summary>Names with their first three letters as their short form.</summary>
    private static FrozenDictionary<string, int> Named(
        string[] names,
        (string Name, int Value)[] more,
        int first,
        bool abbreviates = true
    )
    {
        var named = more.ToDictionary(pair => pair.Name, pair => pair.Value);
        for (var i = 0; i < names.Length; i++)
        {
            named[names[i]] = first + i;
            if (abbreviates)
            {
                named[names[i][..3]] = first + i;
            }
        }

        return named.ToFrozenDictionary();
    }
}
