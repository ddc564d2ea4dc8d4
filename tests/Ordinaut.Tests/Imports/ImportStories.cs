using System.Text.Json;
using Ordinaut.Hosting;
using Ordinaut.Imports;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tests.Store;

namespace Ordinaut.Tests.Imports;

/// <summary>Agents and tasks of the original come over whole or not at all, and do nothing by themselves.</summary>
public sealed class ImportStories : IDisposable
{
    private readonly string _data = OrdinautApp.NewFolder();

    private OrdinautOptions Options => new() { Urls = "http://127.0.0.1:0", Data = _data };

    public static TheoryData<string, string, string> Tasks =>
        new()
        {
            // What the assignments make of a good task, what becomes of it, and what is said of that.
            { "title = title", "imported", "" },
            { "status = 'paused'", "imported", "" },
            { "status = 'canceled'", "left", "It is canceled there." },
            { "schedule_expr = '0 9 * * 1-5'", "imported", "schedule_expr: numbers of weekdays count from 0 = Sunday" },
            { "schedule_expr = '0 9 * * MON-FRI'", "imported", "" },
            { "schedule_expr = '61 9 * * *'", "refused", "schedule_expr: " },
            { "schedule_expr = 'every day'", "refused", "schedule_expr: " },
            { "schedule_expr = null", "refused", "schedule_expr: schedule_expr is required" },
            { "timezone = 'Mars/Base'", "refused", "Mars/Base" },
            { "timezone = 'America/Argentina/Buenos_Aires'", "imported", "" },
            { "schedule_kind = 'rrule', schedule_expr = 'FREQ=WEEKLY;BYDAY=MO;BYHOUR=8;BYMINUTE=30'", "imported", "" },
            { "schedule_kind = 'rrule', schedule_expr = 'RRULE:FREQ=DAILY;INTERVAL=2'", "imported", "" },
            { "schedule_kind = 'rrule', schedule_expr = 'FREQ=OFTEN'", "refused", "schedule_expr: " },
            { "schedule_kind = 'once', schedule_expr = '2199-01-15T09:00:00'", "imported", "" },
            { "schedule_kind = 'once', schedule_expr = '2020-01-15T09:00:00'", "refused", "is in the past" },
            { "schedule_kind = 'once', schedule_expr = 'next monday'", "refused", "schedule_expr: " },
            { "schedule_kind = 'event', schedule_expr = 'orders.created'", "imported", "" },
            { "schedule_kind = 'condition', schedule_expr = 'weather.rain > 50'", "refused", "schedule_expr: " },
            { "title = repeat('x', 201)", "refused", "title: title must have 1 to 200 characters" },
            { "max_retries = 11", "refused", "max_retries: max_retries must be 0 to 10" },
            { "priority = 10", "refused", "priority: " },
            { "backoff_strategy = 'quadratic'", "refused", "backoff_strategy: " },
            { "dedupe_key = '', concurrency_key = ''", "imported", "" },
            { "payload = '[]'", "refused", "payload: payload must be an object" },
            { "payload = 'null'", "refused", "payload: " },
            { "payload = '{}'", "refused", "payload" },
            { "payload = '{\"pipeline\": [1]}'", "refused", "payload.pipeline[0]: a step must be an object" },
            { "payload = '{\"pipeline\": [{\"uses\": \"debug.echo\"}]}'", "imported", "id: is 'step_0'" },
            {
                "payload = '{\"pipeline\": [{\"id\": \"a\", \"uses\": \"weather-mcp.forecast\"}]}'",
                "refused",
                "forecast"
            },
            { With("costs $${params.sum}"), "imported", "payload.pipeline[0].with: a text that has a $" },
            { With("an open ${ brace"), "imported", "payload.pipeline[0].with: a text" },
            { With("nothing ${} there"), "imported", "payload.pipeline[0].with: a text" },
            { With("${params.sum}"), "imported", "" },
            { With("${params.sum ==}"), "refused", "payload.pipeline[0].with" },
            { With("${steps.later.it}"), "refused", "payload.pipeline[0].with" },
            { $"payload = '{Nested(70)}'", "refused", "payload: payload is nested deeper" },
        };

    [Theory]
    [MemberData(nameof(Tasks))]
    public async Task A_task_comes_over_or_is_refused_in_words(string assignments, string outcome, string said)
    {
        var original = await OriginalDatabase.Make();
        var id = await original.Task(assignments);

        var report = await ImportDesk.Report(Options, original.Address, isRehearsal: false);

        var line = Assert.Single(report.Lines, line => line.Noun == "task");
        Assert.Equal((id, outcome), (line.OriginalId, line.Outcome.ToString().ToLowerInvariant()));
        Assert.Equal(outcome == "imported", line.Id is not null);
        Assert.True(said.Length == 0 ? line.Notes.Count == 0 : line.Notes.Any(n => n.Contains(said)), Told(line));
        Assert.Equal(line.Id is null ? 0 : 1, await CountTasks());
    }

