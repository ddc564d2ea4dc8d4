using System.Text.Json.Nodes;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// What agents do all day: they create tasks, ask for runs, publish events, and have tasks that fire every second. Its
/// runs call the sink by keyed steps and by unsafe ones.
/// </summary>
internal sealed class Load(Traffic traffic, Sink sink, Books books, int seed)
{
    /// <summary>How long the sink thinks about a call, so that faults strike between effect and commit.</summary>
    private const int HoldMilliseconds = 25;

    private readonly List<Guid> _asked = [];
    private Guid _ticking;

    /// <summary>Where nodes reach the sink.</summary>
    public string SinkHost { get; init; } = "127.0.0.1";

    /// <summary>The time between two requests of one client.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Makes the tasks that requests, events and time set off.</summary>
    /// <param name="ticking">How many tasks fire every second.</param>
    public async Task Prepare(int ticking)
    {
        for (var i = 0; i < ticking; i++)
        {
            _ticking = await Create(Task("ticks", "cron", "* * * * * *", Call("keyed", "tick")));
            books.EverySecond.Add(_ticking);
        }

        _asked.Add(await Create(Task("keyed", "cron", "0 0 1 1 *", Call("keyed", "first"), Call("keyed", "second"))));
        _asked.Add(await Create(Task("unsafe", "cron", "0 0 1 1 *", Call("keyed", "first"), Call("unsafe", "last"))));
        await Create(Task("listens", "event", "load.*", Call("keyed", "heard")));
    }

    /// <summary>Clients at work until they are stopped; what they were told is in the books when it returns.</summary>
    public Task Run(int clients, CancellationToken stop) =>
        System.Threading.Tasks.Task.WhenAll(Enumerable.Range(0, clients).Select(client => Client(client, stop)));

    /// <summary>Asks for one run of the task whose last step is unsafe, or of the one whose steps are keyed.</summary>
    public async Task Ask(bool isUnsafe, CancellationToken stop)
    {
        var run = await traffic.Post($"/tasks/{_asked[isUnsafe ? 1 : 0]}/run_now", new JsonObject(), stop);
        Note(books.Runs, run, "id");
    }

    /// <summary>Ends the firing and waits until nothing is live any more.</summary>
    public async Task Rest(TimeSpan patience)
    {
        foreach (var task in books.EverySecond)
        {
            await traffic.Post($"/tasks/{task}/pause", new JsonObject(), CancellationToken.None);
        }

        // A run whose lease ends goes from running to queued between two looks: rest is what is seen three times.
        var rests = 0;
        await Campaign.Until(
            "every run has come to an end",
            patience,
            async () => (rests = await IsAtRest() ? rests + 1 : 0) == 3
        );
    }

    /// <summary>A task with a pipeline; its runs do not wait for one another.</summary>
    public static JsonObject Task(string title, string kind, string expr, params JsonNode[] steps) =>
        new()
        {
            ["title"] = title,
            ["schedule_kind"] = kind,
            ["schedule_expr"] = expr,
            ["misfire_policy"] = "run_all",
            ["concurrency_key"] = title,
            ["concurrency_limit"] = 1000,
            ["payload"] = new JsonObject { ["pipeline"] = new JsonArray(steps) },
        };

    /// <summary>A step that calls the sink.</summary>
    public JsonObject Call(string kind, string step, int hold = HoldMilliseconds) =>
        new()
        {
            ["id"] = step,
            ["uses"] = "http.request",
            ["effect"] = kind,
            ["with"] = new JsonObject { ["method"] = "POST", ["url"] = sink.Url(kind, step, hold, SinkHost) },
        };

    public async Task<Guid> Create(JsonObject task)
    {
        var made = await traffic.Post("/tasks", task, CancellationToken.None);
        Note(books.Tasks, made, "id");
        return made!["id"]!.GetValue<Guid>();
    }

    private async Task Client(int number, CancellationToken stop)
    {
        var random = new Random(seed + number);
        while (!stop.IsCancellationRequested)
        {
            await (
                random.Next(4) switch
                {
                    0 => Note(books.Tasks, traffic.Post("/tasks", Idle(), stop), "id"),
                    1 => Note(books.Events, traffic.Post("/events", Event(), stop), "event_id"),
                    2 => Ask(isUnsafe: false, stop),
                    _ => Ask(isUnsafe: true, stop),
                }
            );
            await System.Threading.Tasks.Task.Delay(Pace, CancellationToken.None);
        }
    }

    private async Task<bool> IsAtRest()
    {
        foreach (var state in (string[])["queued", "running"])
        {
            var page = await traffic.Get($"/runs?state={state}&limit=1");
            if (page!["items"]!.AsArray().Count > 0)
            {
                return false;
            }
        }

        return true;
    }

    private static async Task Note(
        System.Collections.Concurrent.ConcurrentBag<Guid> book,
        Task<JsonNode?> asked,
        string id
    ) => Note(book, await asked, id);

    private static void Note(System.Collections.Concurrent.ConcurrentBag<Guid> book, JsonNode? answer, string id)
    {
        if (answer is not null)
        {
            book.Add(answer[id]!.GetValue<Guid>());
        }
    }

    /// <summary>A task that is made and never due.</summary>
    public static JsonObject Idle() =>
        Task("idle", "cron", "0 0 1 1 *", new JsonObject { ["id"] = "a", ["uses"] = "debug.echo" });

    private static JsonObject Event() => new() { ["topic"] = "load.made", ["payload"] = new JsonObject() };
}
