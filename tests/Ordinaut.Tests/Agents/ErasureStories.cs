using System.Net;
using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tests.Store;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Agents;

/// <summary>An agent can have all that is its own, and its manager can have it gone.</summary>
public sealed class ErasureStories
{
    /// <summary>Nobody else says this.</summary>
    internal const string Canary = "canary4711";

    private static readonly string[] All =
    [
        "tasks:create",
        "tasks:read",
        "tasks:update",
        "tasks:run",
        "runs:read",
        "events:publish",
        "events:read",
        "tools:use",
        "audit:read",
    ];

    public static TheoryData<string> Engines => ["sqlite", "postgres"];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task After_an_erasure_nothing_of_it_is_left_but_ids(string engine)
    {
        await using var app = await Start(engine);
        var admin = await app.AsAdmin();
        var agent = await Live(app, admin);
        var other = await Live(app, admin, "other");
        Assert.NotEmpty(await Hits(app, Canary));

        var proof = await admin.Post<ErasureView>($"/agents/{agent.AgentId}/erase", "");

        Assert.Empty(await Hits(app, Canary));
        Assert.NotEmpty(await Hits(app, "other" + Canary[6..]));
        Assert.Equal((2L, 1L), (proof.Rows["tasks"], proof.Rows["webhooks"]));
        Assert.Null(proof.InBackupsUntil);
        Assert.Equal(HttpStatusCode.Unauthorized, (await agent.Send("GET", "/tasks")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await other.Send("GET", "/tasks")).StatusCode);
        Assert.Equal(2, (await other.Get<Page<TaskView>>("/tasks")).Items.Count);
        var told = await admin.Get<Page<AuditView>>($"/audit?action=agent.erased&subject={agent.AgentId}");
        Assert.Equal(2, Assert.Single(told.Items).Detail!.Value.GetProperty("rows").GetProperty("tasks").GetInt32());
        Assert.True((await admin.Get<AuditVerdict>("/audit/verify")).Intact);
        await admin.Refused(404, "POST", $"/agents/{agent.AgentId}/erase");
    }

    /// <summary>Neither in the file, in pages that are free, nor in what is backed up of it from then on.</summary>
    [Fact]
    public async Task Of_what_was_erased_the_file_holds_nothing()
    {
        await using var disaster = new Backups.Disaster();
        OrdinautOptions options;
        await using (var app = await OrdinautApp.Start(folder: disaster.Data))
        {
            options = disaster.Options(app.Options);
            var admin = await app.AsAdmin();
            var agent = await Live(app, admin);
            await admin.Post<ErasureView>($"/agents/{agent.AgentId}/erase", "");
        }

        Assert.Equal(-1, await Place(options));
        await BackupDesk.Make(options);
        var copy = options with { Data = disaster.Folder("restored") };
        await BackupDesk.Restore(copy, new RestoreWish());
        Assert.Equal(-1, await Place(copy));
    }

