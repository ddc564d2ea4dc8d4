using CsCheck;
using NodaTime;
using NodaTime.TimeZones;
using Ordinaut.Schedules;

namespace Ordinaut.Tests.Schedules;

/// <summary>
/// Cron against an oracle that walks minute by minute, written from the rules of cronie's main loop: its virtual
/// clock, its jobs with and without a star, its catching up after a gap and its waiting after an overlap.
/// </summary>
public sealed class CronOracleTests
{
    private static readonly string[] ZoneIds =
    [
        "UTC",
        "Europe/Chisinau",
        "America/New_York",
        "Europe/Dublin",
        "Africa/Casablanca",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Antarctica/Troll",
        "America/St_Johns",
        "Africa/Cairo",
    ];

    private static readonly Gen<string> Minutes = Gen.OneOf(
        Gen.Const("*"),
        Gen.Const("*/15"),
        Gen.Const("*/7"),
        Gen.Int[0, 59].Select(minute => $"{minute}"),
        Gen.Select(Gen.Int[0, 59], Gen.Int[0, 59], (a, b) => $"{a},{b}")
    );

    private static readonly Gen<string> Hours = Gen.OneOf(
        Gen.Const("*"),
        Gen.Const("*/2"),
        Gen.Const("*/6"),
        Gen.Int[0, 4].Select(hour => $"{hour}"),
        Gen.Const("0-3"),
        Gen.Select(Gen.Int[0, 23], Gen.Int[0, 4], (a, b) => $"{a},{b}")
    );

    private static readonly Gen<string> Days = Gen.OneOf(
        Gen.Const("* * *"),
        Gen.Const("* * 0"),
        Gen.Const("* * 1-5"),
        Gen.Int[1, 31].Select(day => $"{day} * *"),
        Gen.Select(Gen.Int[1, 31], Gen.Int[0, 7], (day, weekday) => $"{day} * {weekday}"),
        Gen.Const("*/2 * *"),
        Gen.Const("*/2 * 0"),
        Gen.Select(Gen.Int[1, 28], Gen.Int[1, 12], (day, month) => $"{day} {month} *")
    );

    [Fact]
    public void Cron_runs_when_cronie_would_have_run()
    {
        var cases = Gen.Select(
            Minutes,
            Hours,
            Days,
            Gen.Int[0, ZoneIds.Length - 1].Select(index => ZoneIds[index]),
            Gen.Int[0, 40],
            Gen.Int[0, 4000]
        );

        cases.Sample(
            (minutes, hours, days, zone, transition, minutesBefore) =>
            {
                var expression = $"{minutes} {hours} {days}";
                var from = NearTransition(zone, transition).AddMinutes(-minutesBefore);
                var through = from.AddDays(4);

                var expected = Cronie(expression, zone, from, through);

                Assert.Equal(expected, Runs(When.Cron(expression, zone), from, through));
                Assert.Equal(expected.Count, When.Cron(expression, zone).Count(from, through));
            },
            iter: 200,
            threads: 1
        );
    }

    /// <summary>Some change of the zone's clock between 2015 and 2035; a fixed instant where there are none.</summary>
    internal static DateTimeOffset NearTransition(string id, int index)
    {
        var zone = TzdbDateTimeZoneSource.Default.ForId(id);
        var start = Instant.FromUtc(2015, 1, 1, 0, 0);
        var changes = zone.GetZoneIntervals(start, Instant.FromUtc(2035, 1, 1, 0, 0))
            .Where(interval => interval.HasStart && interval.Start > start)
            .Select(interval => interval.Start.ToDateTimeOffset())
            .ToList();
        return changes.Count == 0 ? When.Anchor.AddDays(index) : changes[index % changes.Count];
    }

    internal static List<string> Runs(Schedule schedule, DateTimeOffset from, DateTimeOffset through)
    {
        var runs = new List<string>();
        for (var next = schedule.Next(from); next is { } run && run <= through; next = schedule.Next(run))
        {
            runs.Add(When.Text(run));
        }

        return runs;
    }

    private static List<string> Cronie(string expression, string id, DateTimeOffset from, DateTimeOffset through)
    {
        var zone = TzdbDateTimeZoneSource.Default.ForId(id);
        var fields = expression.Split(' ');
        var hasStar = fields[0].StartsWith('*') || fields[1].StartsWith('*');
        var runs = new List<string>();

        // Real time goes minute by minute; the virtual minute is the local one whose fixed jobs have been run.
        var real = new DateTimeOffset(from.Ticks - from.Ticks % TimeSpan.TicksPerMinute, TimeSpan.Zero).AddDays(-1);
        var virtualLocal = LocalOf(zone, real);
        for (; real < through; )
        {
            real = real.AddMinutes(1);
            var local = LocalOf(zone, real);
            var jump = (local - virtualLocal).TotalMinutes;
            var due = jump switch
            {
                // An overlap: star jobs follow the clock, fixed jobs wait until it catches up.
                <= 0 => hasStar && Fits(fields, local),
                1 => Fits(fields, local),

                // A gap: star jobs run for this minute only, fixed jobs once for all minutes missed.
                _ => hasStar ? Fits(fields, local) : AnyFits(fields, virtualLocal.AddMinutes(1), local),
            };
            virtualLocal = jump > 0 ? local : virtualLocal;
            if (due && real > from && real <= through)
            {
                runs.Add(When.Text(real));
            }
        }

        return runs;
    }

    private static DateTime LocalOf(DateTimeZone zone, DateTimeOffset instant) =>
        Instant.FromDateTimeOffset(instant).InZone(zone).ToDateTimeUnspecified();

    private static bool AnyFits(string[] fields, DateTime first, DateTime last)
    {
        for (var minute = first; minute <= last; minute = minute.AddMinutes(1))
        {
            if (Fits(fields, minute))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Fits(string[] fields, DateTime local)
    {
        var day = Fits(fields[2], local.Day, 1);
        var weekday = Fits(fields[4], (int)local.DayOfWeek, 0) || (local.DayOfWeek == 0 && Fits(fields[4], 7, 0));
        var eitherDay = !fields[2].StartsWith('*') && !fields[4].StartsWith('*');
        return Fits(fields[0], local.Minute, 0)
            && Fits(fields[1], local.Hour, 0)
            && Fits(fields[3], local.Month, 1)
            && (eitherDay ? day || weekday : day && weekday);
    }

    private static bool Fits(string field, int value, int least) =>
        field
            .Split(',')
            .Any(item =>
                item.Split('/', '-') switch
                {
                    ["*"] => true,
                    ["*", var step] => (value - least) % Number(step) == 0,
                    [var first, var last] => value >= Number(first) && value <= Number(last),
                    [var only] => value == Number(only),
                    _ => false,
                }
            );

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
