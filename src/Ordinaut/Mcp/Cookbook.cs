using System.Text;

namespace Ordinaut.Mcp;

/// <summary>Spoken times and the schedules that mean them, for models to copy from. A test parses every one.</summary>
internal static class Cookbook
{
    /// <summary>Every recipe; the zone of local times is the reader's to choose.</summary>
    public static readonly IReadOnlyList<Recipe> All =
    [
        new("every day at 07:00", "cron", "0 7 * * *"),
        new("weekdays at 08:30", "cron", "30 8 * * 1-5"),
        new("Monday and Thursday at 18:15", "cron", "15 18 * * MON,THU"),
        new("every quarter of an hour in office hours", "cron", "*/15 9-16 * * MON-FRI"),
        new("on the first of each month at midnight", "cron", "0 0 1 * *"),
        new("on the last day of each month at 20:00", "cron", "0 20 L * *"),
        new("on the weekday nearest the 15th at 09:00", "cron", "0 9 15W * *"),
        new("on the second Tuesday of each month at 10:00", "cron", "0 10 * * TUE#2"),
        new("on the last Friday of each month at 17:00", "cron", "0 17 * * FRIL"),
        new("every hour", "cron", "@hourly"),
        new("every ten seconds (six fields: seconds come first)", "cron", "*/10 * * * * *"),
        new(
            "every other Friday at 9, counted from 8 January 2027",
            "rrule",
            "DTSTART:20270108T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"
        ),
        new(
            "on the last working day of the month at 17:00",
            "rrule",
            "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;BYHOUR=17;BYMINUTE=0;BYSECOND=0"
        ),
        new(
            "every 90 minutes from 06:00 on 1 March 2027",
            "rrule",
            "DTSTART:20270301T060000\nRRULE:FREQ=MINUTELY;INTERVAL=90"
        ),
        new(
            "for five days at 08:00, from 1 March 2027 on",
            "rrule",
            "DTSTART:20270301T080000\nRRULE:FREQ=DAILY;COUNT=5"
        ),
        new(
            "each quarter on its first Monday at 09:00",
            "rrule",
            "RRULE:FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=1MO;BYHOUR=9;BYMINUTE=0;BYSECOND=0"
        ),
        new(
            "on the 4th of July each year at noon, until the end of 2030",
            "rrule",
            "RRULE:FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=4;BYHOUR=12;BYMINUTE=0;BYSECOND=0;UNTIL=20301231T235959Z"
        ),
        new("once, on 28 March 2127 at 18:00 local time", "once", "2127-03-28T18:00:00"),
        new("once, at an instant", "once", "2127-03-28T16:00:00Z"),
        new("whenever an order is created", "event", "orders.created"),
        new("on every event just below orders", "event", "orders.*"),
        new("on every event anywhere below orders", "event", "orders.#"),
        new(
            "when the queue grows beyond 100, looking every five minutes",
            "condition",
            """
            {"every":"PT5M","check":{"uses":"http.request","with":{"url":"https://example.com/queue"}},
             "when":"body.length > `100`"}
            """
        ),
        new(
            "at 09:00 each weekday while the build is red",
            "condition",
            """
            {"every":"0 9 * * 1-5","check":{"uses":"http.request","with":{"url":"https://example.com/build"}},
             "when":"body.state == 'red'","fire":"level"}
            """
        ),
    ];

    private const string Head = """
        # Schedules by example

        `schedule_kind` and `schedule_expr` of create_task and preview_schedule. Local times are in `timezone` (IANA,
        such as `Europe/Chisinau`). Preview what you make of a wish, and read the sentence back.


        """;

    private const string Tail = """

        - A relative time ("in two hours", "tomorrow at 18:00") is `once`; parse_schedule counts it for you.
        - "Every other …" needs a DTSTART, which says which week counts; without one the task's creation does.
        - Days without: `"exclude": ["2027-12-24/2028-01-07", "calendar:holidays"]`.
        - Not before, not after: `starts_at` and `ends_at`. Spread the start: `jitter_seconds`.
        - A time that daylight saving leaves out or doubles still fires once; previews note it.
        - Missed while the server was down: `misfire_policy` run_once (default), run_all or skip.
        """;

    public static string Text { get; } = Write();

    private static string Write()
    {
        var text = new StringBuilder(Head);
        foreach (var recipe in All)
        {
            text.Append("- ").Append(recipe.Wish).Append(": ").Append(recipe.Kind);
            text.Append("\n  ```\n  ").Append(recipe.Expression.Trim().Replace("\n", "\n  ", StringComparison.Ordinal));
            text.Append("\n  ```\n");
        }

        return text.Append(Tail).ToString();
    }
}

/// <summary>One wish, and the schedule that is meant.</summary>
internal sealed record Recipe(string Wish, string Kind, string Expression);
