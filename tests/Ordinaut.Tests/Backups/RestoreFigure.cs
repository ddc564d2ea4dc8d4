using System.Globalization;
using Ordinaut.Backups;
using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Store;
using Ordinaut.Tests.Faults;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Backups;

/// <summary>
/// Figure 15: a server full of history is written to until its disk is gone; what was acknowledged and is not in the
/// restored database says how far back it is, and the first run after the restore how long it took.
/// </summary>
public sealed class RestoreFigure(ITestOutputHelper output)
{
    private const int ShortRuns = 20_000;
    private const int LongRuns = 1_000_000;

    private static readonly TimeSpan LongestLoss = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestLossOfServer = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestRestore = TimeSpan.FromMinutes(2);

    private static int Runs => Campaign.Number("ORDINAUT_RUNS", Campaign.IsLong ? LongRuns : ShortRuns);

    [Fact]
    public async Task A_lost_file_comes_back()
    {
        using var turn = await Campaign.Turn();
        await using var disaster = new Disaster();
        await using var app = await disaster.Start();
        await History.Fill(app.Get<Db>(), Runs);
        await Disaster.Whole(app);
        var heads = disaster.Folder("heads.jsonl");

        var (written, left) = await WriteUntil(
            app,
            disaster,
            () =>
            {
                File.Copy(Path.Combine(disaster.Data, "audit-heads.jsonl"), heads);
                return System.Threading.Tasks.Task.CompletedTask;
            }
        );

        var report = await new Drill(
            left with
            {
                SecretsKeyFile = Path.Combine(disaster.Data, "secrets.key"),
            },
            heads
        ).Run(null);
        Tell("SQLite", report, written, LongestLoss);
    }

    /// <summary>What turns the figure red: a backup of which only the base is left.</summary>
    [Fact]
    public async Task Without_what_changed_since_the_loss_shows()
    {
        await using var disaster = new Disaster();
        await using var app = await disaster.Start();
        await Disaster.Whole(app);
        var (written, left) = await WriteUntil(
            app,
            disaster,
            () => System.Threading.Tasks.Task.CompletedTask,
            TimeSpan.FromSeconds(1)
        );
        foreach (var changes in Directory.GetFiles(left.BackupFolder, "changes-*", SearchOption.AllDirectories))
        {
            File.Delete(changes);
        }

        await BackupDesk.Restore(left, new RestoreWish());

        using var db = await Db.Open(Path.Combine(left.Data, left.DatabaseName), TimeProvider.System);
        var restored = (await db.Read(DrillStore.Count))["task"];
        Assert.True(written.Lost(restored) > TimeSpan.Zero, $"{restored} of {written.Acknowledged.Count} are there");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lost_server_comes_back(bool synchronous)
    {
        using var turn = await Campaign.Turn();
        await using var server = await OwnPostgres.Start();
        await using var disaster = new Disaster(server.Address(await server.NewDatabase()));
        var key = disaster.Folder("secrets.key");
        await File.WriteAllTextAsync(key, SecretKey.Make().Write());
        await using var app = await OrdinautApp.Start(
            configure: own => disaster.Options(own) with { SecretsKeyFile = key, DrainSeconds = 0 },
            folder: disaster.Data
        );
        await History.Fill(app.Get<Db>(), Runs);
        await Disaster.Whole(app);
        if (synchronous)
        {
            await server.WaitFor(PostgresBackup.Slot);
        }

        var spool = disaster.Folder("spool");
        var (written, left) = await WriteUntil(
            app,
            disaster,
            async () =>
            {
                await server.End();
                Disaster.CopyAll(BackupSettings.SpoolOf(app.Options), spool);
            }
        );

        var drill = new Drill(left with { SecretsKeyFile = key }, null);
        var report = await drill.Run(null, synchronous ? spool : null);
        var name = synchronous ? "PostgreSQL, synchronous" : "PostgreSQL";
        Tell(name, report, written, synchronous ? TimeSpan.Zero : LongestLossOfServer);
    }

    /// <summary>One client that writes without a pause for some seconds; then what is left of the server.</summary>
    /// <param name="keep">Takes what is kept beside the backup, at that moment.</param>
    private static async Task<(Written Written, OrdinautOptions Left)> WriteUntil(
        OrdinautApp app,
        Disaster disaster,
        Func<Task> keep,
        TimeSpan? writing = null
    )
    {
        var admin = await app.AsAdmin();
        await admin.Send("PUT", "/secrets/one", """{"value": "a canary of a secret"}""");
        var acknowledged = new List<DateTimeOffset>();
        var body = Json.Write(Idle("""{"id": "a", "uses": "debug.echo", "with": {}}"""));
        var began = DateTimeOffset.UtcNow;
        var time = writing ?? TimeSpan.FromSeconds(Campaign.IsLong ? 60 : 5);
        while (DateTimeOffset.UtcNow - began < time)
        {
            await admin.Post<TaskView>("/tasks", body, 201);
            acknowledged.Add(DateTimeOffset.UtcNow);
        }

        var left = disaster.Now();
        var at = DateTimeOffset.UtcNow;
        await keep();
        return (new Written(acknowledged, at), disaster.Strike(left));
    }

    private void Tell(string store, DrillReport report, Written written, TimeSpan longestLoss)
    {
        var loss = written.Lost(report.Rows["task"]);
        var size = string.Create(
            CultureInfo.InvariantCulture,
            $"{store}: {report.Rows["run"]:N0} runs, {written.Acknowledged.Count:N0} acknowledged writes, "
                + $"RPO {loss.TotalSeconds:F1} s, RTO {report.Took.TotalSeconds:F1} s"
        );
        Campaign.Print(output, "Figure 15, restore", size);
        Assert.All(report.Checks, check => Assert.True(check.IsFine, $"{check.Name}: {check.Detail}"));
        Assert.Equal(Runs, report.Rows["run"]);
        Assert.True(loss <= longestLoss, $"{loss} of acknowledged writes are lost");
        Assert.InRange(report.Took, TimeSpan.Zero, LongestRestore);
    }

    /// <summary>What a client was told was written, one after the other, and when it was all gone.</summary>
    private sealed record Written(IReadOnlyList<DateTimeOffset> Acknowledged, DateTimeOffset GoneAt)
    {
        /// <summary>How old the oldest is that is not among those that came back.</summary>
        public TimeSpan Lost(long restored) =>
            restored >= Acknowledged.Count ? TimeSpan.Zero : GoneAt - Acknowledged[(int)restored];
    }
}
