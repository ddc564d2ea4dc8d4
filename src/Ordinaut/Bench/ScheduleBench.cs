using Ordinaut.Schedules;

namespace Ordinaut.Bench;

/// <summary>What it costs to know the next occurrence.</summary>
internal static class ScheduleBench
{
    private const int Rounds = 20_000;

    private static readonly DateTimeOffset Anchor = new(2016, 6, 15, 9, 0, 0, TimeSpan.Zero);

    private static readonly (string Name, ScheduleKind Kind, string Expression)[] Rules =
    [
        ("cron weekdays 08:30", ScheduleKind.Cron, "30 8 * * 1-5"),
        ("cron every 5 minutes", ScheduleKind.Cron, "*/5 * * * *"),
        ("rrule daily", ScheduleKind.Rrule, "FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0"),
        ("rrule weekdays", ScheduleKind.Rrule, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=8;BYMINUTE=30;BYSECOND=0"),
        ("rrule last working day", ScheduleKind.Rrule, "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;BYHOUR=18"),
        ("rrule minutely", ScheduleKind.Rrule, "FREQ=MINUTELY"),
    ];

    public static IEnumerable<Measure> Run(TimeProvider clock)
    {
        foreach (var (name, kind, expression) in Rules)
        {
            var schedule = Schedule.Parse(new ScheduleSpec(kind, expression, "America/New_York", Anchor));
            Walk(schedule, Rounds / 10);
            var began = clock.GetTimestamp();
            Walk(schedule, Rounds);
            var nanoseconds = clock.GetElapsedTime(began).TotalNanoseconds / Rounds;
            yield return new Measure($"next occurrence, {name}", nanoseconds, "ns", 2_000, LowerIsBetter: true);
        }
    }

    private static void Walk(Schedule schedule, int rounds)
    {
        var at = new DateTimeOffset(2026, 6, 15, 12, 34, 56, TimeSpan.Zero);
        for (var i = 0; i < rounds; i++)
        {
            at = schedule.Next(at) ?? at;
        }
    }
}
