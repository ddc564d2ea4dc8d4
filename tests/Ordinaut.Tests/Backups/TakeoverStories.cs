using System.Net;
using System.Text.Json;
using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Faults;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Backups;

/// <summary>
/// A database goes back to a moment, the world does not: what may have happened since is not done a second time, and
/// all of it is told of.
/// </summary>
public sealed class TakeoverStories
{
    private const string EverySecond = "* * * * * *";
    private const string Sleep = """{"id": "nap", "uses": "debug.sleep", "with": {"seconds": 2}}""";

    [Fact]
    public async Task What_may_have_happened_is_not_done_again()
    {
        await using var world = await World.Begin();
        await using var app = await world.Restored();
        var admin = await app.AsAdmin();

        Assert.Empty(await world.CallsWhilePaused());
        Assert.Equal("paused", (await admin.Get<ClusterView>("/cluster")).State);
        var view = await admin.Post<ClusterView>("/cluster/takeover", "");

        Assert.Equal(("active", 2L), (view.State, view.Incarnation));
        var again = await app.AsAdmin();
        Assert.Equal("succeeded", (await app.Finished(again, world.Napping)).GetProperty("state").GetString());
        var held = await again.Get<RunView>($"/runs/{world.Calling}");
        Assert.Equal(("uncertain", "restored"), (held.State, held.Error!.Code));
        var ledger = await again.Get<Page<OccurrenceView>>($"/tasks/{world.EverySecond}/occurrences?limit=100");
        Assert.Contains(ledger.Items, line => line.Reason == "restore" && line.Count >= 2);
        await world.CallAfterTakeover();
        Assert.Empty(world.Repeated());
        // The delivery that was under way is not sent, and said to be given up.
        var webhook = Assert.Single((await again.Get<Page<WebhookView>>("/webhooks")).Items);
        Assert.True(webhook.GivenUp >= 1, "nothing was given up");
        var told = await again.Get<Page<AuditView>>("/audit?action=cluster.taken_over");
        Assert.Equal(1, Assert.Single(told.Items).Detail!.Value.GetProperty("uncertain_runs").GetInt32());
    }

    /// <summary>The same without the care shows that the care is what does it.</summary>
    [Fact]
    public async Task Who_says_that_nothing_ran_has_it_done_again()
    {
        await using var world = await World.Begin();
        await using var app = await world.Restored();

        await (await app.AsAdmin()).Post<ClusterView>("/cluster/takeover", """{"gap": "run"}""");

        await Campaign.Until("a call that was made before", OrdinautApp.Patience, () => world.Repeated().Count > 0);
    }

    [Fact]
    public async Task A_restored_copy_says_that_it_is_paused()
    {
        await using var world = await World.Begin();
        await using var app = await world.Restored();
        var admin = await app.AsAdmin();

        var health = OrdinautApp.Read<HealthView>(await app.Http.GetStringAsync("/health"));
        Assert.Equal("degraded", health.Checks["cluster"].Status);
        Assert.Contains("POST /cluster/takeover", health.Checks["cluster"].Detail);
        var node = Assert.Single((await admin.Get<Page<WorkerView>>("/workers")).Items);
        Assert.Equal("paused", node.State);
    }

    [Fact]
    public async Task With_takeover_it_goes_on_at_its_next_start()
    {
        await using var world = await World.Begin();
        await using var app = await world.Restored(takesOver: true);

        Assert.Equal("active", (await (await app.AsAdmin()).Get<ClusterView>("/cluster")).State);
        await world.CallAfterTakeover();
        Assert.Empty(world.Repeated());
    }

    [Fact]
    public async Task Tokens_from_before_end_with_the_takeover_and_secrets_go_on()
    {
        await using var world = await World.Begin();
        await using var app = await world.Restored();
        var before = await app.Login(world.Admin);
        var old = new OrdinautApp.Client(app, before.AccessToken, Guid.Parse(world.Admin.AgentId));

        await old.Post<ClusterView>("/cluster/takeover", "");

        Assert.Equal(HttpStatusCode.Unauthorized, (await old.Send("GET", "/cluster")).StatusCode);
        var refresh = Json.Write(new RefreshRequest(before.RefreshToken));
        var refused = await app.Http.PostAsync("/agents/auth/refresh", OrdinautApp.Body(refresh));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.NotEmpty((await app.Login(world.Admin)).AccessToken);
    }

    [Fact]
    public async Task There_is_nothing_to_take_over_where_nothing_was_restored()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();

