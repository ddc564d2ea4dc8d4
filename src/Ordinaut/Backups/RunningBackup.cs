using Ordinaut.Store;

namespace Ordinaut.Backups;

/// <summary>
/// A backup that goes on for as long as the process does: now and then a new base, and what changes meanwhile.
/// </summary>
/// <param name="folder">Where it goes.</param>
internal abstract class RunningBackup(BackupFolder folder) : IAsyncDisposable
{
    /// <summary>A new base after this time; a restore then reads at most a day of changes.</summary>
    public static readonly TimeSpan BaseEvery = TimeSpan.FromDays(1);

    /// <summary>Everything that was acknowledged before this instant is in the folder; null: not yet.</summary>
    public DateTimeOffset? SavedThrough { get; protected set; }

    /// <summary>
    /// The same, with the keys as they are now. A first one that is new has a new base made under it, while what is
    /// there goes on until that is whole; nothing is written under one that was taken away.
    /// </summary>
    public BackupFolder Folder { get; set; } = folder;

    /// <summary>Saves what has come since the last time.</summary>
    /// <exception cref="Problem">It cannot; a new one has to begin.</exception>
    public abstract Task Tick();

    public abstract ValueTask DisposeAsync();

    /// <param name="keyId">The key of something that is being written; null: nothing is.</param>
    /// <exception cref="Problem">It was taken away.</exception>
    protected void RequireKey(string? keyId)
    {
        if (keyId is not null && !Folder.Opens(keyId))
        {
            throw new Problem(
                ProblemKind.Unavailable,
                $"The key {keyId} was taken away while it was backed up under it; a new backup begins under the first "
                    + "key."
            );
        }
    }
}

/// <summary>What a backup says of where it comes from.</summary>
/// <param name="Version">The program's.</param>
internal sealed record BackupSource(Db Db, string Version, TimeProvider Clock)
{
    private const string SelectSqlite = "select sqlite_version()";
    private const string SelectPostgres = "select pg_catalog.current_setting('server_version')";

    /// <summary>All but what is known when the base is whole.</summary>
    public Task<BackupManifest> Manifest(DateTimeOffset startedAt) =>
        Db.Read(async session =>
        {
            var cluster = await ClusterStore.Get(session);
            return new BackupManifest
            {
                Store = Db.IsShared ? "postgres" : "sqlite",
                Version = Version,
                StoreVersion = (await session.First(Db.IsShared ? SelectPostgres : SelectSqlite, row => row.Text(0)))!,
                ClusterId = cluster.Id,
                Incarnation = cluster.Incarnation,
                Fence = cluster.Fence,
                StartedAt = startedAt,
                CompleteAt = startedAt,
                BaseBytes = 0,
                BaseSha256 = "",
                KeyId = "",
            };
        });
}
