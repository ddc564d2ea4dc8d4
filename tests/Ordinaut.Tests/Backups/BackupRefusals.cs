using Ordinaut.Backups;
using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tests.Faults;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Backups;

/// <summary>What a SQLite backup and a restore refuse, and what they say then.</summary>
public sealed class BackupRefusals
{
    [Fact]
    public async Task A_damaged_database_is_not_backed_up_and_leaves_nothing()
    {
        await using var disaster = new Disaster();
        OrdinautOptions options;
        await using (var app = await OrdinautApp.Start(folder: disaster.Data))
        {
            await BackupStories.Write(await app.AsAdmin(), 200);
            options = disaster.Options(app.Options);
        }

        await Damage(Path.Combine(options.Data, options.DatabaseName));

        var problem = await Refused(ProblemKind.Unavailable, () => BackupDesk.Make(options));

        Assert.Contains("is damaged", problem.Message);
        Assert.Empty(Directory.GetDirectories(disaster.Backups));
    }

    /// <summary>With the log of a file that was moved away its last commits would go.</summary>
    [Fact]
    public async Task A_log_that_was_left_behind_is_not_thrown_away()
    {
        await using var disaster = new Disaster();
        await using (var app = await OrdinautApp.Start(folder: disaster.Data))
        {
            await BackupDesk.Make(disaster.Options(app.Options));
        }

        var options = disaster.Options(new OrdinautOptions { Data = disaster.Data });
        var file = Path.Combine(options.Data, options.DatabaseName);
        File.Move(file, file + ".kept");
        await File.WriteAllTextAsync(file + "-wal", "the last commits");

        var problem = await Refused(ProblemKind.Conflict, () => BackupDesk.Restore(options, new RestoreWish()));

        Assert.Contains("'-wal'", problem.Message);
        Assert.True(File.Exists(file + "-wal"));
    }

    [Fact]
    public async Task A_copy_made_by_other_means_is_declared()
    {
        await using var disaster = new Disaster();
        OrdinautOptions options;
        await using (var app = await OrdinautApp.Start(folder: disaster.Data))
        {
            options = disaster.Options(app.Options);
            await Refused(ProblemKind.Unavailable, () => BackupDesk.Declare(options, new RestoreWish()));
        }

        Assert.Equal(2, await BackupDesk.Declare(options, new RestoreWish()));

        await using var copy = await OrdinautApp.Start(folder: disaster.Data);
        Assert.Equal("paused", (await (await copy.AsAdmin()).Get<ClusterView>("/cluster")).State);
    }

    [Fact]
    public async Task A_drill_tells_of_all_that_is_wrong()
    {
        await using var disaster = new Disaster();
        OrdinautOptions options;
        await using (var app = await OrdinautApp.Start(folder: disaster.Data))
        {
            options = disaster.Options(app.Options);
            await (await app.AsAdmin()).Send("PUT", "/secrets/one", """{"value": "a canary of a secret"}""");
            await BackupDesk.Make(options);
        }

        var wrong = options with { SecretsKey = Ordinaut.Secrets.SecretKey.Make().Write(), SecretsKeyFile = "" };
        var found = (await new Drill(wrong, null).Run(null)).Checks.Where(check => !check.IsFine).ToList();
        Assert.Equal(["secrets", "server"], found.Select(check => check.Name));
        Assert.Contains("secrets_key_command", found[1].Detail);

        var command = options with
        {
            SecretsKeyFile = "",
            SecretsKeyCommand = $"/bin/cat {Path.Combine(options.Data, "secrets.key")}",
        };
        var fine = await new Drill(command, null).Run(null);
        Assert.All(fine.Checks, check => Assert.True(check.IsFine, $"{check.Name}: {check.Detail}"));
        Assert.True(fine.IsFine);
    }

    /// <summary>What is not brought into the folder must not be told to be there.</summary>
    [Fact]
    public async Task A_log_that_another_cut_off_ends_the_backup()
    {
        await using var disaster = new Disaster();
        Directory.CreateDirectory(disaster.Data);
        var file = Path.Combine(disaster.Data, "some.db");
        using var db = await Db.Open(file, TimeProvider.System);
        var folder = BackupSettings.FolderOf(disaster.Options(new OrdinautOptions()));
        await using var backup = new SqliteBackup(new BackupSource(db, "1", TimeProvider.System), file, folder);
        await Campaign.Until(
            "a base is whole",
            OrdinautApp.Patience,
            async () =>
            {
                await backup.Tick();
                return backup.SavedThrough is not null;
            }
        );

        await db.Write(session => session.Script("create table more (n integer)"));
        using (var other = await SqliteConnections.OpenWriter(file))
        {
            await other.First("pragma wal_checkpoint(truncate)", row => row.Long(0));
        }

        var saved = backup.SavedThrough;
        var problem = await Refused(ProblemKind.Unavailable, backup.Tick);
        Assert.Contains("another program", problem.Message);
        Assert.True(backup.SavedThrough <= db.Now());
        Assert.Equal(saved, backup.SavedThrough);
    }

    [Fact]
    public void What_waits_for_a_folder_that_hangs_has_a_limit()
    {
        var queue = new PageQueue(maxBytes: 8_192);
        var page = new PageBatch(default, 4_096, 1, [(1, new byte[4_096])]);

        Assert.Null(queue.Add(page));
        Assert.Null(queue.Add(page));
        Assert.Contains("8192 bytes", queue.Add(page));
        Assert.True(queue.TryTake(out var batch));
        Assert.Same(page, batch);
    }

    [Fact]
    public async Task Nothing_is_restored_over_a_database_that_is_there()
    {
        await using var disaster = new Disaster();
        await using (var app = await OrdinautApp.Start(folder: disaster.Data))
        {
            await BackupDesk.Make(disaster.Options(app.Options));
        }

        var options = disaster.Options(new OrdinautOptions { Data = disaster.Data });
        var problem = await Refused(ProblemKind.Conflict, () => BackupDesk.Restore(options, new RestoreWish()));

        Assert.Contains("move all three away", problem.Message);
    }

    [Fact]
    public async Task The_folder_of_another_cluster_is_refused()
    {
        await using var disaster = new Disaster();
        await using (var app = await OrdinautApp.Start(folder: disaster.Data))
        {
            await BackupDesk.Make(disaster.Options(app.Options));
        }

        await using var other = await OrdinautApp.Start(configure: disaster.Options);

        var problem = await Refused(ProblemKind.Conflict, other.Get<BackupLoop>().Save);
        Assert.Contains("of another cluster", problem.Message);
    }

    /// <summary>A page of an index, so that the file opens.</summary>
    private static async Task Damage(string file)
    {
        int page;
        using (var session = await SqliteConnections.OpenWriter(file))
        {
            page = (int)
                await session.First("select rootpage from sqlite_schema where name = 'task_owner'", r => r.Long(0));
            await session.First("pragma wal_checkpoint(truncate)", row => row.Long(0));
        }

        await using var damaged = new FileStream(file, FileMode.Open, FileAccess.Write);
        damaged.Seek((page - 1) * 4_096L, SeekOrigin.Begin);
        damaged.Write(new byte[4_096]);
    }
}
