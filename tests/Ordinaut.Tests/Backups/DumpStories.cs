using Ordinaut.Backups;
using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tests.Faults;
using Ordinaut.Tests.Store;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Backups;

/// <summary>
/// What was under way in a busy database when it was dumped is carried on in what the dump was restored into: which
/// does nothing by itself before it is told that it is the one to go on.
/// </summary>
public sealed class DumpStories : IAsyncDisposable
{
    private const int Runs = 12;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-dump-");
    private Sink _sink = null!;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Every_run_of_the_dump_is_carried_on_in_a_clone_that_starts_paused(string engine)
    {
        _sink = await Sink.Start();
        var (from, to) = (Place(engine, "from"), Place(engine, "to"));
        var (credentials, runs) = await Busy(from, () => Dump(from, to));
        var waiting = await Waiting(to);
        await BackupDesk.Declare(to, new RestoreWish());
        await File.WriteAllTextAsync(Path.Combine(to.Data, "admin.json"), Json.Write(credentials));
        var before = _sink.Calls.Count;

        await using var clone = await OrdinautApp.Start(configure: _ => to, folder: to.Data);
        var admin = await clone.AsAdmin();
        await System.Threading.Tasks.Task.Delay(TimeSpan.FromSeconds(2));
        Assert.Equal("paused", (await admin.Get<ClusterView>("/cluster")).State);
        Assert.Equal(before, _sink.Calls.Count);
        Assert.Equal(waiting, (await clone.Get<Db>().Read(DrillStore.Count))["queue"]);
        await admin.Post<ClusterView>("/cluster/takeover", """{"gap": "run"}""");

        var again = await clone.AsAdmin();
        foreach (var run in runs)
        {
            var state = (await clone.Finished(again, run)).GetProperty("state").GetString();
            Assert.Equal("succeeded", state);
        }

        Assert.Equal(0, (await clone.Get<Db>().Read(DrillStore.Count))["queue"]);
        Assert.Equal(Runs, _sink.Calls.Select(call => call.Key).Distinct().Count());
    }

    public async ValueTask DisposeAsync()
    {
        await _sink.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A server with runs that have ended, that run and that wait; what is to be done with it then.</summary>
    private async Task<(AgentCredentials Admin, IReadOnlyList<Guid> Runs)> Busy(OrdinautOptions options, Action then)
    {
        await using var app = await OrdinautApp.Start(configure: _ => options, folder: options.Data);
        var admin = await app.AsAdmin();
        var runs = new List<Guid>();
        for (var i = 0; i < Runs; i++)
        {
            var task = await admin.Post<TaskView>("/tasks", Json.Write(Idle(Call(i))), 201);
            runs.Add((await admin.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202)).Id);
        }

        await Campaign.Until(
            "some have ended, some run, some wait",
            OrdinautApp.Patience,
            async () =>
                (await admin.Get<Page<RunView>>("/runs?state=succeeded")).Items.Count > 1
                && (await admin.Get<Page<RunView>>("/runs?state=running")).Items.Count > 0
                && (await admin.Get<Page<RunView>>("/runs?state=queued")).Items.Count > 0
        );
        then();
        return (app.Admin, runs);
    }

    private string Call(int number) =>
        $$$"""
            {"id": "call", "uses": "http.request",
             "with": {"method": "POST", "url": "{{{_sink.Url("keyed", $"call{number}", 700)}}}"}}
            """;

    private OrdinautOptions Place(string engine, string name)
    {
        var data = Directory.CreateDirectory(Path.Combine(_folder.FullName, name)).FullName;
        return new OrdinautOptions
        {
            Urls = "http://127.0.0.1:0",
            Data = data,
            PostgresUrl = engine == "postgres" ? PostgresServer.NewDatabase() : "",
            EgressAllow = "127.0.0.1",
            WorkerConcurrency = 3,
            DrainSeconds = 0,
        };
    }

    private static void Dump(OrdinautOptions from, OrdinautOptions to)
    {
        if (from.Postgres is null)
        {
            DatabaseDump.OfSqlite(FileOf(from), FileOf(to));
        }
        else
        {
            DatabaseDump.OfPostgres(from.PostgresUrl, to.PostgresUrl);
        }
    }

    private static async Task<long> Waiting(OrdinautOptions options)
    {
        using var db = options.Postgres is { } server
            ? await Db.Open(server, TimeProvider.System)
            : await Db.Open(FileOf(options), TimeProvider.System);
        var rows = await db.Read(DrillStore.Count);
        Assert.InRange(rows["queue"], 1, Runs - 1);
        Assert.InRange(rows["run"], 1, Runs - 1);
        return rows["queue"];
    }

    private static string FileOf(OrdinautOptions options) => Path.Combine(options.Data, options.DatabaseName);
}
