using Ordinaut.Backups;
using Ordinaut.Store;

namespace Ordinaut.Hosting;

/// <summary>What to restore, and what becomes of it.</summary>
/// <param name="At">The instant to go back to; null: as far as the backup goes.</param>
/// <param name="TakesOver">Whether it goes on at its next start; else it is paused.</param>
/// <param name="Gap">What becomes of what was due since, when it takes over.</param>
internal sealed record RestoreWish(DateTimeOffset? At = null, bool TakesOver = false, Gap Gap = Gap.Hold)
{
    /// <summary>PostgreSQL: the folder of the new server.</summary>
    public string? Target { get; init; }

    /// <summary>PostgreSQL: what pg_receivewal left in clear.</summary>
    public string? Spool { get; init; }

    /// <summary>PostgreSQL: what to do with the database while its server runs.</summary>
    public Func<PostgresSettings, Task>? Then { get; init; }

    /// <exception cref="Problem">It is none.</exception>
    public static Gap GapOf(string text) =>
        Word<Gap>.TryParse(text, out var gap)
            ? gap
            : throw Problem.Invalid("--gap", $"--gap must be {Word<Gap>.Choices}.");
}

/// <summary>A backup, for its operator.</summary>
/// <param name="From">The earliest instant that it can be restored to.</param>
internal sealed record BackupLine(string Name, string Store, string Version, long Incarnation, DateTimeOffset From)
{
    /// <summary>The latest.</summary>
    public required DateTimeOffset Through { get; init; }

    public required long Bytes { get; init; }
    public required string KeyId { get; init; }

    public static BackupLine Of(BackupSet set)
    {
        var manifest = set.Manifest;
        var store = $"{manifest.Store} {manifest.StoreVersion}";
        return new BackupLine(set.Name, store, manifest.Version, manifest.Incarnation, manifest.CompleteAt)
        {
            Through = set.Through,
            Bytes = set.Bytes,
            KeyId = manifest.KeyId,
        };
    }
}

/// <summary>What a restore came to.</summary>
/// <param name="To">What the database knows ends here; null when it does not say.</param>
internal sealed record Restored(string Backup, DateTimeOffset? To, long Incarnation, TimeSpan Took);

/// <summary>Backups by hand, on the store that is configured; also beside a server that runs.</summary>
internal static class BackupDesk
{
    // A transaction is replayed with the instant of its commit.
    private const string SelectReplayed = "select pg_last_xact_replay_timestamp()";

    /// <summary>Makes one that is whole in itself.</summary>
    public static async Task<BackupLine> Make(OrdinautOptions options)
    {
        var folder = BackupSettings.FolderOf(options);
        using var db = await OperatorDatabase.Open(options);
        await Ready(options, db, folder);
        return BackupLine.Of(await Make(options, db, folder));
    }

    public static Task<BackupSet> Make(OrdinautOptions options, Db db, BackupFolder folder)
    {
        var source = new BackupSource(db, options.Version, TimeProvider.System);
        return options.Postgres is { } server
            ? PostgresBackup.Once(source, server, BackupSettings.Programs(options), folder)
            : SqliteBackup.Once(source, OperatorDatabase.FileOf(options), folder);
    }

    /// <summary>Makes room, and sees that backups of this database may be made there.</summary>
    public static async Task<Cluster> Ready(OrdinautOptions options, Db db, BackupFolder folder)
    {
        OwnerOnly.CreateFolder(folder.FullPath);
        folder.Prune(db.Now() - TimeSpan.FromDays(options.BackupKeepDays));
        var cluster = await db.Read(ClusterStore.Get);
        folder.RequireOwn(cluster);
        if (cluster.State != ClusterState.Active)
        {
            throw Problem.Conflict("The cluster is paused: a copy makes no backups before it takes over.");
        }

        if (await db.Read(ClusterStore.BackupsKeep) is null)
        {
            await db.Write(s => ClusterStore.KeepBackups(s, TimeSpan.FromDays(options.BackupKeepDays)));
        }

        return cluster;
    }

    public static IReadOnlyList<BackupLine> List(OrdinautOptions options) =>
        [.. BackupSettings.FolderOf(options).Whole().Select(BackupLine.Of)];

    /// <summary>What is wrong with those that are not listed.</summary>
    public static IReadOnlyList<string> Faults(OrdinautOptions options) => BackupSettings.FolderOf(options).Faults();