    [Fact]
    public async Task It_is_paused_and_its_agents_own_until_somebody_resumes_it()
    {
        var original = await OriginalDatabase.Make();
        var then = await original.Task("payload = jsonb_set(payload, '{params}', '{\"sum\": 3}'), priority = 2");
        await original.Task("status = 'paused', title = 'Resting'");
        await ImportDesk.Report(Options, original.Address, isRehearsal: false);
        await using var app = await OrdinautApp.Start(folder: _data);
        var admin = await app.AsAdmin();

        var tasks = (await admin.Get<Page<TaskView>>("/tasks?tag=imported")).Items;

        Assert.All(tasks, one => Assert.Equal("paused", one.Status));
        var task = Assert.Single(tasks, one => one.Title == "Morning");
        var agent = await admin.Get<AgentView>($"/agents/{task.CreatedBy}");
        Assert.Equal(("ann", "agent"), (agent.Name, agent.Role));
        Assert.Equal((2, "Europe/Chisinau", 3), (task.Priority, task.Timezone, Sum(task.Payload)));
        var origin = task.Metadata!.Value.GetProperty("original");
        Assert.Equal((then, "active"), (origin.GetProperty("id").GetGuid(), origin.GetProperty("status").GetString()));
        var resumed = await admin.Post<TaskView>($"/tasks/{task.Id}/resume", "");
        Assert.Equal("active", resumed.Status);
        Assert.True(resumed.NextRunAt > DateTimeOffset.UtcNow);
    }

    /// <summary>It kept none that could be carried over, and gets none by itself.</summary>
    [Fact]
    public async Task An_agent_has_no_secret_before_somebody_makes_one()
    {
        var original = await OriginalDatabase.Make();
        var report = await ImportDesk.Report(Options, original.Address, isRehearsal: false);
        await using var app = await OrdinautApp.Start(folder: _data);
        var id = report.Lines[0].Id!.Value.ToString();

        var answer = await app.Http.PostAsync(
            "/agents/auth/token",
            OrdinautApp.Body(Json.Write(new TokenRequest(id, OriginalDatabase.Ann.ToString())))
        );

        Assert.Equal(401, (int)answer.StatusCode);
        var admin = await app.AsAdmin();
        Assert.NotEmpty(
            (await app.Login(await admin.Post<AgentCredentials>($"/agents/{id}/credentials", "", 201))).Scope
        );
    }

    [Theory]
    [InlineData("name = 'admin'", "refused", "name: is an admin's here")]
    [InlineData("name = repeat('x', 101)", "refused", "name: The name must have 1 to 100 characters.")]
    [InlineData("scopes = array['admin', 'system']", "imported", "admin, system mean nothing here")]
    [InlineData("scopes = '{}'", "imported", "")]
    [InlineData("webhook_url = 'https://hooks.example/ann', scopes = '{}'", "imported", "")]
    [InlineData("webhook_url = 'gopher://hooks', scopes = '{}'", "imported", "webhook_url: is left out.")]
    public async Task An_agent_comes_over_with_the_rights_that_all_had(string assignments, string outcome, string said)
    {
        var original = await OriginalDatabase.Make();
        await original.Task();
        await original.Tell($"update agent set {assignments}");

        var lines = (await ImportDesk.Report(Options, original.Address, isRehearsal: false)).Lines;

        Assert.Equal(outcome, lines[0].Outcome.ToString().ToLowerInvariant());
        Assert.True(said.Length == 0 ? lines[0].Notes.Count == 0 : lines[0].Notes[0].Contains(said), Told(lines[0]));
        Assert.Equal(lines[0].Outcome, lines[1].Outcome);
    }

