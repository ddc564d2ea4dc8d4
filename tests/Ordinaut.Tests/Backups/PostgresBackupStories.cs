using Ordinaut.Hosting;
using Ordinaut.Secrets;
using Ordinaut.Tests.Faults;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Backups;

/// <summary>A PostgreSQL server is copied, and comes back whole or not at all.</summary>
public sealed class PostgresBackupStories
{
    [Fact]
    public async Task A_restore_that_is_broken_off_leaves_no_server()
    {
        await using var server = await OwnPostgres.Start();
        await using var disaster = new Disaster(server.Address(await server.NewDatabase()));
        var options = disaster.Options(new OrdinautOptions());
        await using (await Start(disaster, own => own with { BackupFolder = "" }))
        {
            await BackupDesk.Make(options);
        }

        var target = disaster.Folder("server");
        var wish = new RestoreWish { Target = target };
        var wrong = options with { PostgresUrl = server.Address("nowhere") };
        var problem = await Refused(ProblemKind.Unavailable, () => BackupDesk.Restore(wrong, wish));

        Assert.Contains("nowhere", problem.Message);
        Assert.False(File.Exists(Path.Combine(target, "PG_VERSION")));
        await Refused(ProblemKind.Conflict, () => BackupDesk.Restore(options, wish));
        // A folder that is there and empty, as a disk of its own is, is taken from everybody else.
        var empty = Directory.CreateDirectory(disaster.Folder("empty"));
        Assert.Equal(2, (await BackupDesk.Restore(options, wish with { Target = empty.FullName })).Incarnation);
        Assert.True(File.Exists(Path.Combine(empty.FullName, "PG_VERSION")));
        Assert.False(Directory.Exists(Path.Combine(empty.FullName, "restoring")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, empty.UnixFileMode);
    }

    /// <summary>Between what was brought into the folder and what the server still has there may be a gap.</summary>
    [Fact]
    public async Task Without_its_spool_a_backup_begins_anew()
    {
        await using var server = await OwnPostgres.Start();
        await using var disaster = new Disaster(server.Address(await server.NewDatabase()));
        var options = disaster.Options(new OrdinautOptions());
        for (var start = 1; start <= 2; start++)
        {
            await using var app = await Start(disaster);
            await Disaster.Whole(app);
            Assert.Single(BackupDesk.List(options));
        }

        Directory.Delete(BackupSettings.SpoolOf(options with { Data = disaster.Data }), recursive: true);
        await using (var app = await Start(disaster))
        {
            await Disaster.Whole(app);
        }

        Assert.Equal(2, BackupDesk.List(options).Count);
        Assert.True((await BackupDesk.Verify(options, null)).Bytes > 0);
    }

    private static async Task<OrdinautApp> Start(
        Disaster disaster,
        Func<OrdinautOptions, OrdinautOptions>? configure = null
    )
    {
        var key = disaster.Folder("secrets.key");
        if (!File.Exists(key))
        {
            await File.WriteAllTextAsync(key, SecretKey.Make().Write());
        }

        return await OrdinautApp.Start(
            configure: own =>
                (configure ?? (all => all))(disaster.Options(own) with { SecretsKeyFile = key, DrainSeconds = 0 }),
            folder: disaster.Data
        );
    }
}
