using System.Globalization;
using Ordinaut.Schedules;

namespace Ordinaut.Tests.Schedules;

/// <summary>Short words for the tests of schedules.</summary>
internal static class When
{
    public static readonly DateTimeOffset Anchor = Utc("2027-01-01T00:00:00Z");

    public static DateTimeOffset Utc(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUniversalTime();

    public static string Text(DateTimeOffset? instant) =>
        instant is { } known ? known.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "never";

    public static Schedule Cron(string expression, string zone = "UTC") =>
        Schedule.Parse(new ScheduleSpec(ScheduleKind.Cron, expression, zone, Anchor));

    public static Schedule Rrule(string expression, string zone = "UTC", DateTimeOffset? anchor = null) =>
        Schedule.Parse(new ScheduleSpec(ScheduleKind.Rrule, expression, zone, anchor ?? Anchor));

    public static Schedule Once(string expression, string zone = "UTC") =>
        Schedule.Parse(new ScheduleSpec(ScheduleKind.Once, expression, zone, Anchor));

    public static IReadOnlyList<string> Take(this Schedule schedule, DateTimeOffset after, int count)
    {
        var taken = new List<string>();
        for (var next = schedule.Next(after); next is { } instant && taken.Count < count; next = schedule.Next(instant))
        {
            Assert.True(instant > after, "an occurrence must be later than the one before");
            taken.Add(Text(instant));
            after = instant;
        }

        return taken;
    }
}
