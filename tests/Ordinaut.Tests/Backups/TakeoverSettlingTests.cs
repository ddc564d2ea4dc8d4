using Microsoft.Extensions.Logging.Abstractions;
using Ordinaut.Agents;
using Ordinaut.Backups;
using Ordinaut.Hosting;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tests.Store;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Backups;

/// <summary>What a takeover settles: all that was there before, by whatever clock, and once.</summary>
public sealed class TakeoverSettlingTests
{
    private const string Call = """{"id": "call", "uses": "http.request", "with": {"url": "http://127.0.0.1:9/"}}""";
    private const string Ask = """{"id": "ask", "uses": "approval.request", "with": {"title": "Send it?"}}""";
    private const string Nap = """{"id": "nap", "wait": {"duration": 3600}}""";

    private static readonly Caller Operator = new(Guid.Empty, Scope.Admin);

    public static TheoryData<string> Engines => ["sqlite", "postgres"];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Two_that_take_over_at_once_do_it_once(string engine)
    {
        const int Runs = Takeover.BatchSize + 44;
        await using var app = await OrdinautApp.Start(configure: o =>
            engine == "sqlite" ? o : o with { PostgresUrl = PostgresServer.NewDatabase() }
        );
        var db = app.Get<Db>();
        var admin = await app.AsAdmin();
        // A copy from here on, in which nothing starts; and then a copy of that one.
        await Restore(db);
        var task = await admin.Post<TaskView>("/tasks", Json.Write(Idle(Call) with { OverlapPolicy = "queue" }), 201);
        for (var run = 0; run < Runs; run++)
        {
            await admin.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);
        }

        var cluster = await Restore(db);

        await System.Threading.Tasks.Task.WhenAll(TakeOver(app), TakeOver(app));

        var told = await (await app.AsAdmin()).Get<Page<AuditView>>("/audit?action=cluster.taken_over");
        var settled = told.Items.Sum(line => line.Detail!.Value.GetProperty("uncertain_runs").GetInt32());
        Assert.Equal(Runs, settled);
        Assert.Equal(Runs, await Count(db, "select count(*) from run where state = 'uncertain'"));
        Assert.Equal(cluster.Fence, await Count(db, "select max(token_epoch) from agent"));
        Assert.Equal(cluster.Fence, await Count(db, "select min(token_epoch) from agent"));
    }

    /// <summary>Two of the same backup are both its second life; what one hands out fits nowhere else.</summary>
    [Fact]
    public async Task No_two_lives_have_the_same_fence()
    {
        var folder = OrdinautApp.NewFolder();
        await (await OrdinautApp.Start(folder: folder)).DisposeAsync();
        var file = Path.Combine(folder, new OrdinautOptions().DatabaseName);
        var other = file + ".other";
        File.Copy(file, other);

        using var one = await Db.Open(file, TimeProvider.System);
        using var two = await Db.Open(other, TimeProvider.System);
        var (first, second) = (await Restore(one), await Restore(two));

        Assert.Equal((2L, 2L), (first.Incarnation, second.Incarnation));
        Assert.Equal(first.Id, second.Id);
        Assert.NotEqual(first.Fence, second.Fence);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Where_the_clock_is_behind_all_that_is_there_is_from_before()
    {
        var folder = OrdinautApp.NewFolder();
        await using (var app = await OrdinautApp.Start(folder: folder, configure: o => o with { DrainSeconds = 0 }))
        {
            var admin = await app.AsAdmin();
            await Restore(app.Get<Db>());
            var task = await admin.Post<TaskView>("/tasks", Json.Write(Idle(Call)), 201);
            await admin.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);
            await admin.Post<PublishedEvent>("/events", """{"topic": "last", "payload": {}}""", 202);
        }

        using var db = await Db.Open(
            Path.Combine(folder, new OrdinautOptions().DatabaseName),
            new SlowClock(TimeSpan.FromMinutes(10))
        );
        var cluster = await Restore(db);

        var before = cluster.RestoredAt!.Value;
        Assert.True(before > db.Now());
        Assert.Single(await db.Read(session => TakeoverStore.OfEarlierLife(session, before, cluster.Fence, 10)));
        var last = await db.Read(session => session.First("select max(id) from event", row => row.Id(0)));
        Assert.True(Ids.TimeOf(last) < Ids.TimeOf(Ids.Floor(before)));
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Its answer may have been given in what was lost.</summary>
    [Theory]
    [InlineData("hold", "uncertain")]
    [InlineData("run", "waiting")]
    public async Task A_run_that_waits_for_an_answer_is_held_and_one_that_waits_for_a_time_goes_on(
        string gap,
        string state
    )
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var asking = await Waiting(app, admin, Ask);
        var napping = await Waiting(app, admin, Nap);
        await Restore(app.Get<Db>());

        await admin.Post<ClusterView>("/cluster/takeover", $$"""{"gap": "{{gap}}"}""");

        var again = await app.AsAdmin();
        Assert.Equal(state, (await again.Get<RunView>($"/runs/{asking}")).State);
        Assert.Equal("waiting", (await again.Get<RunView>($"/runs/{napping}")).State);
    }

    [Fact]
    public async Task Of_a_copy_that_is_paused_nothing_is_removed()
    {
        await using var app = await OrdinautApp.Start();
        var db = app.Get<Db>();
        await History.Fill(db, 10);
        await Restore(db);
        var hour = TimeSpan.FromHours(1);
        var retention = new Retention(
            db,
            new RetentionSettings(hour, hour, hour, TimeSpan.FromDays(1)),
            TimeProvider.System,
            NullLogger<Retention>.Instance
        );

        Assert.Equal(0, await retention.DoBatch());
        await TakeOver(app);
        Assert.True(await retention.DoBatch() >= 10);
    }

    private static Task<Cluster> Restore(Db db) =>
        db.Write(async session =>
        {
            await ClusterStore.BeginLife(session, ClusterState.Paused, Gap.Hold, null);
            return await ClusterStore.Get(session);
        });

    /// <summary>Who comes when it is done finds nothing to do.</summary>
    private static async Task TakeOver(OrdinautApp app)
    {
        try
        {
            await app.Get<Takeover>().Run(Operator, null);
        }
        catch (Problem problem) when (problem.Kind == ProblemKind.Conflict)
        {
            Assert.Contains("nothing to take over", problem.Message);
        }
    }

    private static async Task<Guid> Waiting(OrdinautApp app, OrdinautApp.Client client, string step)
    {
        var task = await client.Post<TaskView>("/tasks", Json.Write(Idle(step)), 201);
        var run = await client.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);
        await app.When(client, run.Id, now => now.GetProperty("state").GetString() == "waiting");
        return run.Id;
    }

    private static Task<long> Count(Db db, string sql) => db.Read(session => session.First(sql, row => row.Long(0)));

    private sealed class SlowClock(TimeSpan behind) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - behind;
    }
}
