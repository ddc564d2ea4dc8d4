using CsCheck;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using NodaTime;
using NodaTime.TimeZones;

namespace Ordinaut.Tests.Schedules;

/// <summary>The recurrence engine against two others: a day-by-day walk written here, and Ical.Net.</summary>
public sealed class RRuleOracleTests
{
    private static readonly Gen<DateTime> Starts = Gen.Select(
        Gen.Int[0, 4000],
        // Most clocks change in the first hours of a day: they must be met often.
        Gen.OneOf(Gen.Int[0, 23], Gen.Int[0, 3]),
        Gen.Int[0, 3],
        (day, hour, quarter) => new DateTime(2020, 1, 1).AddDays(day).AddHours(hour).AddMinutes(quarter * 15)
    );

    private static readonly Gen<string> ZoneIds = OneOf(
        "UTC",
        "Europe/Chisinau",
        "America/New_York",
        "Europe/Dublin",
        "Africa/Casablanca",
        "Australia/Lord_Howe",
        "America/Sao_Paulo"
    );

    private static readonly Gen<string> Intervals = Gen.OneOf(
        Gen.Const(""),
        Gen.Int[2, 5].Select(interval => $";INTERVAL={interval}")
    );

    private static readonly Gen<string> Months = Gen.OneOf(
        Gen.Const(""),
        Gen.Const(""),
        Gen.Int[1, 12].Array[1, 3].Select(months => $";BYMONTH={string.Join(',', months.Distinct())}")
    );

    private static readonly Gen<string> PlainDays = Gen.OneOf(
        Gen.Const(""),
        Gen.Int[0, 6]
            .Array[1, 4]
            .Select(days => $";BYDAY={string.Join(',', days.Distinct().Select(d => DayOracle.Weekdays[d]))}")
    );

    private static readonly Gen<string> MonthDays = Gen.OneOf(
        Gen.Const(""),
        Gen.OneOf(Gen.Int[1, 31], Gen.Int[-31, -1])
            .Array[1, 3]
            .Select(days => $";BYMONTHDAY={string.Join(',', days.Distinct())}")
    );

    private static readonly Gen<string> PlacedDays = Gen.Select(
        Gen.OneOf(Gen.Int[1, 5], Gen.Int[-5, -1]),
        Gen.Int[0, 6],
        (place, day) => $";BYDAY={place}{DayOracle.Weekdays[day]}"
    );

    private static readonly Gen<string> Hours = Gen.OneOf(
        Gen.Const(""),
        Gen.OneOf(Gen.Int[0, 23], Gen.Int[0, 3])
            .Array[1, 3]
            .Select(hours => $";BYHOUR={string.Join(',', hours.Distinct())}")
    );

    private static readonly Gen<string> Rules = Gen.OneOf(
        Gen.Select(Intervals, Months, PlainDays, (a, b, c) => $"FREQ=DAILY{a}{b}{c}"),
        Gen.Select(Intervals, Months, PlainDays, (a, b, c) => $"FREQ=WEEKLY{a}{b}{c}"),
        Gen.Select(Intervals, MonthDays, PlainDays, (a, b, c) => $"FREQ=MONTHLY{a}{b}{c}"),
        Gen.Select(Intervals, PlacedDays, (a, b) => $"FREQ=MONTHLY{a}{b}"),
        Gen.Select(Gen.Int[1, 12], PlacedDays, (month, b) => $"FREQ=YEARLY;BYMONTH={month}{b}"),
        Gen.Select(Intervals, Gen.Int[1, 12], MonthDays, (a, month, b) => $"FREQ=YEARLY{a};BYMONTH={month}{b}")
    );

    [Fact]
    public void A_rule_of_days_has_the_instants_that_a_walk_over_all_days_finds()
    {
        Gen.Select(Rules, Hours, Starts, ZoneIds, Gen.Int[0, 900])
            .Sample(
                (rule, hours, start, zone, daysLater) =>
                {
                    var text = $"DTSTART;TZID={zone}:{start:yyyyMMdd'T'HHmmss}\nRRULE:{rule}{hours}";
                    var from = new DateTimeOffset(start.AddDays(daysLater), TimeSpan.Zero);
                    var through = from.AddDays(700);
                    var expected = DayOracle.Walk(rule + hours, start, zone, from, through);

                    var runs = expected.Count == 0 ? RunsIfAny(text, from, through) : RunsOf(text, from, through);

                    Assert.Equal(expected, runs);
                    if (expected.Count > 0)
                    {
                        Assert.Equal(expected.Count, When.Rrule(text).Count(from, through));
                    }
                },
                iter: 250,
                threads: 1
            );
    }

    /// <summary>
    /// Not compared, because Ical.Net is known to be wrong there: finer than DAILY, YEARLY with BYMONTHDAY and no
    /// BYMONTH, BYYEARDAY, BYWEEKNO, and rules that never match; nor starts that are no occurrence.
    /// </summary>
    [Fact]
    public void A_rule_of_days_agrees_with_Ical_Net()
    {
        var compared = 0;
        Gen.Select(Rules, Starts, OneOf("UTC", "Europe/Chisinau", "America/New_York"))
            .Sample(
                (rule, start, zone) =>
                {
                    var text = $"DTSTART;TZID={zone}:{start:yyyyMMdd'T'HHmmss}\nRRULE:{rule}";
                    var from = new DateTimeOffset(start, TimeSpan.Zero).AddDays(-2);
                    var ours = RunsIfAny(text, from, from.AddDays(700));
                    if (ours.Count == 0 || ours[0] != First(start, zone))
                    {
                        return;
                    }

                    compared++;

                    Assert.Equal(IcalNet(rule, start, zone, ours.Count), ours);
                },
                iter: 100,
                threads: 1
            );

        Assert.True(compared > 0, "no generated rule could be compared");
    }