    [Fact]
    public async Task A_rehearsal_says_the_same_and_leaves_nothing()
    {
        var original = await OriginalDatabase.Make();
        await original.Task();
        await original.Task("timezone = 'Mars/Base'");

        var rehearsed = await ImportDesk.Run(Options, original.Address, isRehearsal: true);
        var left = await CountTasks();
        var imported = await ImportDesk.Run(Options, original.Address, isRehearsal: false);

        Assert.Equal((0, 1), (left, await CountTasks()));
        Assert.False(rehearsed.IsWhole || imported.IsWhole);
        Assert.Equal("would be: 2 imported, 0 present, 0 left, 1 refused", rehearsed.Words[^2]);
        Assert.Equal("2 imported, 0 present, 0 left, 1 refused", imported.Words[^2]);
        Assert.Equal(
            rehearsed.Words.Where(word => word.StartsWith("          - ")),
            imported.Words.Where(word => word.StartsWith("          - "))
        );
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task What_is_there_is_left_alone_the_second_time(string engine)
    {
        var url = engine == "sqlite" ? "" : PostgresServer.NewDatabase();
        var options = Options with { PostgresUrl = url };
        var original = await OriginalDatabase.Make();
        await original.Task();
        await original.Task("timezone = 'Mars/Base'");

        var first = await ImportDesk.Report(options, original.Address, isRehearsal: false);
        await original.Tell("update task set timezone = 'UTC', title = title || ' anew'");
        var second = await ImportDesk.Report(options, original.Address, isRehearsal: false);
        var third = await ImportDesk.Report(options, original.Address, isRehearsal: false);

        Assert.Equal((2, 0, 1), Counts(first));
        Assert.Equal((1, 2, 0), Counts(second));
        Assert.Equal((0, 3, 0), Counts(third));
        Assert.Equal(second.Lines.Select(line => line.Id).Order(), third.Lines.Select(line => line.Id).Order());
    }

    /// <summary>More than a page of what is there is looked at.</summary>
    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Many_tasks_come_over_once(string engine)
    {
        var options = Options with { PostgresUrl = engine == "sqlite" ? "" : PostgresServer.NewDatabase() };
        var original = await OriginalDatabase.Make();
        await original.Task();
        await original.Tell(
            """
            insert into task (title, description, created_by, schedule_kind, schedule_expr, payload)
            select title || n, description, created_by, schedule_kind, schedule_expr, payload
            from task, generate_series(1, 2 * 200) n
            """
        );

        var first = await ImportDesk.Report(options, original.Address, isRehearsal: false);
        var second = await ImportDesk.Report(options, original.Address, isRehearsal: false);

        Assert.Equal((402, 0, 0), Counts(first));
        Assert.Equal((0, 402, 0), Counts(second));
    }

    /// <summary>The mutant: the last statement of many fails, and nothing that came before it is there.</summary>
    [Fact]
    public async Task A_failure_leaves_nothing_half_imported()
    {
        var original = await OriginalDatabase.Make();
        await original.Task();
        var broken = Options with
        {
            Rewrite = sql => sql.Contains("insert into task_version") ? "select nothing_there" : sql,
        };

        await Assert.ThrowsAnyAsync<Exception>(() => ImportDesk.Report(broken, original.Address, isRehearsal: false));

        using var db = await Db.Open(Path.Combine(_data, "ordinaut.db"), TimeProvider.System);
        var rows = await db.Read(Ordinaut.Backups.DrillStore.Count);
        Assert.Equal((0, 1), (rows["task"], rows["agent"]));
        Assert.Equal((2, 0, 0), Counts(await ImportDesk.Report(Options, original.Address, isRehearsal: false)));
    }

    [Fact]
    public async Task Another_database_is_not_taken_for_the_originals()
    {
        var empty = PostgresServer.NewDatabase();
        var nobody = "postgres://ann@127.0.0.1:1/orchestrator";

        var foreign = await Assert.ThrowsAsync<Problem>(() => ImportDesk.Report(Options, empty, isRehearsal: false));
        var away = await Assert.ThrowsAsync<Problem>(() => ImportDesk.Report(Options, nobody, isRehearsal: false));
        var unread = await Assert.ThrowsAsync<Problem>(() => ImportDesk.Report(Options, "what?", isRehearsal: false));

        Assert.Contains("is no database of the original system", foreign.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", away.Message, StringComparison.Ordinal);
        Assert.Contains("--from must be", unread.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_data), "Nothing is made before there is something to bring.");
    }

    /// <summary>Its tables have the names of ours: a server told to use them must leave them as they are.</summary>
    [Fact]
    public async Task A_server_does_not_start_on_the_originals_database()
    {
        var original = await OriginalDatabase.Make();
        await original.Task();

        var refused = await Assert.ThrowsAsync<Problem>(() =>
            OrdinautApp.Start(configure: o => o with { PostgresUrl = original.Address }, folder: _data)
        );

        Assert.Contains("'ordinaut import'", refused.Message, StringComparison.Ordinal);
        await original.Task();
        Assert.Equal((3, 0, 0), Counts(await ImportDesk.Report(Options, original.Address, isRehearsal: false)));
    }

    public void Dispose()
    {
        if (Directory.Exists(_data))
        {
            Directory.Delete(_data, recursive: true);
        }
    }

    private static string With(string text)
    {
        const string Params = """{"sum": 3}""";
        var step = $$$"""{"id": "a", "uses": "debug.echo", "with": {"it": "{{{text}}}"}}""";
        return $$$"""payload = '{"params": {{{Params}}}, "pipeline": [{{{step}}}]}'""";
    }

    private static string Nested(int levels)
    {
        var list = new string('[', levels) + new string(']', levels);
        return $$$"""{"pipeline": [{"id": "a", "uses": "debug.echo", "with": {"it": {{{list}}} }}]}""";
    }

    private static int Sum(JsonElement payload) => payload.GetProperty("params").GetProperty("sum").GetInt32();

    private static string Told(ImportLine line) => $"{line.Outcome}: {string.Join(" | ", line.Notes)}";

    private static (int Imported, int Present, int Refused) Counts(ImportReport report) =>
        (
            report.Count(ImportOutcome.Imported),
            report.Count(ImportOutcome.Present),
            report.Count(ImportOutcome.Refused)
        );

    private async Task<long> CountTasks()
    {
        using var db = await Db.Open(Path.Combine(_data, "ordinaut.db"), TimeProvider.System);
        return (await db.Read(Ordinaut.Backups.DrillStore.Count))["task"];
    }
}
