using Ordinaut.Store;

namespace Ordinaut.Backups;

/// <summary>Makes a database file of a base and the changes that follow it.</summary>
internal static class SqliteRestore
{
    /// <param name="at">Nothing later than this; null: all there is.</param>
    /// <param name="file">A file that is not there.</param>
    /// <returns>What the database knows ends here.</returns>
    /// <exception cref="Problem">The backup does not reach that far back, or is damaged.</exception>
    public static async Task<DateTimeOffset> Run(BackupSet set, DateTimeOffset? at, string file)
    {
        await set.RequireBase();
        var to = set.Manifest.CompleteAt;
        await using (var target = OwnerOnly.Open(file, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
        {
            await using (var from = new SealedReader(set.Base, set.Home.Keys))
            {
                await from.CopyToAsync(target);
            }

            var length = 0L;
            foreach (var batch in set.Batches().Select(PageBatch.Read))
            {
                if (batch.At > at)
                {
                    break;
                }

                batch.ApplyTo(target);
                length = batch.Length > 0 ? (long)batch.Length * batch.PageSize : length;
                to = batch.At > to ? batch.At : to;
            }

            if (length > 0)
            {
                target.SetLength(length);
            }

            target.Flush(flushToDisk: true);
        }

        var faults = await SqliteImage.Faults(file);
        return faults.Count == 0
            ? to
            : throw new Problem(ProblemKind.Unavailable, $"The restored database is damaged: {faults[0]}");
    }
}
