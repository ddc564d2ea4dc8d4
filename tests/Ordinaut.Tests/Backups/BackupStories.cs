using Ordinaut.Agents;
using Ordinaut.Backups;
using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Backups;

/// <summary>A SQLite database is backed up while it is written to, and comes back as it was.</summary>
public sealed class BackupStories
{
    [Fact]
    public async Task What_was_acknowledged_is_in_the_backup_seconds_later()
    {
        await using var disaster = new Disaster();
        await using var app = await disaster.Start();
        var admin = await app.AsAdmin();
        await Write(admin, 40);
        await Disaster.Whole(app);
        await Write(admin, 400);
        var counted = await app.Get<Db>().Read(DrillStore.Count);
        await Disaster.Saved(app);

        var left = disaster.Strike();
        var restored = await BackupDesk.Restore(left, new RestoreWish());

        Assert.Equal(2, restored.Incarnation);
        using var db = await Db.Open(Path.Combine(left.Data, left.DatabaseName), TimeProvider.System);
        var found = await db.Read(DrillStore.Count);
        Assert.Equal(440, counted["task"]);
        Assert.Equal(counted["task"], found["task"]);
        Assert.Equal(counted["run"], found["run"]);
        Assert.Equal(counted["audit"], found["audit"]);
    }

    [Fact]
    public async Task A_log_that_is_brought_over_many_times_loses_no_page()
    {
        await using var disaster = new Disaster();
        await using var app = await disaster.Start();
        var admin = await app.AsAdmin();
        var wal = Path.Combine(disaster.Data, app.Options.DatabaseName + "-wal");
        await Disaster.Whole(app);
        // Some 4,000 pages of 4 KiB are brought over at a time.
        for (var round = 0; round < 12; round++)
        {
            await Write(admin, 2_000);
        }

        var counted = await app.Get<Db>().Read(DrillStore.Count);
        await Disaster.Saved(app);
        var left = disaster.Strike();
        await BackupDesk.Restore(left, new RestoreWish());

        using var db = await Db.Open(Path.Combine(left.Data, left.DatabaseName), TimeProvider.System);
        Assert.Equal(counted["task"], (await db.Read(DrillStore.Count))["task"]);
        Assert.InRange(new FileInfo(wal).Length, 0, 40 << 20);
    }

    [Fact]
    public async Task It_goes_back_to_an_instant()
    {
        await using var disaster = new Disaster();
        await using var app = await disaster.Start();
        var admin = await app.AsAdmin();
        await Disaster.Whole(app);
        await Write(admin, 10);
        await Disaster.Saved(app);
        var then = app.Get<BackupLoop>().SavedThrough!.Value;
        await Write(admin, 10);
        await Disaster.Saved(app);

        var left = disaster.Strike();
        var restored = await BackupDesk.Restore(left, new RestoreWish(then));

        using var db = await Db.Open(Path.Combine(left.Data, left.DatabaseName), TimeProvider.System);
        Assert.Equal(10, (await db.Read(DrillStore.Count))["task"]);
        Assert.True(restored.To <= then);
        var early = new RestoreWish(then - TimeSpan.FromDays(1));
        var problem = await Refused(ProblemKind.NotFound, () => BackupDesk.Restore(left, early));
        Assert.Contains("the oldest begins at", problem.Message);
    }

    [Fact]
    public async Task A_backup_by_hand_is_made_beside_the_server_and_verified()
    {
        await using var disaster = new Disaster();
        await using var app = await OrdinautApp.Start(folder: disaster.Data);
        await Write(await app.AsAdmin(), 20);
        var options = disaster.Options(app.Options);

        var set = await BackupDesk.Make(options);

        Assert.Equal(set.Name, Assert.Single(BackupDesk.List(options)).Name);
        Assert.Equal(set.Bytes, (await BackupDesk.Verify(options, null)).Bytes);
        Assert.DoesNotContain(Directory.GetFiles(disaster.Data), file => file.Contains("image"));
        var file = Path.Combine(disaster.Backups, set.Name, "base.sealed");
        await File.AppendAllBytesAsync(file, [0, 0, 0, 0]);
        await Refused(ProblemKind.Unavailable, () => BackupDesk.Verify(options, set.Name));
    }

    [Fact]
    public async Task One_by_hand_does_not_take_the_place_of_the_running_one()
    {
        await using var disaster = new Disaster();
        await using var app = await disaster.Start();
        var admin = await app.AsAdmin();
        await Disaster.Whole(app);
        await Write(admin, 10);
        await BackupDesk.Make(disaster.Options(app.Options));
        await Write(admin, 10);
        await Disaster.Saved(app);
        var left = disaster.Strike();

        await BackupDesk.Restore(left, new RestoreWish());

        using var db = await Db.Open(Path.Combine(left.Data, left.DatabaseName), TimeProvider.System);
        Assert.Equal(20, (await db.Read(DrillStore.Count))["task"]);
    }

    /// <summary>Its folder may be that of the original, which still runs.</summary>
    [Fact]
    public async Task A_copy_makes_no_backups_before_it_takes_over()
    {
        await using var disaster = new Disaster();
        await using (var app = await disaster.Start())
        {
            await Disaster.Whole(app);
        }

        var left = disaster.Strike();
        await BackupDesk.Restore(left, new RestoreWish());
        await using var copy = await OrdinautApp.Start(
            configure: own =>
                own with
                {
                    BackupFolder = left.BackupFolder,
                    BackupKeyFile = left.BackupKeyFile,
                    SecretsKeyFile = Path.Combine(disaster.Data, "secrets.key"),
                },
            folder: left.Data
        );
        var loop = copy.Get<BackupLoop>();

        await loop.Save();

        Assert.Single(BackupDesk.List(left));
        Assert.Contains("paused", loop.Fault);
        await Refused(ProblemKind.Conflict, () => BackupDesk.Make(left));
        await copy.Get<Takeover>().Run(new Caller(Guid.Empty, Scope.Admin), null);
        await Disaster.Whole(copy);
        Assert.Equal([2L, 1L], BackupDesk.List(left).Select(line => line.Incarnation));
    }

    [Fact]
    public async Task What_is_past_its_time_goes_and_the_newest_stays()
    {
        await using var disaster = new Disaster();
        await using var app = await OrdinautApp.Start(folder: disaster.Data);
        var options = disaster.Options(app.Options);
        BackupLine[] made =
        [
            await BackupDesk.Make(options),
            await BackupDesk.Make(options),
            await BackupDesk.Make(options),
        ];
        var folder = BackupSettings.FolderOf(options);

        // The second reaches back to before its completion's next microsecond; the first is needed for nothing.
        Assert.Equal(1, folder.Prune(made[1].From).Removed);
        Assert.Equal([made[2].Name, made[1].Name], folder.Whole().Select(set => set.Name));
        Assert.Equal(1, folder.Prune(DateTimeOffset.MaxValue).Removed);
        Assert.Equal([made[2].Name], folder.Whole().Select(set => set.Name));
    }

    internal static async Task Write(OrdinautApp.Client client, int tasks)
    {
        for (var left = tasks; left > 0; left -= 500)
        {
            var some = Enumerable.Repeat(
                Idle("""{"id": "a", "uses": "debug.echo", "with": {}}"""),
                Math.Min(left, 500)
            );
            await client.Post<BulkResult>("/tasks:bulk", Json.Write(new BulkTasks([.. some])));
        }
    }
}
