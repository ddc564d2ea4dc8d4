using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Hostile;

/// <summary>What a well-behaved agent does all day, and how long it waits for it.</summary>
internal sealed class QuietLoad(Party quiet, QuietThings things)
{
    /// <summary>Requests a second, sent whether or not those before were answered.</summary>
    public const int Rate = 40;

    /// <summary>What is under way when a window changes belongs to neither.</summary>
    private static readonly TimeSpan Edge = TimeSpan.FromMilliseconds(500);

    /// <summary>Works for so long; the milliseconds that each request took.</summary>
    public async Task<IReadOnlyList<double>> Work(TimeSpan window)
    {
        var waits = new List<Task<double>>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / Rate));
        var began = TimeProvider.System.GetTimestamp();
        for (var i = 0; TimeProvider.System.GetElapsedTime(began) < window; i++)
        {
            waits.Add(Ask(i));
            await timer.WaitForNextTickAsync();
        }

        return await Task.WhenAll(waits);
    }

    /// <summary>
    /// How long after their instant the runs of a window began, in milliseconds; NaN for one that did not.
    /// </summary>
    public async Task<IReadOnlyList<double>> StartLags(DateTimeOffset from, DateTimeOffset until)
    {
        var lags = new List<double>();
        foreach (var task in things.TickingTasks)
        {
            var begun = new Dictionary<DateTimeOffset, double>();
            for (
                string? cursor = null, path = Path(task, from, until);
                path is not null;
                path = Next(task, from, until, cursor)
            )
            {
                var page = await quiet.Must<Page<RunView>>("GET", path);
                foreach (var run in page.Items.Where(run => run.StartedAt is not null))
                {
                    begun[run.ScheduledFor] = (run.StartedAt!.Value - run.ScheduledFor).TotalMilliseconds;
                }

                cursor = page.NextCursor;
            }

            for (var second = Ceiling(from + Edge); second < until - Edge; second += TimeSpan.FromSeconds(1))
            {
                lags.Add(begun.GetValueOrDefault(second, double.NaN));
            }
        }

        return lags;
    }

    private async Task<double> Ask(int number)
    {
        var began = TimeProvider.System.GetTimestamp();
        var reply = (number % 8) switch
        {
            0 => await quiet.Send("POST", "/events", """{"topic": "quiet.beat", "payload": {"n": 1}}"""),
            1 => await quiet.Send("GET", $"/runs?task_id={things.TickingTasks[0]}&limit=20"),
            2 => await quiet.Send("GET", "/tasks?limit=20"),
            3 => await quiet.Send(
                "POST",
                "/schedules/preview",
                """{"schedule_kind": "cron", "schedule_expr": "30 8 * * 1-5"}"""
            ),
            4 => await quiet.Send(
                "PATCH",
                $"/tasks/{things.Ids["tasks"]}",
                $$"""{"title": "{{things.Canary}} {{number}}"}"""
            ),
            5 => await quiet.Send("GET", $"/events?topic=quiet.beat&limit=20"),
            _ => await quiet.Send("GET", $"/tasks/{things.Ids["tasks"]}"),
        };
        Assert.True(reply.IsSuccess, $"the quiet agent got {reply.Status}: {reply.Body}");
        return TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
    }

    private static string Path(Guid task, DateTimeOffset from, DateTimeOffset until) =>
        $"/runs?task_id={task}&limit=200&since={Text(from)}&until={Text(until)}";

    private static string? Next(Guid task, DateTimeOffset from, DateTimeOffset until, string? cursor) =>
        cursor is null ? null : $"{Path(task, from, until)}&cursor={Uri.EscapeDataString(cursor)}";

    private static string Text(DateTimeOffset instant) => Uri.EscapeDataString(instant.UtcDateTime.ToString("O"));

    private static DateTimeOffset Ceiling(DateTimeOffset instant) =>
        DateTimeOffset.FromUnixTimeSeconds(instant.ToUnixTimeSeconds() + 1);
}
