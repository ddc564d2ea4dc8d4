using System.Diagnostics;
using System.Globalization;
using Ordinaut.Backups;
using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Store;
using Ordinaut.Tests.Agents;
using Ordinaut.Tests.Faults;
using Ordinaut.Tests.Tasks;

namespace Ordinaut.Tests.Backups;

/// <summary>
/// Figure 15, erasure: an agent with a word in all that it has is erased while the server works, and the backups are
/// shredded. Then nobody finds the word: not where the server lives, not in what is backed up, not in what was.
/// </summary>
public sealed class ErasureFigure(ITestOutputHelper output)
{
    private const string Word = ErasureStories.Canary;

    /// <summary>How old what is not saved may become meanwhile: as at any other time.</summary>
    private static readonly Dictionary<string, TimeSpan> LongestGap = new()
    {
        ["sqlite"] = TimeSpan.FromSeconds(5),
        ["postgres"] = TimeSpan.FromSeconds(15),
    };

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Of_an_erased_agent_no_backup_tells(string engine)
    {
        using var turn = await Campaign.Turn();
        await using var server = engine == "postgres" ? await OwnPostgres.Start() : null;
        var database = server is null ? "" : await server.NewDatabase();
        await using var disaster = new Disaster(server?.Address(database) ?? "");
        var copy = disaster.Folder("elsewhere");
        (Rekeyed Made, TimeSpan Took, Watched Seen) shredded;
        OrdinautOptions options;
        long tasks;
        await using (var app = await Start(disaster))
        {
            options = app.Options;
            await EraseOne(app, disaster, copy, server?.Data ?? disaster.Data);
            await Clear(server, database);
            shredded = await Shred(app);
            await Disaster.Saved(app);
            tasks = (await app.Get<Db>().Read(DrillStore.Count))["task"];
            await (server is null ? Task.CompletedTask : Recycled(server));
        }

        await (server?.End() ?? Task.CompletedTask);
        Assert.Empty(Shards.Holding(disaster.Data, Word));
        var keys = disaster.Keys();
        Assert.Equal(shredded.Made.KeyId, Assert.Single(keys).Id);
        Assert.Empty(Shards.Telling(disaster.Backups, keys, Word));
        Assert.Equal(tasks, await Restored(disaster, options));
        var old = Shards.Files(copy);
        Assert.Empty(Shards.Opening(copy, keys));
        var problem = await TaskWriting.Refused(
            ProblemKind.NotFound,
            () => BackupDesk.Restore(options with { BackupFolder = copy }, new RestoreWish())
        );
        Assert.Contains("is sealed with the key", problem.Message);
        Assert.True(shredded.Seen.Gap <= LongestGap[engine], $"{shredded.Seen.Gap} were not saved");
        Assert.Empty(shredded.Seen.Faults);
        var figure = string.Create(
            CultureInfo.InvariantCulture,
            $"{engine}: 0 of {old.Count} files of the old backups open, 0 tell of the agent in the new; shredded in "
                + $"{shredded.Took.TotalSeconds:F1} s, what was not saved meanwhile was at most "
                + $"{shredded.Seen.Gap.TotalSeconds:F1} s old, at {shredded.Seen.Written} writes"
        );
        Campaign.Print(output, "Figure 15, erasure", figure);
    }

    /// <summary>The mutant: a key that is changed, and stays in the file as long as it opens anything.</summary>
    [Fact]
    public async Task With_the_key_before_still_there_the_old_backups_tell()
    {
        await using var disaster = new Disaster();
        var copy = disaster.Folder("elsewhere");
        await using var app = await Start(disaster);
        await EraseOne(app, disaster, copy, disaster.Data);

        await new Rekeying(app.Options, _ => { }).Run(shreds: false);

        Assert.Equal(2, disaster.Keys().Count);
        Assert.NotEmpty(Shards.Opening(copy, disaster.Keys()));
        Assert.NotEmpty(Shards.Telling(copy, disaster.Keys(), Word));
    }

