using Microsoft.Extensions.Time.Testing;
using Ordinaut.Backups;
using Ordinaut.Hosting;
using Ordinaut.Secrets;
using Ordinaut.Store;
using Ordinaut.Tests.Faults;

namespace Ordinaut.Tests.Backups;

/// <summary>A server that backs up hears by itself that its keys have changed.</summary>
public sealed class KeyChangeStories
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task It_goes_over_to_a_new_first_key_and_needs_no_other_then(string engine)
    {
        await using var server = engine == "postgres" ? await OwnPostgres.Start() : null;
        await using var disaster = new Disaster(server is null ? "" : server.Address(await server.NewDatabase()));
        OrdinautOptions left;
        await using (var app = await Start(disaster))
        {
            var admin = await app.AsAdmin();
            await Disaster.Whole(app);
            await BackupStories.Write(admin, 20);
            var key = Add(disaster);
            await Under(app, key);
            await BackupStories.Write(admin, 20);
            Assert.Null(app.Get<BackupLoop>().Fault);

            new KeyFile(disaster.KeyFile, isOurs: false).Retire(new HashSet<string>());
            await BackupStories.Write(admin, 20);
            await Disaster.Saved(app);
            // The key before was taken out as it should: after there was something to restore from.
            Assert.Null(app.Get<BackupLoop>().Fault);
            Assert.Equal([key], BackupSettings.FolderOf(app.Options).Whole().Select(set => set.Manifest.KeyId));
            left = disaster.Strike();
        }

        Assert.Equal(60, await Restored(left, disaster.Folder("server")));
    }

    /// <summary>Pages changed since the last look may still tell of it: they are no part of the new base.</summary>
    [Fact]
    public async Task Of_what_was_erased_before_it_nothing_is_under_the_new_key()
    {
        await using var disaster = new Disaster();
        Directory.CreateDirectory(disaster.Data);
        var file = Path.Combine(disaster.Data, "some.db");
        using var db = await Db.Open(file, TimeProvider.System);
        var clock = new FakeTimeProvider();
        var first = BackupSettings.FolderOf(disaster.Options(new OrdinautOptions()));
        await using var backup = new SqliteBackup(new BackupSource(db, "1", clock), file, first);
        await Ticks(backup, () => first.Whole().Count == 1);
        await db.Write(session => session.Script("create table word (it text)"));
        foreach (var sql in new[] { "insert into word values ('canary4711')", "delete from word" })
        {
            await db.Write(session => session.Script(sql));
            // The writer looks after it has answered, when it is time to: what it has done is handed on by itself.
            clock.Advance(TimeSpan.FromSeconds(1));
            await db.Write(_ => ValueTask.CompletedTask);
            await db.Write(_ => ValueTask.CompletedTask);
        }

        var key = SecretKey.Make();
        backup.Folder = first with { Keys = [key, .. first.Keys] };
        await Ticks(backup, () => backup.Folder.Whole().Count == 2);
        await db.Write(session => session.Script("insert into word values ('another')"));
        await backup.Tick();

        Assert.NotEmpty(Shards.Telling(disaster.Backups, first.Keys, "canary4711"));
        Assert.NotEmpty(Shards.Telling(disaster.Backups, [key], "another"));
        Assert.Empty(Shards.Telling(disaster.Backups, [key], "canary4711"));
    }

    /// <summary>What was backed up under it is lost, as who took it away wanted; nothing is added to that.</summary>
    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Under_a_key_that_was_taken_away_nothing_more_is_written(string engine)
    {
        await using var server = engine == "postgres" ? await OwnPostgres.Start() : null;
        await using var disaster = new Disaster(server is null ? "" : server.Address(await server.NewDatabase()));
        await using var app = await Start(disaster);
        await Disaster.Whole(app);
        await BackupStories.Write(await app.AsAdmin(), 20);
        var (before, after) = (disaster.Keys()[0], SecretKey.Make());

        await File.WriteAllTextAsync(disaster.KeyFile, after.Write());
        await Campaign.Until("it says so", Patience, () => app.Get<BackupLoop>().Fault is not null);
        await Under(app, after.Id);

        var old = Lengths(disaster, before);
        Assert.NotEmpty(old);
        await BackupStories.Write(await app.AsAdmin(), 20);
        await Disaster.Saved(app);
        Assert.Equal(old, Lengths(disaster, before));
        Assert.Null(app.Get<BackupLoop>().Fault);
        Assert.Equal(40, await Restored(disaster.Strike(), disaster.Folder("server")));
    }

    /// <summary>As while its disk is away: a new base for each such moment would cost too much.</summary>
    [Fact]
    public async Task While_the_keys_cannot_be_read_it_goes_on_and_says_so()
    {
        await using var disaster = new Disaster();
        await using var app = await Start(disaster);
        var loop = app.Get<BackupLoop>();
        await Disaster.Whole(app);

        File.Move(disaster.KeyFile, disaster.KeyFile + ".away");
        await Campaign.Until("it says so", Patience, () => loop.Fault is not null);
        var said = loop.Fault;
        await BackupStories.Write(await app.AsAdmin(), 20);
        await Disaster.Saved(app);
        File.Move(disaster.KeyFile + ".away", disaster.KeyFile);
        await Campaign.Until("it is well", Patience, () => loop.Fault is null);

        Assert.Contains("There is no key for backups", said);
        Assert.Single(Directory.GetDirectories(disaster.Backups));
        Assert.Equal(20, await Restored(disaster.Strike(), ""));
    }

    /// <summary>Of two that back up into one folder the second waits until the first is gone.</summary>
    [Fact]
    public async Task A_folder_in_which_another_backs_up_is_left_to_it()
    {
        await using var disaster = new Disaster();
        Directory.CreateDirectory(disaster.Backups);
        var other = new BackupFolder(disaster.Backups, disaster.Keys()).TryHold();
        await using var app = await Start(disaster);
        var loop = app.Get<BackupLoop>();

        await Campaign.Until("it says so", Patience, () => loop.Fault?.Contains("Another process") == true);
        Assert.Empty(Directory.GetDirectories(disaster.Backups));
        other!.Dispose();
        await Disaster.Whole(app);

        Assert.Null(BackupSettings.FolderOf(app.Options).TryHold());
    }

    /// <summary>PostgreSQL: nobody follows the log, and the next server goes on from the base made by hand.</summary>
    [Fact]
    public async Task Shredded_between_two_servers_the_log_goes_on()
    {
        await using var server = await OwnPostgres.Start();
        await using var disaster = new Disaster(server.Address(await server.NewDatabase()));
        OrdinautOptions options;
        await using (var app = await Start(disaster))
        {
            options = app.Options;
            await Disaster.Whole(app);
            await BackupStories.Write(await app.AsAdmin(), 20);
        }

        var made = await new Rekeying(options, _ => { }).Run(shreds: true);
        await using (var app = await Start(disaster))
        {
            await BackupStories.Write(await app.AsAdmin(), 20);
            await Disaster.Whole(app);
            await Disaster.Saved(app);
        }

        Assert.Equal(made.Backup, Assert.Single(BackupDesk.List(options)).Name);
        Assert.True(made.Logs > 0);
        await BackupDesk.Verify(options, null);
        Assert.Equal(40, await Restored(disaster.Strike(), disaster.Folder("server")));
    }

    /// <summary>As a verb does, or the operator by hand.</summary>
    private static string Add(Disaster disaster)
    {
        var old = disaster.Keys().Select(key => key.Id).ToHashSet();
        new KeyFile(disaster.KeyFile, isOurs: false).TryRenew(old);
        return disaster.Keys()[0].Id;
    }

    private static Task Ticks(SqliteBackup backup, Func<bool> isSo) =>
        Campaign.Until(
            "a base is whole",
            Patience,
            async () =>
            {
                await backup.Tick();
                return isSo();
            }
        );

    private static Task Under(OrdinautApp app, string key) =>
        Campaign.Until(
            "a base is whole under the new key",
            Patience,
            () =>
                BackupSettings.FolderOf(app.Options).Whole() is [var newest, ..]
                && newest.Manifest.KeyId == key
                && app.Get<BackupLoop>().SavedThrough is not null
        );

    private static List<(string, long)> Lengths(Disaster disaster, SecretKey key) =>
        [.. disaster.Now().Where(file => file.File.EndsWith(".sealed") && SealedFile.KeyIdAt(file.File) == key.Id)];

    private static async Task<long> Restored(OrdinautOptions left, string target)
    {
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
        await BackupDesk.Restore(left, wish);
        if (left.Postgres is not null)
        {
            return tasks;
        }

        using var file = await Db.Open(Path.Combine(left.Data, left.DatabaseName), TimeProvider.System);
        return (await file.Read(DrillStore.Count))["task"];
    }

    private static async Task<OrdinautApp> Start(Disaster disaster)
    {
        var key = disaster.Folder("secrets.key");
        if (!File.Exists(key))
        {
            await File.WriteAllTextAsync(key, SecretKey.Make().Write());
        }

        return await OrdinautApp.Start(
            configure: own => disaster.Options(own) with { SecretsKeyFile = key, DrainSeconds = 0 },
            folder: disaster.Data
        );
    }
}