    [Fact]
    public void Counting_and_looking_back_agree_with_stepping()
    {
        var rules = Gen.OneOf(
            Gen.Select(Rules, Hours, (rule, hours) => rule + hours),
            Gen.Select(Intervals, PlainDays, Hours, (a, b, c) => $"FREQ=HOURLY{a}{b}{c}"),
            Gen.Select(Gen.Int[1, 200], Hours, PlainDays, (a, b, c) => $"FREQ=MINUTELY;INTERVAL={a}{b}{c}"),
            Gen.Int[100, 90_000].Select(interval => $"FREQ=SECONDLY;INTERVAL={interval}"),
            Gen.Select(
                Months,
                Gen.Int[-3, -1],
                (months, p) => $"FREQ=MONTHLY{months};BYDAY=MO,TU,WE,TH,FR;BYSETPOS={p}"
            ),
            Gen.Select(PlainDays, Gen.Int[1, 40], (days, count) => $"FREQ=HOURLY;BYMINUTE=10,50{days};COUNT={count}")
        );

        Gen.Select(rules, Starts, ZoneIds, Gen.Int[0, 40], Gen.Int[0, 200_000])
            .Sample(
                (rule, start, zone, change, secondsBefore) =>
                {
                    var text = $"DTSTART;TZID={zone}:{start:yyyyMMdd'T'HHmmss}\nRRULE:{rule}";
                    if (RunsIfAny(text, DateTimeOffset.MinValue, When.Utc("2036-01-01T00:00:00Z"), most: 1).Count == 0)
                    {
                        return;
                    }

                    var schedule = When.Rrule(text);
                    var from = CronOracleTests.NearTransition(zone, change).AddSeconds(-secondsBefore);
                    var through = from.AddDays(3);

                    var runs = CronOracleTests.Runs(schedule, from, through);

                    Assert.Equal(runs.Count, schedule.Count(from, through));
                    Assert.Equal(runs.LastOrDefault() ?? "never", When.Text(schedule.LastAtOrBefore(through, from)));
                },
                iter: 250,
                threads: 1
            );
    }

    [Fact]
    public void A_rule_finer_than_daily_keeps_its_beat_in_elapsed_time()
    {
        Gen.Select(Gen.Int[1, 4000], Starts, ZoneIds, Hours, Gen.Int[0, 40])
            .Sample(
                (minutes, start, zone, hours, change) =>
                {
                    var text =
                        $"DTSTART;TZID={zone}:{start:yyyyMMdd'T'HHmmss}\nRRULE:FREQ=MINUTELY;INTERVAL={minutes}{hours}";
                    var from = CronOracleTests.NearTransition(zone, change).AddDays(-1);
                    var through = from.AddDays(2);
                    var wanted = hours.Length == 0 ? [] : DayOracle.Numbers(hours, "BYHOUR");
                    var first = When.Utc(First(start, zone));
                    var tzdb = TzdbDateTimeZoneSource.Default.ForId(zone);

                    var expected = new List<string>();
                    for (var tick = first; tick <= through; tick = tick.AddMinutes(minutes))
                    {
                        var hour = Instant.FromDateTimeOffset(tick).InZone(tzdb).Hour;
                        if (tick > from && (wanted.Length == 0 || wanted.Contains(hour)))
                        {
                            expected.Add(When.Text(tick));
                        }
                    }

                    Assert.Equal(expected, RunsIfAny(text, from, through));
                },
                iter: 100,
                threads: 1
            );
    }

    private static Gen<string> OneOf(params string[] texts) =>
        Gen.Int[0, texts.Length - 1].Select(index => texts[index]);

    private static List<string> RunsOf(string text, DateTimeOffset from, DateTimeOffset through) =>
        CronOracleTests.Runs(When.Rrule(text), from, through);

    /// <summary>Empty also for a rule that is refused because it can never fire.</summary>
    private static List<string> RunsIfAny(
        string text,
        DateTimeOffset from,
        DateTimeOffset through,
        int most = int.MaxValue
    )
    {
        try
        {
            return most == 1 ? [.. When.Rrule(text).Take(from, 1)] : RunsOf(text, from, through);
        }
        catch (Problem problem) when (problem.Message.Contains("can never fire", StringComparison.Ordinal))
        {
            return [];
        }
    }

    private static string First(DateTime start, string id) => When.Text(DayOracle.Resolve(start, id));

    private static List<string> IcalNet(string rule, DateTime start, string zone, int count)
    {
        var anEvent = new CalendarEvent
        {
            DtStart = new CalDateTime(start, zone),
            RecurrenceRule = new Ical.Net.DataTypes.RecurrenceRule(rule),
        };
        return
        [
            .. anEvent
                .GetOccurrences(new CalDateTime(start, zone))
                .Take(count)
                .Select(occurrence => When.Text(occurrence.Period.StartTime.AsUtc)),
        ];
    }
}