    /// <summary>An agent lives, is backed up, and is erased; of the backups there is a copy elsewhere.</summary>
    /// <param name="live">Where the database is.</param>
    private static async Task EraseOne(OrdinautApp app, Disaster disaster, string copy, string live)
    {
        var admin = await app.AsAdmin();
        await Disaster.Whole(app);
        var agent = await ErasureStories.Live(app, admin);
        await Disaster.Saved(app);
        Disaster.CopyAll(disaster.Backups, copy);
        Assert.NotEmpty(Shards.Telling(copy, disaster.Keys(), Word));
        Assert.NotEmpty(Shards.Holding(live, Word));
        await admin.Post<ErasureView>($"/agents/{agent.AgentId}/erase", "");
    }

    /// <summary>As docs/governance.md has it: what PostgreSQL's files hold of rows that are gone.</summary>
    private static async Task Clear(OwnPostgres? server, string database)
    {
        if (server is not null)
        {
            await server.Tell("vacuum (full, analyze)", database);
            await server.Tell("vacuum (full) pg_statistic", database);
            await server.Tell("checkpoint", database);
        }
    }

    /// <summary>While a client writes without a pause.</summary>
    private static async Task<(Rekeyed, TimeSpan, Watched)> Shred(OrdinautApp app)
    {
        var admin = await app.AsAdmin();
        var body = Json.Write(TaskWriting.Idle("""{"id": "a", "uses": "debug.echo", "with": {}}"""));
        var watched = new Watched();
        using var ended = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            while (!ended.IsCancellationRequested)
            {
                await admin.Post<TaskView>("/tasks", body, 201);
                watched.Look(app);
            }
        });
        var began = Stopwatch.GetTimestamp();

        var made = await new Rekeying(app.Options, _ => { }).Run(shreds: true);

        var took = Stopwatch.GetElapsedTime(began);
        await ended.CancelAsync();
        await writing;
        return (made, took, watched);
    }

    /// <summary>Files of the log that nobody needs any more are gone, and the word with them.</summary>
    private static Task Recycled(OwnPostgres server) =>
        Campaign.Until(
            "nothing in the server's folder holds the word",
            TimeSpan.FromSeconds(60),
            async () =>
            {
                await server.Tell("checkpoint");
                return Shards.Holding(server.Data, Word).Count == 0;
            }
        );

    /// <summary>The tasks of what the new backup is restored to; the word is nowhere in it.</summary>
    private static async Task<long> Restored(Disaster disaster, OrdinautOptions options)
    {
        var target = disaster.Folder("restored");
        var to = options with { Data = options.Postgres is null ? target : options.Data };
        long tasks = 0;
        var wish = new RestoreWish
        {
            Target = target,
            Then = async socket =>
            {
                using var db = await Db.Open(socket, TimeProvider.System);
                tasks = (await db.Read(DrillStore.Count))["task"];
            },
        };
        await BackupDesk.Restore(to, wish);
        if (options.Postgres is null)
        {
            using var db = await Db.Open(Path.Combine(target, options.DatabaseName), TimeProvider.System);
            tasks = (await db.Read(DrillStore.Count))["task"];
        }

        Assert.Empty(Shards.Holding(target, Word));
        return tasks;
    }

    private static async Task<OrdinautApp> Start(Disaster disaster)
    {
        var key = disaster.Folder("secrets.key");
        await File.WriteAllTextAsync(key, SecretKey.Make().Write());
        return await OrdinautApp.Start(
            configure: own => disaster.Options(own) with { SecretsKeyFile = key, DrainSeconds = 0 },
            folder: disaster.Data
        );
    }

    /// <summary>How the backup is while its key is changed.</summary>
    private sealed class Watched
    {
        public int Written { get; private set; }

        /// <summary>How old what was not saved became.</summary>
        public TimeSpan Gap { get; private set; }

        public List<string> Faults { get; } = [];

        public void Look(OrdinautApp app)
        {
            Written++;
            var loop = app.Get<BackupLoop>();
            var gap = app.Get<Db>().Now() - loop.SavedThrough ?? TimeSpan.MaxValue;
            Gap = gap > Gap ? gap : Gap;
            Faults.AddRange(loop.Fault is { } fault ? [fault] : []);
        }
    }
}