    /// <summary>Opens everything of one backup, or of the newest; returns its bytes.</summary>
    public static async Task<BackupLine> Verify(OrdinautOptions options, string? name)
    {
        var folder = BackupSettings.FolderOf(options);
        var set = name is null ? folder.Find(null) : folder.Whole().FirstOrDefault(one => one.Name == name);
        if (set is null)
        {
            throw Problem.NotFound("backup", name!);
        }

        return BackupLine.Of(set) with
        {
            Bytes = await set.Verify(),
        };
    }

    public static async Task<Restored> Restore(OrdinautOptions options, RestoreWish wish)
    {
        var began = TimeProvider.System.GetTimestamp();
        var set = BackupSettings.FolderOf(options).Find(wish.At);
        RequireStore(options, set);
        var state = wish.TakesOver ? ClusterState.TakingOver : ClusterState.Paused;
        var (cluster, to) = options.Postgres is { } server
            ? await RestorePostgres(options, server, set, wish, (state, wish.Gap))
            : await RestoreSqlite(options, set, wish, (state, wish.Gap));
        return new Restored(set.Name, to, cluster.Incarnation, TimeProvider.System.GetElapsedTime(began));
    }

    /// <summary>A database that was restored by other means is told so: before a server starts on it.</summary>
    public static async Task<long> Declare(OrdinautOptions options, RestoreWish wish)
    {
        var state = wish.TakesOver ? ClusterState.TakingOver : ClusterState.Paused;
        using var folder = options.Postgres is null ? DataFolder.Open(options.Data, null) : null;
        using var db = await OperatorDatabase.Open(options);
        return (await Mark(db, (state, wish.Gap), wish.At)).Incarnation;
    }

    private static async Task<(Cluster, DateTimeOffset?)> RestoreSqlite(
        OrdinautOptions options,
        BackupSet set,
        RestoreWish wish,
        (ClusterState, Gap) mark
    )
    {
        using var folder = DataFolder.Open(options.Data, null);
        var file = OperatorDatabase.FileOf(options);
        string[] there = [file, file + "-wal", file + "-shm"];
        // The last commits of a database may be in its log alone: the three go together.
        if (File.Exists(file) || there.Any(one => File.Exists(one) && new FileInfo(one).Length > 0))
        {
            throw Problem.Conflict(
                $"'{file}' is there already, or was moved without its '-wal' and '-shm', which belong to it; move all "
                    + "three away, or restore to another --data."
            );
        }

        var draft = file + ".restoring";
        foreach (var left in there.Concat([draft, draft + "-wal", draft + "-shm"]))
        {
            File.Delete(left);
        }

        var to = await SqliteRestore.Run(set, wish.At, draft);
        Cluster cluster;
        using (var db = await Db.Open(draft, TimeProvider.System))
        {
            cluster = await Mark(db, mark, to);
        }

        // Under its own name only now: a server that starts on it finds that it was restored.
        File.Move(draft, file);
        return (cluster, to);
    }

    private static async Task<(Cluster, DateTimeOffset?)> RestorePostgres(
        OrdinautOptions options,
        PostgresSettings server,
        BackupSet set,
        RestoreWish wish,
        (ClusterState, Gap) mark
    )
    {
        var target = wish.Target ?? throw Problem.Invalid("--to", "--to must name the folder of the new server.");
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
        {
            throw Problem.Conflict($"'{target}' is not empty; name a folder that is empty or not there.");
        }

        var restore = new PostgresRestore(BackupSettings.Programs(options), server, target, wish.Spool);
        (Cluster, DateTimeOffset?) found = default;
        await restore.Run(
            set,
            wish.At,
            async () =>
            {
                using (var db = await Db.Open(restore.Socket, TimeProvider.System))
                {
                    var to = await db.Read(session => session.First(SelectReplayed, row => row.InstantOrNull(0)));
                    found = (await Mark(db, mark, to), to);
                }

                await (wish.Then?.Invoke(restore.Socket) ?? Task.CompletedTask);
            }
        );
        return found;
    }

    private static Task<Cluster> Mark(Db db, (ClusterState State, Gap Gap) mark, DateTimeOffset? to) =>
        db.Write(async session =>
        {
            await ClusterStore.BeginLife(session, mark.State, mark.Gap, to);
            return await ClusterStore.Get(session);
        });

    private static void RequireStore(OrdinautOptions options, BackupSet set)
    {
        var wanted = options.Postgres is null ? "sqlite" : "postgres";
        if (set.Manifest.Store != wanted)
        {
            throw Problem.Conflict(
                $"The backup {set.Name} is of {set.Manifest.Store}, and database_url names {wanted}; set it to the "
                    + "kind of database that the backup is of."
            );
        }
    }
}
