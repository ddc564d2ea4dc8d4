using System.Text.Json.Nodes;
using Ordinaut.Audit;
using Ordinaut.Backups;
using Ordinaut.Secrets;
using Ordinaut.Store;

namespace Ordinaut.Hosting;

/// <summary>What became of the key of the backups.</summary>
/// <param name="KeyId">What seals from now on.</param>
/// <param name="Backup">What is whole under it.</param>
/// <param name="Gone">The keys that are out of the file.</param>
internal sealed record Rekeyed(string KeyId, string Backup, IReadOnlyList<string> Gone)
{
    /// <summary>Backups that were removed, for nothing opens them any more.</summary>
    public int Backups { get; init; }

    /// <summary>Files of PostgreSQL's log that were.</summary>
    public int Logs { get; init; }

    /// <summary>What could not be removed; it is noise all the same.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];
}

/// <summary>
/// Changes the key of the backups, for their operator. With the older keys goes, where that is wished, all that only
/// they open: here, and wherever a copy of it is. A server that backs up goes over by itself. There is at every moment
/// a whole backup that the keys in the file open; a change that is broken off is made again.
/// </summary>
/// <param name="tell">Hears of each step when it is done.</param>
internal sealed class Rekeying(OrdinautOptions options, Action<string> tell)
{
    /// <summary>How long a server that backs up may make no base and have none under the key; 60 seconds.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeProvider Clock = TimeProvider.System;

    private BackupFolder Folder => BackupSettings.FolderOf(options);

    /// <param name="shreds">
    /// Whether what was before becomes noise; else its keys stay as long as they open anything.
    /// </param>
    public async Task<Rekeyed> Run(bool shreds)
    {
        if (BackupSettings.KeysOf(options) is not KeyFile keys)
        {
            throw Problem.Conflict(
                "The keys of backups come by backup_key, which this program cannot change; put them into a file, and "
                    + "name that in backup_key_file."
            );
        }

        var before = Folder;
        using var db = await OperatorDatabase.Open(options);
        var cluster = await BackupDesk.Ready(options, db, before);

        // Checkpoint #1: beside the new key is every one that something is under. All opens.
        keys.Retire(before.KeyIds());
        keys.TryRenew(shreds ? NewestOnly(before) : before.KeyIds());
        var key = Folder.Key.Id;
        tell($"the key {key} is the first in '{options.BackupKeyFile}'");

        // Checkpoint #2: what the database can be restored from needs no other key.
        var backup = await Base(db, cluster, key);
        tell($"{backup.Name} is whole under it, and was read");

        // Checkpoint #3: what was under the keys before is noise.
        var gone = keys.Retire(shreds ? new HashSet<string> { key } : Folder.KeyIds());
        tell(gone.Count == 0 ? "no key left the file" : $"out of the file: {string.Join(", ", gone)}");

        // Checkpoint #4: and it is removed. What is broken off here, the next change finds.
        var (backups, logs, faults) = shreds ? Folder.RemoveNoise(cluster.Id) : (0, 0, []);
        var made = new Rekeyed(key, backup.Name, gone)
        {
            Backups = backups,
            Logs = logs,
            Faults = faults,
        };
        await db.Write(session =>
            OperatorDatabase.Audit().Append(session, OperatorDatabase.Operator, Entry(made, shreds))
        );
        return made;
    }

    /// <summary>
    /// Where the file is full, what is under its last key goes a moment before the rest; but not the newest.
    /// </summary>
    private static HashSet<string> NewestOnly(BackupFolder folder) =>
        [.. folder.Whole().Take(1).Select(set => set.Manifest.KeyId)];

    /// <summary>A whole base under the key, which was read: the server's, or where none backs up, ours.</summary>
    private async Task<BackupSet> Base(Db db, Cluster cluster, string key)
    {
        var seenAt = Clock.GetTimestamp();
        while (Clock.GetElapsedTime(seenAt) < Patience)
        {
            var folder = Folder;
            var made = folder.Whole().FirstOrDefault(set => set.Manifest.Fence == cluster.Fence && set.OpensBy(key));
            if (made is null)
            {
                using var turn = folder.TryHold();
                made = turn is null ? null : await Own(db, folder, key);
            }

            if (made is not null)
            {
                await made.Verify();
                return made;
            }

            seenAt = folder.IsBeingMade ? Clock.GetTimestamp() : seenAt;
            await Task.Delay(Poll, Clock);
        }

        throw new Problem(
            ProblemKind.Unavailable,
            $"The server that backs up into '{options.BackupFolder}' begins no base under the new key; is its "
                + "backup_key_file the same file, and its check 'backup' well? All keys are still there: do it again "
                + "then."
        );
    }

    private async Task<BackupSet> Own(Db db, BackupFolder folder, string key)
    {
        var made = await BackupDesk.Make(options, db, folder);
        return made.OpensBy(key)
            ? made
            : throw new Problem(
                ProblemKind.Unavailable,
                $"Another process writes into '{options.BackupFolder}' under another key; end it, and do it again."
            );
    }

    private static AuditEntry Entry(Rekeyed made, bool shreds)
    {
        var detail = new JsonObject
        {
            ["key_id"] = made.KeyId,
            ["keys_gone"] = new JsonArray([.. made.Gone.Select(id => (JsonNode?)id)]),
            ["backups_removed"] = made.Backups,
            ["logs_removed"] = made.Logs,
        };
        return new AuditEntry(
            shreds ? "backup.shredded" : "backup.rekeyed",
            "backup",
            made.Backup,
            null,
            Json.OfNode(detail)
        );
    }
}