        Assert.Equal(
            ("active", 1L),
            (await admin.Get<ClusterView>("/cluster")) switch
            {
                var v => (v.State, v.Incarnation),
            }
        );
        await admin.Refused(409, "POST", "/cluster/takeover");
        await admin.Refused(409, "POST", "/cluster/takeover", """{"gap": "hold"}""");
        var problem = await admin.Refused(422, "POST", "/cluster/takeover", """{"gap": "maybe"}""");
        Assert.Contains("hold or run", problem.Detail);
    }

    /// <summary>
    /// A server with something of everything under way, its backup at that moment, and what it went on to do before it
    /// was gone.
    /// </summary>
    private sealed class World : IAsyncDisposable
    {
        private readonly Disaster _disaster = new();
        private OrdinautOptions _left = new();
        private Sink _sink = null!;
        private int _before;

        public AgentCredentials Admin { get; private set; } = null!;
        public Guid Napping { get; private set; }
        public Guid Calling { get; private set; }
        public Guid EverySecond { get; private set; }

        public static async Task<World> Begin()
        {
            var world = new World { _sink = await Sink.Start() };
            await using (var app = await world.Start(world._disaster.Options(new OrdinautOptions())))
            {
                world.Admin = app.Admin;
                await world.Play(app);
            }

            world._before = world._sink.Calls.Count;
            return world;
        }

        public async Task<OrdinautApp> Restored(bool takesOver = false)
        {
            await BackupDesk.Restore(_left, new RestoreWish(TakesOver: takesOver));
            var key = Path.Combine(_disaster.Data, "secrets.key");
            File.Copy(key, Path.Combine(_left.Data, "secrets.key"));
            await File.WriteAllTextAsync(Path.Combine(_left.Data, "admin.json"), Json.Write(Admin));
            return await Start(_left);
        }

        /// <summary>What came in while several occurrences were due.</summary>
        public async Task<IReadOnlyList<SinkCall>> CallsWhilePaused()
        {
            await System.Threading.Tasks.Task.Delay(TimeSpan.FromSeconds(2.5));
            return [.. _sink.Calls.Skip(_before)];
        }

        public Task CallAfterTakeover() =>
            Campaign.Until("calls after the takeover", OrdinautApp.Patience, () => _sink.Calls.Count > _before + 1);

        /// <summary>Calls with a key that was there before.</summary>
        public IReadOnlyList<string> Repeated() =>
            [.. _sink.Calls.CountBy(call => call.Key!).Where(key => key.Value > 1).Select(key => key.Key)];

        public async ValueTask DisposeAsync()
        {
            await _sink.DisposeAsync();
            await _disaster.DisposeAsync();
        }

        private Task<OrdinautApp> Start(OrdinautOptions options) =>
            OrdinautApp.Start(
                configure: own =>
                    own with
                    {
                        BackupFolder = options.BackupFolder,
                        BackupKeyFile = options.BackupKeyFile,
                        EgressAllow = "127.0.0.1",
                        DrainSeconds = 0,
                    },
                folder: options.Data == new OrdinautOptions().Data ? _disaster.Data : options.Data
            );

        private async Task Play(OrdinautApp app)
        {
            var admin = await app.AsAdmin();
            await Disaster.Whole(app);
            // Nobody listens there: what is to be sent stays to be sent.
            await admin.Post<NewWebhook>("/webhooks", """{"url": "http://127.0.0.1:9/", "topics": ["run.#"]}""", 201);
            EverySecond = (
                await admin.Post<TaskView>("/tasks", Json.Write(Cron(TakeoverStories.EverySecond, Call("tick"))), 201)
            ).Id;
            await _sink.HeardAfter(DateTimeOffset.MinValue, OrdinautApp.Patience);
            Calling = await Run(admin, Call("call", 60_000));
            Napping = await Run(admin, Sleep);
            await Campaign.Until("both run", OrdinautApp.Patience, () => IsRunning(admin, Calling, Napping));
            await Disaster.Saved(app);
            _left = _disaster.Strike();
            // It goes on for a while, of which nothing is known later.
            var calls = _sink.Calls.Count;
            await Campaign.Until(
                "calls that nobody knows of",
                OrdinautApp.Patience,
                () => _sink.Calls.Count >= calls + 2
            );
        }

        private string Call(string step, int hold = 0) =>
            $$$"""
                {"id": "{{{step}}}", "uses": "http.request",
                 "with": {"method": "POST", "url": "{{{_sink.Url("keyed", step, hold)}}}"}}
                """;

        private static async Task<Guid> Run(OrdinautApp.Client client, string step)
        {
            var task = await client.Post<TaskView>("/tasks", Json.Write(Idle(step)), 201);
            return (await client.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202)).Id;
        }

        private static async Task<bool> IsRunning(OrdinautApp.Client client, params Guid[] runs)
        {
            foreach (var run in runs)
            {
                if ((await client.Get<JsonElement>($"/runs/{run}")).GetProperty("state").GetString() != "running")
                {
                    return false;
                }
            }

            return true;
        }
    }
}
