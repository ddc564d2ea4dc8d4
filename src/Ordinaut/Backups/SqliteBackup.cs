using Ordinaut.Store;

namespace Ordinaut.Backups;

/// <summary>
/// Backs up a SQLite database from within its process: an image of the file, and every page that commits change after
/// its beginning. An image that is older or newer than the pages' beginning does no harm: each page is written over by
/// all that followed.
/// </summary>
/// <param name="file">The database's file.</param>
internal sealed class SqliteBackup(BackupSource source, string file, BackupFolder folder) : RunningBackup(folder)
{
    /// <summary>The most that waits for the folder; 256 MiB.</summary>
    public const long MaxPending = SqliteWal.MaxBytes;

    /// <summary>The image before it is sealed, in the data folder, where the database is as readable.</summary>
    private const string Image = "backup-*.image";

    private readonly PageQueue _taken = new(MaxPending);
    private SqliteWal? _wal;
    private Series? _current;
    private Series? _next;
    private DateTimeOffset? _through;

    /// <summary>One backup without what follows, also of a database that another process works on.</summary>
    public static async Task<BackupSet> Once(BackupSource source, string file, BackupFolder folder)
    {
        var startedAt = source.Db.Now();
        var set = folder.Begin(startedAt);
        try
        {
            await Copy(file, set);
            await set.Finish(await source.Manifest(startedAt));
            return set;
        }
        catch
        {
            set.Abandon();
            throw;
        }
    }

    public override async Task Tick()
    {
        RequireKey(_current?.KeyId);
        RequireKey(_next?.KeyId);
        Attach();
        var isCopied = _next?.Copying.IsCompleted == true;
        await Flush();
        if (_wal!.Broken is { } why)
        {
            throw new Problem(ProblemKind.Unavailable, $"The backup cannot go on: {why}.");
        }

        if (isCopied && _through is { } through)
        {
            await Complete(_next!, through);
        }

        // Last: the pages that came before are none of a new base's, and what was erased is in none of its files.
        Begin();
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            if (_current is not null && Folder.Opens(_current.KeyId))
            {
                await Flush();
                _current.End();
            }
        }
        catch (Exception failure) when (failure is Problem or IOException or UnauthorizedAccessException)
        {
            // The database is closed already, or the folder full: what is there is good up to its last whole batch.
        }

        source.Db.Follow(null);
        _current?.Dispose();
        if (_next is { } next)
        {
            // Who closes the database must not close it under the copy's hands.
            await next.Copying.ContinueWith(_ => { }, TaskScheduler.Default);
            next.Dispose();
            next.Set.Abandon();
        }
    }

    private void Attach()
    {
        if (_wal is null)
        {
            _wal = new SqliteWal(file, _taken.Add, source.Clock);
            source.Db.Follow(_wal);
        }
    }

    private void Begin()
    {
        var now = source.Db.Now();
        var isDue = _current is null || now - _current.StartedAt >= BaseEvery || _current.KeyId != Folder.Key.Id;
        if (_next is null && isDue)
        {
            // First the pages, then the image: what is changed in between is in both.
            var set = Folder.Begin(now);
            _next = new Series(set, now, Copy(file, set));
        }
    }

    /// <summary>Returns when the writer has handed on all that was committed before.</summary>
    private async Task Look()
    {
        _wal?.Ask();
        await source.Db.Write(_ => ValueTask.CompletedTask);
        // The writer looks after it has answered; it answers this one after it has looked.
        await source.Db.Write(_ => ValueTask.CompletedTask);
    }

    /// <summary>Asks the writer for what it has, and brings it to the disk.</summary>
    private async Task Flush()
    {
        await Look();
        DateTimeOffset? last = null;
        while (_taken.TryTake(out var batch))
        {
            var bytes = batch.Write();
            _current?.Add(bytes);
            _next?.Add(bytes);
            last = batch.At;
        }

        if (last is not null)
        {
            _current?.Sync();
            _next?.Sync();
            _through = last;
            SavedThrough = _current is null ? null : last;
        }
    }

    private async Task Complete(Series next, DateTimeOffset through)
    {
        await next.Copying;
        await next.Set.Finish(await source.Manifest(next.StartedAt) with { CompleteAt = through });
        _current?.End();
        (_current, _next, SavedThrough) = (next, null, through);
    }

    private static async Task Copy(string file, BackupSet set)
    {
        // On another thread than the caller's, as soon as there is one.
        await Task.Yield();
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        RemoveImages(folder);
        var image = Path.Combine(folder, Image.Replace("*", set.Name, StringComparison.Ordinal));
        try
        {
            await SqliteImage.Copy(file, image);
            if (await SqliteImage.Fault(image) is { } fault)
            {
                throw new Problem(ProblemKind.Unavailable, $"The database is damaged, and not backed up so: {fault}");
            }

            using var writer = new SealedWriter(set.Base, set.Home.Key);
            await using var from = File.OpenRead(image);
            await writer.Copy(from);
            writer.Finish();
        }
        finally
        {
            foreach (var left in new[] { image, image + "-wal", image + "-shm" })
            {
                File.Delete(left);
            }
        }
    }

    /// <summary>What processes left that were killed.</summary>
    private static void RemoveImages(string folder)
    {
        var old = (TimeProvider.System.GetUtcNow() - BaseEvery).UtcDateTime;
        foreach (var left in Directory.GetFiles(folder, Image).Where(image => File.GetLastWriteTimeUtc(image) < old))
        {
            File.Delete(left);
        }
    }

    /// <summary>A backup that is being written: its base, and the changes since it was begun.</summary>
    private sealed class Series(BackupSet set, DateTimeOffset startedAt, Task copying) : IDisposable
    {
        /// <summary>A file of changes ends here, so that few are open-ended.</summary>
        private const long FileBytes = 64 << 20;

        private SealedWriter? _writer;
        private int _number;

        public BackupSet Set => set;

        public string KeyId => set.Home.Key.Id;

        public DateTimeOffset StartedAt => startedAt;

        public Task Copying => copying;

        public void Add(byte[] batch)
        {
            if (_writer is { Length: >= FileBytes })
            {
                End();
            }

            _writer ??= new SealedWriter(set.ChangesPath(++_number), set.Home.Key);
            _writer.Write(batch);
            _writer.EndBatch();
        }

        public void Sync() => _writer?.Sync();

        public void End()
        {
            _writer?.Finish();
            Dispose();
        }

        public void Dispose()
        {
            _writer?.Dispose();
            _writer = null;
        }
    }
}