    private static async Task<int> Place(OrdinautOptions options)
    {
        var bytes = await File.ReadAllBytesAsync(Path.Combine(options.Data, options.DatabaseName));
        return bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(Canary));
    }

    [Fact]
    public async Task What_a_worker_has_in_hand_ends_without_a_trace()
    {
        await using var app = await OrdinautApp.Start(configure: o => o with { DrainSeconds = 0 });
        var admin = await app.AsAdmin();
        var agent = await app.AsAgent(All);
        var nap = $$$"""{"id": "nap", "uses": "debug.sleep", "with": {"seconds": 30}}""";
        var task = await agent.Post<TaskView>("/tasks", Json.Write(Idle(nap)), 201);
        var run = await agent.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);
        await app.When(agent, run.Id, now => now.GetProperty("state").GetString() == "running");

        await admin.Post<ErasureView>($"/agents/{agent.AgentId}/erase", "");

        await admin.Refused(404, "GET", $"/runs/{run.Id}");
        var counts = await app.Get<Db>().Read(Ordinaut.Backups.DrillStore.Count);
        Assert.Equal((0L, 0L, 0L), (counts["queue"], counts["run"], counts["step"]));
    }

    [Fact]
    public async Task Nobody_erases_itself_or_who_may_more()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var manager = await app.AsAgent("agents:manage", "tasks:read");

        await manager.Refused(409, "POST", $"/agents/{manager.AgentId}/erase");
        await manager.Refused(404, "POST", $"/agents/{admin.AgentId}/erase");
        await admin.Refused(409, "POST", $"/agents/{admin.AgentId}/erase");
    }

    [Fact]
    public async Task Where_backups_are_made_the_proof_says_when_they_go()
    {
        var folder = Directory.CreateTempSubdirectory("ordinaut-erase-");
        var key = Path.Combine(folder.FullName, "key");
        await File.WriteAllTextAsync(key, Ordinaut.Secrets.SecretKey.Make().Write());
        await using (
            var app = await OrdinautApp.Start(configure: o =>
                o with
                {
                    BackupFolder = Path.Combine(folder.FullName, "backups"),
                    BackupKeyFile = key,
                    BackupKeepDays = 30,
                }
            )
        )
        {
            await Backups.Disaster.Whole(app);
            var agent = await app.AsAgent(All);
            var proof = await (await app.AsAdmin()).Post<ErasureView>($"/agents/{agent.AgentId}/erase", "");
            // The last base from before goes when one a day younger is as old, at the next look for such.
            var longest = TimeSpan.FromDays(31) + TimeSpan.FromHours(1);
            Assert.Equal(longest, proof.InBackupsUntil - proof.ErasedAt);
        }

        folder.Delete(recursive: true);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_export_has_all_of_it_and_nothing_that_opens_anything(string engine)
    {
        await using var app = await Start(engine);
        var admin = await app.AsAdmin();
        var agent = await Live(app, admin);
        await Live(app, admin, "other");

        var text = await OrdinautApp.Expect(await agent.Send("GET", $"/agents/{agent.AgentId}/export"), 200);

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Json.Parse).ToList();
        var kinds = lines.CountBy(line => line.GetProperty("type").GetString()!).ToDictionary();
        Assert.Equal((1, 2, 2), (kinds["agent"], kinds["task"], kinds["task_version"]));
        Assert.Equal((1, 1, 1), (kinds["secret"], kinds["webhook"], kinds["calendar"]));
        Assert.All(["run", "step", "event", "occurrence", "audit"], kind => Assert.True(kinds.ContainsKey(kind), kind));
        Assert.Contains(Canary, text);
        Assert.DoesNotContain("other" + Canary[6..], text);
        Assert.DoesNotContain("value-of-the-secret", text);
        var members = lines.SelectMany(line => line.EnumerateObject().Select(member => member.Name));
        Assert.DoesNotContain(members, name => name.Contains("hash", StringComparison.Ordinal));
        var managers = await OrdinautApp.Expect(await admin.Send("GET", $"/agents/{agent.AgentId}/export"), 200);
        var own = text.Split('\n').Where(line => !line.Contains("left_out", StringComparison.Ordinal));
        Assert.Equal(own, managers.Split('\n'));
    }

    /// <summary>A token that may do less has less of it, and is told so.</summary>
    [Fact]
    public async Task Who_asks_with_few_scopes_has_what_those_show()
    {
        await using var app = await OrdinautApp.Start();
        var agent = await Live(app, await app.AsAdmin());
        var few = (await app.Login(agent.Credentials!, "events:publish tasks:read")).AccessToken;
        var client = new OrdinautApp.Client(app, few, agent.AgentId);

        var text = await OrdinautApp.Expect(await client.Send("GET", $"/agents/{agent.AgentId}/export"), 200);

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Json.Parse).ToList();
        var kinds = lines.Select(line => line.GetProperty("type").GetString()).Distinct();
        Assert.Equal(
            ["agent", "calendar", "daily_use", "left_out", "occurrence", "task", "task_version"],
            kinds.Order()
        );
        var left = lines.Where(line => line.GetProperty("type").GetString() == "left_out");
        Assert.Equal(
            "approval audit event live_run oauth_client run secret tool_source webhook",
            string.Join(' ', left.Select(line => line.GetProperty("of").GetString()).Order())
        );
    }

    [Fact]
    public async Task An_export_goes_on_over_many_pages()
    {
        await using var app = await OrdinautApp.Start();
        var agent = await app.AsAgent(All);
        var some = Enumerable.Repeat(Idle("""{"id": "a", "uses": "debug.echo", "with": {}}"""), 61);
        await agent.Post<BulkResult>("/tasks:bulk", Json.Write(new BulkTasks([.. some])));

        var text = await OrdinautApp.Expect(await agent.Send("GET", $"/agents/{agent.AgentId}/export"), 200);

        var tasks = text.Split('\n').Where(line => line.Contains("\"type\":\"task\"", StringComparison.Ordinal));
        Assert.Equal(61, tasks.Distinct().Count());
    }

    private static Task<OrdinautApp> Start(string engine) =>
        OrdinautApp.Start(configure: o =>
            engine == "sqlite"
                ? o
                : o with
                {
                    PostgresUrl = PostgresServer.NewDatabase(),
                    SecretsKey = Ordinaut.Secrets.SecretKey.Make().Write(),
                }
        );

    /// <summary>An agent that has something of everything, with its mark in all of it.</summary>
    internal static async Task<OrdinautApp.Client> Live(
        OrdinautApp app,
        OrdinautApp.Client admin,
        string who = "canary"
    )
    {
        var mark = who + Canary[6..];
        var agent = await app.AsAgent(All);
        await admin.Patch<AgentView>($"/agents/{agent.AgentId}", $$"""{"name": "{{mark}}"}""");
        var step = $$$"""{"id": "say", "uses": "debug.echo", "with": {"it": "{{{mark}}}"}}""";
        var input = Idle(step) with { Title = mark, Tags = [mark] };
        var task = await agent.Post<TaskView>("/tasks", Json.Write(input), 201);
        await agent.Post<TaskView>("/tasks", Json.Write(OnEvent(mark, step)), 201);
        var hook = $$"""{"url": "https://example.com/{{mark}}", "topics": ["none"], "description": "{{mark}}"}""";
        await agent.Post<NewWebhook>("/webhooks", hook, 201);
        var secret = """{"value": "value-of-the-secret", "description": "@"}""".Replace("@", mark);
        await OrdinautApp.Expect(await agent.Send("PUT", $"/secrets/{who}", secret), 200);
        var days = """{"entries": ["2030-01-01"]}""";
        await OrdinautApp.Expect(await agent.Send("PUT", $"/calendars/{who}", days), 200);
        var fact = $$$"""{"topic": "{{{mark}}}", "payload": {"it": "{{{mark}}}"}}""";
        await agent.Post<PublishedEvent>("/events", fact, 202);
        var run = await agent.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);
        await app.Finished(agent, run.Id);
        await Faults.Campaign.Until(
            "both have run",
            OrdinautApp.Patience,
            async () => (await agent.Get<Page<RunView>>("/runs?state=succeeded")).Items.Count == 2
        );
        return agent;
    }

    /// <summary>Tables in which a word is, in any column.</summary>
    private static async Task<List<string>> Hits(OrdinautApp app, string word)
    {
        var db = app.Get<Db>();
        var list = db.IsShared ? PostgresTables : SqliteTables;
        var tables = await db.Read(session => session.Query(list, row => row.Text(0)));
        var hits = new List<string>();
        foreach (var table in tables)
        {
            var columns = db.IsShared ? $"t::text" : await Columns(db, table);
            var sql = $"select count(*) from \"{table}\" t where {columns} like '%{word}%'";
            if (await db.Read(session => session.First(sql, row => row.Long(0))) > 0)
            {
                hits.Add(table);
            }
        }

        return hits;
    }

    private static async Task<string> Columns(Db db, string table)
    {
        var names = await db.Read(session => session.Query($"pragma table_info({table})", row => row.Text(1)));
        return string.Join(" || ' ' || ", names.Select(name => $"coalesce(cast(\"{name}\" as text), '')"));
    }

    private const string SqliteTables =
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'";

    private const string PostgresTables = """
        select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
        """;
}
