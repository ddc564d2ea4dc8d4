using System.Globalization;
using System.Text.Json;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Simulation;

/// <summary>Tasks as people of the simulation write them: every policy, few shapes of schedule.</summary>
internal static class SimTaskInputs
{
    private static readonly int[] Seconds = [1, 2, 3, 5, 10, 15, 30];
    private static readonly string[] Topics = ["orders.created", "orders.*", "orders.#", "run.failed", "task.missed"];
    private static readonly string[] Quick = ["echo", "echo", "keyed", "flaky"];
    private static readonly string[] Slow = ["unsafe", "slow", "slow-unsafe", "late", "keyed", "flaky"];

    public static TaskInput Any(World world, int number)
    {
        var random = world.Random;
        var (kind, expression, every) = Schedule(world);
        // A task that comes faster than its work ends would only make a queue that never empties.
        var isDense = every is > 0 and < 10;
        return new TaskInput
        {
            Title = $"task {number}",
            ScheduleKind = kind,
            ScheduleExpr = expression,
            Payload = Pipeline(random, isDense ? Quick : Slow, isDense ? 1 : random.Next(1, 4)),
            Priority = random.Next(1, 10),
            MaxRetries = random.Next(0, 4),
            BackoffStrategy = One(random, "exponential_jitter", "linear", "fixed"),
            MisfirePolicy = One(random, "run_once", "run_all", "skip"),
            OverlapPolicy = isDense
                ? One(random, "skip", "cancel_previous", "skip")
                : One(random, "skip", "queue", "cancel_previous"),
            CatchUpWindowSeconds = random.Next(4) == 0 ? random.Next(1, 120) : null,
            JitterSeconds = random.Next(3) == 0 ? random.Next(1, 20) : null,
            ExpiresAfterSeconds = random.Next(4) == 0 ? random.Next(5, 60) : null,
            ConcurrencyKey = random.Next(4) == 0 ? "shared" : null,
            ConcurrencyLimit = 2,
            TimeoutSeconds = random.Next(3) == 0 ? random.Next(5, 30) : null,
            DedupeKey = random.Next(6) == 0 ? "dedupe" : null,
            DedupeWindowSeconds = random.Next(0, 20),
            EndsAt =
                random.Next(5) == 0 ? world.Now + TimeSpan.FromMinutes(2) + world.UpTo(TimeSpan.FromMinutes(15)) : null,
        };
    }

    public static TaskInput Poison(int number) =>
        new()
        {
            Title = $"poison {number}",
            ScheduleKind = "cron",
            ScheduleExpr = "*/3 * * * *",
            OverlapPolicy = "skip",
            Payload = Steps(["poison"]),
        };

    public static (string Kind, string Expression, int Every) Schedule(World world)
    {
        var random = world.Random;
        var every = Seconds[random.Next(Seconds.Length)];
        return random.Next(10) switch
        {
            0 or 1 or 2 => ("cron", $"*/{every} * * * * *", every),
            3 => ("cron", $"*/{One(random, "1", "2", "5")} * * * *", 60),
            4 or 5 => ("rrule", $"FREQ=SECONDLY;INTERVAL={every}", every),
            6 => ("condition", Condition(random, every), every),
            7 => ("once", Instants.Format(Whole(world.Now) + TimeSpan.FromSeconds(random.Next(10, 900))), 0),
            _ => ("event", Topics[random.Next(Topics.Length)], 0),
        };
    }

    private static string Condition(Random random, int every) =>
        $$"""
            {"every":"PT{{every}}S","check":{"uses":"sim.check"},"when":"ok","fire":"{{One(random, "edge", "level")}}"}
            """;

    private static JsonElement Pipeline(Random random, string[] tools, int steps) =>
        Steps([.. Enumerable.Range(0, steps).Select(_ => tools[random.Next(tools.Length)])]);

    private static JsonElement Steps(string[] tools)
    {
        var steps = tools.Select(
            (tool, i) => string.Create(CultureInfo.InvariantCulture, $$"""{"id":"s{{i}}","uses":"sim.{{tool}}"}""")
        );
        return Json.Parse($$"""{"pipeline":[{{string.Join(',', steps)}}]}""");
    }

    private static DateTimeOffset Whole(DateTimeOffset at) =>
        DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());

    private static string One(Random random, params string[] choices) => choices[random.Next(choices.Length)];
}
